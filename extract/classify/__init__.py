"""Whether a figure or table shows a design, and of which kind it is."""
