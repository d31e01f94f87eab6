"""The archive of a team, on a PostgreSQL server; the only package that knows psycopg (extra `divewatch[team]`)."""
