"""Figures of pixels: boxes, arrows and letters out of a picture."""
