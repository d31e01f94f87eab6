"""Text for the screen: cells, lines, tones, folding, formatting."""
