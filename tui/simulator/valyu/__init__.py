"""Valyu's DeepResearch API, simulated after tests/contracts/valyu.md."""
