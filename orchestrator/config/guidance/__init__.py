"""The next smallest step: what somebody in front of this hub could do next, one thing at a time."""
