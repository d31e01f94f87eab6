"""SQLite: schema, connections, the writer thread, full-text search."""
