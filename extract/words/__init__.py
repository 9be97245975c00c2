"""What a text says of layers: a cell, the text of a box, a caption."""
