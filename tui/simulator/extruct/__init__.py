"""Extruct's deep research API, simulated after tests/contracts/extruct.md."""
