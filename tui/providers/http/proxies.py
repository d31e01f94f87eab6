"""Proxies by host, from the usual environment variables; invalid entries are ignored.

httpx reads the same variables, but one entry of NO_PROXY that is no address to it ("fe80::/10", "[::1]") makes every
request impossible.
"""

import ipaddress
import re
from collections.abc import Mapping
from urllib.request import getproxies

from tui.domain.patterns import late

_NAME = late(r"[\w.-]+(?::\d+)?", re.ASCII)


def proxy_map(told: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """Return the proxy of each httpx pattern; None for "no proxy".

    Args:
        told: as `urllib.request.getproxies` returns it, which this machine's settings are read from otherwise.
    """
    told = getproxies() if told is None else told
    found: dict[str, str | None] = {}
    for scheme in ("http", "https", "all"):
        if address := told.get(scheme, "").strip():
            found[f"{scheme}://"] = address if "://" in address else f"http://{address}"
    for entry in told.get("no", "").split(","):
        if entry.strip() == "*":
            return {}
        if pattern := _pattern(entry.strip()):
            found[pattern] = None
    return found if any(found.values()) else {}


def _pattern(entry: str) -> str:
    """Return the pattern of one entry of NO_PROXY; "" for a network or an invalid host."""
    scheme, separator, host = entry.rpartition("://")
    host = host.removesuffix("/")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        if not _NAME.fullmatch(host.lstrip("*")):
            return ""
        exact = separator or host.lower() == "localhost"
        return f"{scheme or 'all'}://{'' if exact else '*'}{host.lstrip('*')}"
    return f"{scheme or 'all'}://{f'[{address}]' if address.version == 6 else address}"
