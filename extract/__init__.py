"""Designs out of the figures and tables of papers."""
