"""Precision and recall of the citation parser over the vectors and goldens: `python -m tests.bench.citations`.

Compared exactly: line, kind, ids and URLs (after percent-decoding, without trailing slash);
then status, order and column; then the URL of every source id, and titles fuzzily.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.corpora import SHARED
from tui.report.document import Document
from tui.report.parse import parse

OWN_VECTORS = Path(__file__).resolve().parents[1] / "contracts" / "citation-vectors.jsonl"
TIER = dict.fromkeys(("numeric", "num-link", "link", "url", "footnote", "num-anchor"), 1)
TIER |= dict.fromkeys(
    ("lenticular", "openai-pua", "oaicite", "tag", "gemini-cite", "span", "key", "author-year"), 2
) | {"flattened": 3}
Key = tuple[int, str, tuple[str, ...], tuple[str | None, ...]]


@dataclass(slots=True)
class Score:
    """Counts of one file or of all."""

    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)
    status: int = 0
    columns: int = 0
    ordered: int = 0
    in_order: int = 0
    source_ids: int = 0
    source_hits: int = 0
    sources_found: int = 0
    titles: int = 0
    title_hits: int = 0
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    source_differences: list[str] = field(default_factory=list)

    def add(self, other: "Score") -> None:
        """Add the counts of another file."""
        for name in ("wanted", "found", "hits"):
            getattr(self, name).update(getattr(other, name))
        for name in ("status", "columns", "ordered", "in_order", "source_ids", "source_hits", "sources_found"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.titles += other.titles
        self.title_hits += other.title_hits

    def ratio(self, tier: int | None = None) -> tuple[float, float]:
        """Return precision and recall, of one tier or of all."""
        kinds = [kind for kind in TIER if tier in (None, TIER[kind])]
        hits = sum(self.hits[kind] for kind in kinds)
        found = sum(self.found[kind] for kind in kinds)
        wanted = sum(self.wanted[kind] for kind in kinds)
        return hits / found if found else 1.0, hits / wanted if wanted else 1.0

    @property
    def sources(self) -> float:
        """Return the share of expected source ids that have the right URL."""
        return self.source_hits / self.source_ids if self.source_ids else 1.0


def plain_url(url: str | None) -> str | None:
    """Return a URL as it is compared: percent-decoded, without a trailing slash."""
    return None if url is None else unquote(url).rstrip("/")


def key_of(citation: Mapping[str, Any]) -> Key:
    """Return what two citations must share to be the same."""
    return (
        citation["line"],
        citation["kind"],
        tuple(citation["ids"]),
        tuple(plain_url(url) for url in citation["urls"]),
    )


def as_dicts(document: Document) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return citations and sources of a document in the form of the goldens."""
    citations = [
        {"marker": c.marker, "kind": str(c.kind), "ids": list(c.ids), "urls": list(c.urls)}
        | {"status": [str(status) for status in c.status], "line": c.line, "col": c.col}
        for c in document.citations
    ]
    return citations, [{"id": s.id, "url": s.url, "title": s.title} for s in document.sources]


def compare(document: Document, golden: Mapping[str, Any]) -> Score:
    """Return the counts of one document against what is expected."""
    citations, sources = as_dicts(document)
    score = Score()
    expected: list[Mapping[str, Any]] = golden["citations"]
    score.wanted.update(c["kind"] for c in expected)
    score.found.update(c["kind"] for c in citations)
    left: dict[Key, list[Mapping[str, Any]]] = {}
    for citation in expected:
        left.setdefault(key_of(citation), []).append(citation)
    for citation in citations:
        twins = left.get(key_of(citation))
        if not twins:
            score.extra.append(describe(citation))
            continue
        twin = next((t for t in twins if t.get("col") == citation["col"]), twins[0])
        twins.remove(twin)
        score.hits[citation["kind"]] += 1
        score.status += list(twin["status"]) == citation["status"]
        score.columns += twin.get("col", citation["col"]) == citation["col"]
    score.missing = [describe(citation) for twins in left.values() for citation in twins]
    score.ordered, score.in_order = 1, [key_of(c) for c in citations] == [key_of(c) for c in expected]
    _compare_sources(score, sources, golden["sources"])
    return score


def _compare_sources(score: Score, sources: Sequence[Mapping[str, Any]], expected: Sequence[Mapping[str, Any]]) -> None:
    mine = {source["id"]: source for source in sources}
    score.source_ids, score.sources_found = len(expected), len(sources)
    for source in expected:
        found = mine.pop(source["id"], None)
        if found is None or plain_url(found["url"]) != plain_url(source["url"]):
            score.source_differences.append(f"- {source}\n      + {found}")
            continue
        score.source_hits += 1
        if source["title"] is not None or found["title"] is not None:
            score.titles += 1
            alike = same_title(source["title"] or "", found["title"] or "")
            score.title_hits += alike
            if not alike:
                score.source_differences.append(f"t {source['title']!r}\n      + {found['title']!r}")
    score.source_differences.extend(f"+ {source}" for source in mine.values())


def same_title(one: str, other: str) -> bool:
    """Whether two titles are the same but for case, punctuation and blanks (0.9)."""
    one, other = (re.sub(r"[\W_]+", "", text).lower() for text in (one, other))
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.9


