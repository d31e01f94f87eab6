"""OpenAI: reads its saved answers."""
