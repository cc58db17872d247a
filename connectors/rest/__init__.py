"""The generic REST connector: a system that nobody wrote code for, by settings only."""
