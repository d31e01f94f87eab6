"""A simulated Parallel: the Task API with its results, events and groups."""
