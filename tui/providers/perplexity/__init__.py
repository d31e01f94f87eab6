"""Perplexity: runs of the Agent API in the background."""
