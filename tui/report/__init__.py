"""Reports, pure: markdown, HTML, JSON and other markups -> a `Document` with blocks, citations, sources, outline."""
