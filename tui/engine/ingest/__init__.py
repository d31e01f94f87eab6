"""From a response to the archive: parse, merge, index."""
