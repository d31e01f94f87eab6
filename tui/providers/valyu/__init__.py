"""Valyu DeepResearch: the service with checkpoints, batches, edits and files."""

from tui.providers.valyu.spec import PROVIDER

__all__ = ["PROVIDER"]
