"""A team on one PostgreSQL server: many programs at once, kills, a network that is cut, large archives."""
