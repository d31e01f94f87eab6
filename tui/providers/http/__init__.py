"""HTTP for all services: connections, bodies under control, errors as a person reads them."""
