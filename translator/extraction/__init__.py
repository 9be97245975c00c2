"""`translate extract`: every figure and table of papers, and the designs in them."""
