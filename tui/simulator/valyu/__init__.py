"""Valyu's DeepResearch API, simulated after contracts/valyu.md."""
