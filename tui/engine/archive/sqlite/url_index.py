"""URLs as keys: when two addresses are the same source (citations.md 6.6), and hosts in an order to search by."""

import hashlib


def same_page(url: str) -> str:
    """Return `url` without text fragment, `utm_*` parameters and trailing slash: equal texts are one source."""
    base, mark, fragment = url.strip().partition("#")
    fragment = fragment.partition(":~:")[0]
    path, question, query = base.partition("?")
    if question:
        query = "&".join(part for part in query.split("&") if part and not part.lower().startswith("utm_"))
    scheme, colon, rest = path.partition("://")
    if colon:
        host, slash, tail = rest.partition("/")
        path = f"{scheme.lower()}://{host.lower()}{slash}{tail}"
    page = path.rstrip("/") + (f"?{query}" if query else "")
    return f"{page}#{fragment}" if mark and fragment else page


def page_key(url: str) -> int:
    """Return a 64-bit number that is equal for addresses of the same source: what the source table is indexed by."""
    digest = hashlib.sha256(same_page(url).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def site_of(host: str) -> str:
    """Return `host` with its labels reversed ("com.nature.www"), so that a domain and all below it are one range."""
    return ".".join(reversed(host.strip().lower().strip(".").split(".")))


def host_of_site(site: str) -> str:
    """Return the host that `site_of` was made from."""
    return site_of(site)
