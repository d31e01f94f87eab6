"""OpenAI's Responses API in background mode, simulated."""
