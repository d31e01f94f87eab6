"""Perplexity: reads its saved answers."""
