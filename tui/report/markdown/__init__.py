"""The markdown front end: blocks, inline text, markers, citation grammar."""
