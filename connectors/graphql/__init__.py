"""The generic GraphQL connector: a system that nobody wrote code for, by settings only."""
