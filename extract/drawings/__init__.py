"""Paths and letters as diagrams: boxes, and which leads to which."""
