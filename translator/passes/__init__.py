"""Passes over a model: one file each, pure functions."""
