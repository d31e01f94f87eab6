"""Exa: agent runs, with grounding by field and a cost that is reported."""

from tui.providers.exa.spec import PROVIDER

__all__ = ["PROVIDER"]
