"""Tables as grids of cells, and what their columns are for."""
