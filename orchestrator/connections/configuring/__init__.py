"""Which connectors there are, how a connection is made of one, and what a reading needs of it."""
