"""The generic table connector: a CSV file at an address, by settings only."""
