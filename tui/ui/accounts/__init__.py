"""One place for the provider accounts: how each of them stands, and its key."""
