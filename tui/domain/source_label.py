"""What a source is listed under: its host, and what tells it from others at that host."""

from contextlib import suppress
from urllib.parse import urlsplit

from tui.domain.patterns import late
from tui.domain.redirect import is_opaque, leads_to
from tui.domain.source_key import site_name
from tui.domain.text import one_line
from tui.domain.url import host_of

_HOST = late(r"(?:[\w-]+\.)+[a-z]{2,}")
_TOKEN = 8  # characters of what stands for a page that is not known


def listed_host(url: str | None, title: str | None = "") -> str:
    """Return the host of a source; of a redirector that of its target, which may be all that the title says."""
    if not url:
        return "no address"
    if not is_opaque(url):
        return site_name(host_of(leads_to(url)))
    return site_name(one_line(title or "")) if _is_host(title) else "host not known"


def own_title(url: str | None, title: str | None) -> str:
    """Return the title in one line; "" if it only names the host of a page behind a redirector."""
    return "" if url and is_opaque(url) and _is_host(title) else one_line(title or "")


def page_name(url: str | None) -> str:
    """Return what to call a source without a title: the last part of its address's path, else its host."""
    if not url:
        return "untitled"
    if is_opaque(url):
        return f"a page behind a redirect, …{one_line(url.rstrip('/'))[-_TOKEN:]}"
    target = leads_to(url)
    end, query = "", ""
    with suppress(ValueError):
        parts = urlsplit(target)
        end, query = parts.path.rstrip("/").rpartition("/")[2], parts.query
    return one_line("?".join(part for part in (end, query) if part) or site_name(host_of(target)) or url, 60)


def _is_host(title: str | None) -> bool:
    return bool(_HOST.fullmatch((title or "").strip().lower()))
