"""The kit: begins a package for a system that no connector speaks to yet."""
