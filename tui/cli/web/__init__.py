"""The dashboard in a browser: our own page around textual-serve's terminal, for one person on this machine."""
