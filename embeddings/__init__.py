"""Passages become a searchable index: vectors, keywords, and versions of both on disk."""
