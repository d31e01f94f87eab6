"""The simulated Gemini Interactions API."""
