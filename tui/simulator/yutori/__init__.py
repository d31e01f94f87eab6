"""Yutori's research API, simulated after tests/contracts/yutori.md."""
