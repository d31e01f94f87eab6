"""Tables of the archive and the values they hold."""
