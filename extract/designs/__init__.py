"""Graphs out of what was read: layers behind each other, gaps filled by the sizes that are printed."""
