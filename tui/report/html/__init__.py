"""HTML reports, read with a real HTML parser into the same blocks."""
