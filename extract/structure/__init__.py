"""Grids out of pages and texts: which words make which cell."""
