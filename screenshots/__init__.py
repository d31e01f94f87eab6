"""Pictures of the program for the README, made by `python -m screenshots` from the simulator."""
