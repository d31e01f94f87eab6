"""The edge: JSON <-> domain, one package per service, found by entry points; the only place that may import httpx.

A service is a package of four modules. `read.py` turns bytes into domain values and `create.py` turns drafts into
request bodies (both pure, no httpx, so that `list`, `show` and the archive work offline); `client.py` talks HTTP;
`__init__.py` declares PROVIDER, which imports none of them until it is used.
"""
