"""Configuration: where files are, what the user set, which keys there are; passed in, never a global."""
