"""When two addresses are the same source: the only such rule, in two strengths.

`exact` is for counting and indexing: what it joins is the same page beyond doubt. `loose` is for recognising a source
that two sides wrote down differently (a report and its provider's list, two reports of different services).

| may differ in | exact | loose |
| --- | --- | --- |
| capitals of scheme and host, final slash, text fragment, `utm_*` parameters | same | same |
| a redirector that carries the address | same | same |
| `www.`, http or https, fragment | other | same |
| path, other parameters and their order | other | other |
"""

from tui.domain.redirect import leads_to


def exact(url: str) -> str:
    """Return a key that is equal for addresses of the same page; idempotent."""
    base, _, fragment = leads_to(url.strip()).partition("#")
    fragment = fragment.partition(":~:")[0]
    path, _, query = base.partition("?")
    if query:
        query = "&".join(part for part in query.split("&") if part and not part.lower().startswith("utm_"))
    scheme, colon, rest = path.partition("://")
    if colon:
        host, slash, tail = rest.partition("/")
        path = f"{scheme.lower()}://{host.lower()}{slash}{tail}"
    page = path.rstrip("/") + (f"?{query}" if query else "")
    return f"{page}#{fragment}" if fragment else page


def loose(url: str) -> str:
    """Return a key that is equal for addresses that people would call the same page."""
    page = exact(url).partition("#")[0].rstrip("/")
    scheme, colon, rest = page.partition("://")
    return rest.removeprefix("www.") if colon and scheme in {"http", "https"} else page.removeprefix("www.")


def site_name(host: str) -> str:
    """Return a host without "www.", as browsers show it: to list and to group sources by."""
    name = host.removeprefix("www.")
    return name if "." in name else host


def page_number(url: str) -> int:
    """Return a 64-bit hash of the `exact` key, by which the source table is indexed."""
    from tui.domain.digest import sha256

    digest = sha256(exact(url).encode("utf-8", "surrogatepass"))
    return int.from_bytes(digest[:8], "big", signed=True)
