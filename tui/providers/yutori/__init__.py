"""Yutori research: web research by browsing agents, at a price per task."""

from tui.providers.yutori.spec import PROVIDER

__all__ = ["PROVIDER"]
