"""The screen of the provider accounts: the state of each, and its key."""
