"""Sources listed as data: YAML front matter (`sources:`), and maps in a `:::references` directive.

Only the part of YAML that such lists are written in is read, line by line: addresses, maps, `{flow: maps}`, quotes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.report.address import is_web
from tui.report.list_headings import is_source_heading

_KEY_LINE = late(r"([\"']?)([^\s\"'#:,\[\]{}][^\"':{}\[\]]{0,60}?)\1\s*:(?:\s+(.*)|)\Z")
_ITEM = late(r"(\s*)-\s+(.*)\Z")
_FLOW_MAP = late(r"\{[^{}]*\}")
_FLOW_PAIR = late(r"[\"']?([A-Za-z_][\w-]*)[\"']?\s*:\s*(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^,{}]+)")
_FLOW_SCALAR = late(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([^\s,\[\]\"'][^,\[\]]*)")
_MARKDOWN_LINK = late(r"\[([^\]]*)\]\((https?://[^)\s]+)\)")
_ADDRESS = late(r"https?://[^\s<>\"']+")
_DOI = late(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)\Z", re.IGNORECASE)
_URLS = ("url", "link", "href", "uri", "address", "web", "website", "source", "source_url", "doi")
_TITLES = ("title", "name", "text", "description", "headline", "citation", "label")
_IDS = ("id", "key", "number", "num", "n", "index", "ref", "citekey", "label")
_LONGEST = 2000  # entries


@frozen
class Listed:
    """An entry: `line` counts from 0 in the text that was read."""

    label: str | None
    url: str | None
    title: str | None
    line: int


def in_front_matter(text: str) -> list[Listed]:
    """Return the sources under `sources:`, `references:`, `citations:` and their like in front matter."""
    lines = text.split("\n")
    found: list[Listed] = []
    for at, line in enumerate(lines):
        key = _KEY_LINE.match(line) if line[:1].strip() else None
        if key is None or not is_source_heading(key[2].replace("_", " ").replace("-", " ")):
            continue
        value = (key[3] or "").strip()
        if value and value not in {"|", ">"}:
            found.extend(_flow(value, at))
            continue
        stop = at + 1
        while stop < len(lines) and (not lines[stop][:1].strip() or lines[stop].startswith("- ")):
            stop += 1
        found.extend(_block(lines[at + 1 : stop], at + 1))
    return found[:_LONGEST]


def in_directive(text: str) -> list[Listed]:
    """Return the sources in a directive that holds data; empty for prose."""
    lines = text.split("\n")
    filled = [line.strip() for line in lines if line.strip()]
    if filled and all(line.lstrip("-* ").startswith(("{", "[{", "]", "}")) or line in {"[", "]"} for line in filled):
        return [entry for at, line in enumerate(lines) for entry in _flow(line, at)][:_LONGEST]
    if filled and any(_ITEM.match(line) and _KEY_LINE.match(line.strip(" -")) for line in filled):
        return _block(lines, 0)[:_LONGEST]
    return []


def _flow(value: str, line: int) -> Iterator[Listed]:
    maps = _FLOW_MAP.findall(value)
    for one in maps:
        yield from _of_map({key: _plain(raw) for key, raw in _FLOW_PAIR.findall(one)}, line)
    if not maps:
        for double, single, bare in _FLOW_SCALAR.findall(value.strip("[] ")):
            yield from _of_scalar(double or single or bare, line)


def _block(lines: Sequence[str], first: int) -> list[Listed]:
    """Read items `- address` and `- key: value` with their further keys, or keys that are labels."""
    found: list[Listed] = []
    current: dict[str, str] = {}
    begun = depth = -1
    listed = False
    outermost = next((len(line) - len(line.lstrip()) for line in lines if line.strip()), 0)

    def end() -> None:
        found.extend(_of_map(current, begun))
        current.clear()

    for at, line in enumerate(lines, first):
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if not text or text.startswith("#"):
            continue
        item = _ITEM.match(line)
        if item and (depth < 0 or indent <= depth):
            end()
            listed, depth, begun, text = True, indent, at, item[2].strip()
            if text.startswith("{"):
                found.extend(_flow(text, at))
                continue
        elif item or (listed and indent <= depth):
            continue  # a list inside an entry
        pair = _KEY_LINE.match(text)
        if pair and not text.startswith(("http://", "https://")):
            value = _plain(pair[3] or "")
            if not listed and indent == outermost:  # `smith2020:` above its own keys, or `1: address`
                end()
                begun, current["id"] = at, pair[2]
                if value:
                    current["url" if is_web(value) else "title"] = value
            elif value:
                current[pair[2]] = value
        elif listed and begun == at:
            found.extend(_of_scalar(_plain(text), at))
    end()
    return found


def _plain(raw: str) -> str:
    """Return a scalar without quotes or comment."""
    raw = raw.strip()
    if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'":
        return raw[1:-1].replace('\\"', '"') if raw[0] == '"' else raw[1:-1].replace("''", "'")
    return re.sub(r"\s+#.*\Z", "", raw).strip("\"'")


def _of_map(written: Mapping[str, str], line: int) -> Iterator[Listed]:
    pairs = {key.lower(): value for key, value in written.items()}
    label = next((pairs[key].strip("[]^ ") for key in _IDS if pairs.get(key)), None)
    url = next((pairs[key] for key in _URLS if is_web(pairs.get(key, ""))), None)
    doi = _DOI.match(pairs.get("doi", "")) if url is None else None
    url = f"https://doi.org/{doi[1]}" if doi else url
    title = next((pairs[key] for key in _TITLES if pairs.get(key) and pairs[key] != label), None)
    if url is None and title is None and len(pairs) == 1:
        title, url = next(iter(written.items()))
        label, url = (title, url) if title.isdigit() else (None, url)
        if not is_web(url):
            return
        title = None if label else title
    if url or title:
        yield Listed(label, url, title, line)


def _of_scalar(text: str, line: int) -> Iterator[Listed]:
    text = text.strip("<> ")
    link = _MARKDOWN_LINK.search(text)
    if link:
        yield Listed(None, link[2], link[1] or None, line)
        return
    address = _ADDRESS.search(text)
    title = " ".join(_ADDRESS.sub(" ", text).split()).strip(" -–—:|,()<>") or None
    if address or title:
        yield Listed(None, address[0].rstrip(".,;)") if address else None, title, line)
