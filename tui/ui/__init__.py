"""The terminal user interface: the only package that may import textual."""
