"""Perplexity: runs of the Agent API in the background."""

from tui.providers.perplexity.spec import PROVIDER

__all__ = ["PROVIDER"]
