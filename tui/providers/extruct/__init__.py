"""Extruct deep research: companies, people and teams, by agents paid in credits."""

from tui.providers.extruct.spec import PROVIDER

__all__ = ["PROVIDER"]
