"""Forms that start tasks: brief, providers, options, templates, batches."""
