"""`divewatch doctor`: checks of this machine and of the providers."""
