"""Exa: agent runs, with grounding by field and a cost that is reported."""
