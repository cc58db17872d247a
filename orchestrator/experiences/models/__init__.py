"""What editors compose, and what publishing makes of it."""

from orchestrator.experiences.models.compositions import Composition, Experience, Fragment
from orchestrator.experiences.models.plans import Placement, PublishedPlan

__all__ = ["Composition", "Experience", "Fragment", "Placement", "PublishedPlan"]
