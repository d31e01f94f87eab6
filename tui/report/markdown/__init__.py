"""The Markdown front: blocks, inline text, markers and the grammar of citations."""
