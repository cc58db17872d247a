"""The generic feed connector: RSS 2.0, RSS 1.0 and Atom, by settings only."""
