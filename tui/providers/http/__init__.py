"""HTTP for all services: connections, bounded bodies, errors in plain words."""
