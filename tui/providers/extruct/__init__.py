"""Extruct deep research: companies, people and teams, by agents paid in credits."""
