"""You.com: reads its saved answers."""
