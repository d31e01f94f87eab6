"""Yutori research: web research by browsing agents, at a price per task."""
