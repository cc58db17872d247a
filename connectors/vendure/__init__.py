"""Vendure: products with prices and variants, and the pictures of its asset library."""
