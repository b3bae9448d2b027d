"""Figures that can be made again: retrieval with its ablations, and speed."""
