"""Reports, pure: markdown, HTML or JSON in, a `Document` with blocks, citations, sources and an outline out."""
