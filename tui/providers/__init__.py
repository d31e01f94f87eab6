"""Providers: JSON <-> domain, one package per service, found by entry points; only they may import httpx.

A service is a package: `spec.py` describes it as data (endpoints, modes, prices, options), `read.py` turns responses
into domain values, `models.py` has the objects of its API. `__init__.py` declares PROVIDER, which imports no reader
until one is used. The one client of all services is `sdk/json_client.py`; `README.md` tells how to add a service.
"""
