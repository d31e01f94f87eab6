"""Yutori's research API, simulated after contracts/yutori.md."""
