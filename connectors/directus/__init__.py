"""Directus as a DAM: pictures and videos of its file library."""
