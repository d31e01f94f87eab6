"""A simulated Perplexity: the Agent API with background runs."""
