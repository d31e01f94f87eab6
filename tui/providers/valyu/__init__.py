"""Valyu DeepResearch: the service with checkpoints, batches, edits and files."""
