"""What the admin's pages ask for."""
