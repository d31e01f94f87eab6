"""Citations: markers joined to sources, their positions, and the audit."""
