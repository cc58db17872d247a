"""The way into provisioning for other apps."""

from orchestrator.provisioning.applying import apply_file
from orchestrator.provisioning.errors import ApplyError, Problem
from orchestrator.provisioning.summary import Change, Outcome, Summary

__all__ = ["ApplyError", "Change", "Outcome", "Problem", "Summary", "apply_file"]
