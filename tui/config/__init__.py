"""Configuration: files, settings, accounts, keys; passed in, never a global."""
