"""OpenAI deep research: a reasoning model with web search, in the background, through the Responses API."""

from tui.providers.openai.spec import PROVIDER

__all__ = ["PROVIDER"]
