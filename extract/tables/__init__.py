"""Designs out of grids: a layer a row, a layer a column, several designs side by side."""
