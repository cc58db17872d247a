"""The numbered log of what must be read again, and who listens to it in each process."""
