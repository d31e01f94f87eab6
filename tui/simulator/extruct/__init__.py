"""Extruct's deep research API, simulated after contracts/extruct.md."""
