"""Diagrams in perspective: cuboids, piles of sheets, plots of neurons."""