def describe(citation: Mapping[str, Any]) -> str:
    """Return a citation on one line."""
    ids, urls = ", ".join(citation["ids"]), ", ".join(str(url)[:90] for url in citation["urls"])
    return f"{citation['line']}:{citation.get('col')} {citation['kind']} {citation['marker'][:70]!r} [{ids}] -> {urls}"


def vectors() -> Iterator[tuple[str, str, Sequence[Mapping[str, Any]], Mapping[str, Any]]]:
    """Iterate over the 54 vectors as (name, text, sidecar, expected)."""
    for line in (SHARED / "notes" / "citation-vectors.jsonl").read_text(encoding="utf-8").splitlines():
        vector = json.loads(line)
        yield vector["name"], vector["input"], vector.get("sidecar") or (), vector


def own_vectors() -> Iterator[dict[str, Any]]:
    """Iterate over this project's own vectors: `shape`, `name`, `input`, and what citations and sources it has."""
    for line in OWN_VECTORS.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def goldens(corpus: Path = SHARED) -> Iterator[tuple[str, str, Sequence[Mapping[str, Any]], Mapping[str, Any]]]:
    """Iterate over the goldens of a corpus as (name, text, sidecar, expected)."""
    for path in sorted((corpus / "reports").glob("*.golden.json")):
        name = path.name.removesuffix(".golden.json")
        sidecar = path.with_name(f"{name}.sources.json")
        listed = json.loads(sidecar.read_text(encoding="utf-8"))["sources"] if sidecar.exists() else ()
        report = path.with_name(f"{name}.md").read_text(encoding="utf-8")
        yield name, report, listed, json.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--diff", action="store_true", help="list every difference")
    arguments.add_argument("--only", default="", help="files whose name contains this")
    options = arguments.parse_args()
    total = Score()
    for title, cases in (("vectors", vectors()), ("goldens", goldens())):
        part = Score()
        for name, text, sidecar, expected in cases:
            if options.only not in name:
                continue
            score = compare(parse(text, sidecar), expected)
            part.add(score)
            if options.diff and (score.missing or score.extra or score.source_differences or not score.in_order):
                print(f"\n== {name}{'' if score.in_order else '  (order differs)'}")
                for sign, rows in (("-", score.missing), ("+", score.extra), (" ", score.source_differences)):
                    print("\n".join(f"  {sign} {row}" for row in rows[:40]))
        total.add(part)
        _print(title, part)
    _print("all", total)
    _print_shapes(options.only)
    print("\ncitations of every report as the index counts them:", "; ".join(miscounted(options.only)) or "all")


def _print_shapes(only: str) -> None:
    """Print a row for each shape of our own vectors."""
    print(f"\n{'shape':<24} {'vectors':>8} {'expected':>9} {'found':>7} {'right':>7} {'columns':>8} {'sources':>12}")
    shapes: dict[str, list[Score]] = {}
    for vector in own_vectors():
        if only in vector["name"]:
            shapes.setdefault(vector["shape"], []).append(compare(parse(vector["input"]), vector))
    for shape, scores in shapes.items():
        total = Score()
        for score in scores:
            total.add(score)
        counts = (sum(counter.values()) for counter in (total.wanted, total.found, total.hits))
        expected, found, right = counts
        sources = f"{total.source_hits} of {total.source_ids}"
        print(f"{shape:<24} {len(scores):>8} {expected:>9} {found:>7} {right:>7} {total.columns:>8} {sources:>12}")


def miscounted(only: str = "") -> Iterator[str]:
    """Iterate over reports that have not as many citations as the index of the set says."""
    for line in (SHARED / "reports" / "index.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        path = SHARED / "reports" / row["file"]
        if only not in row["file"]:
            continue
        sidecar = path.with_name(f"{path.stem}.sources.json")
        listed = json.loads(sidecar.read_text(encoding="utf-8"))["sources"] if sidecar.exists() else ()
        found = len(parse(path.read_text(encoding="utf-8"), listed).citations)
        if found != row["n_citations"]:
            yield f"{row['file']} {found}, not {row['n_citations']}"


def _print(title: str, score: Score) -> None:
    print(f"\n{title:<12} {'expected':>9} {'found':>7} {'right':>7} {'precision':>10} {'recall':>8}")
    for kind, tier in TIER.items():
        wanted, found, hits = score.wanted[kind], score.found[kind], score.hits[kind]
        if wanted or found:
            rates = f"{hits / found if found else 1:>10.4f} {hits / wanted if wanted else 1:>8.4f}"
            print(f"{kind:<12} {wanted:>9} {found:>7} {hits:>7} {rates}   tier {tier}")
    for tier in (1, 2, 3):
        precision, recall = score.ratio(tier)
        print(f"{'tier ' + str(tier):<37} {precision:>10.4f} {recall:>8.4f}")
    hits = sum(score.hits.values())
    order = f"files in order {score.in_order} of {score.ordered}"
    print(f"status {score.status} of {hits}, column {score.columns} of {hits}, {order}")
    print(
        f"source ids with the right URL {score.source_hits} of {score.source_ids} ({score.sources:.4f}), found "
        f"{score.sources_found}; titles {score.title_hits} of {score.titles}"
    )


if __name__ == "__main__":
    main()
