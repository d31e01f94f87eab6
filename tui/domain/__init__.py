"""Pure values shared by every layer: no I/O, no third-party imports, nothing that reads a clock."""
