"""The edge: JSON <-> domain, one package per service, found by entry points; the only place that may import httpx.

A service is a package with three modules. `read.py` turns bytes into domain values (pure, no httpx, so that `list`, `show`
and the archive can use it offline); `client.py` talks HTTP; `__init__.py` declares PROVIDER, which imports neither
until it is used.
"""
