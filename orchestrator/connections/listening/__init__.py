"""How changes at a source are heard, by hooks and by polling, and what then happens to what is held."""
