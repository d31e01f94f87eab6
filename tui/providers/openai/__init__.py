"""OpenAI deep research: a reasoning model with web search, in the background, through the Responses API."""
