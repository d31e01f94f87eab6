"""Generators of giant reports and answers; a scale of 1 makes some megabytes."""

import json
from collections.abc import Callable, Mapping


def _report(unit: Callable[[int], str], count: int, tail: str = "") -> Callable[[float], bytes]:
    return lambda scale: ("# Giant\n\n" + "".join(map(unit, range(round(count * scale)))) + tail).encode()


REPORTS: Mapping[str, Callable[[float], bytes]] = {
    "paragraphs": _report(lambda n: f"Paragraph {n} says something [{n % 90 + 1}].\n\n", 100_000),
    "one-line": _report(lambda n: f"word{n} [{n % 9 + 1}] ", 300_000),
    "one-token": _report(lambda n: "x", 5_000_000),
    "entries": _report(lambda n: f"Said [{n + 1}]. ", 20_000, "\n\n## Sources\n\n[1] One - https://one.example/\n"),
    "sources": lambda scale: (
        "Said [1].\n\n## Sources\n\n"
        + "".join(f"[{n + 1}] Title {n} - https://s{n}.example/\n" for n in range(round(50_000 * scale)))
    ).encode(),
    "rows": lambda scale: ("| a | b |\n|---|---|\n" + "| cell | [1] |\n" * round(50_000 * scale)).encode(),
    "headings": _report(lambda n: f"{'#' * (n % 6 + 1)} Heading\n\n", 50_000),
    "brackets": _report(lambda n: "[", 500_000),
    "emphasis": _report(lambda n: "**a _b ", 200_000),
    "quotes": lambda scale: ("> " * round(20_000 * scale) + "deep").encode(),
    "html": _report(lambda n: "<div><p>", 200_000),
    "addresses": _report(lambda n: f"https://a{n}.example/" + "p" * 50 + " ", 60_000),
}
BODIES: Mapping[str, Callable[[float], bytes]] = {
    "nested": lambda scale: b'{"a":' * round(100_000 * scale) + b"1" + b"}" * round(100_000 * scale),
    "members": lambda scale: json.dumps({f"member {n}": n for n in range(round(200_000 * scale))}).encode(),
    "text": lambda scale: json.dumps({"status": "done", "output": "y" * round(20_000_000 * scale)}).encode(),
    "list": lambda scale: json.dumps([{"id": n, "status": "done"} for n in range(round(100_000 * scale))]).encode(),
    "digits": lambda scale: b'{"status": ' + b"7" * round(1_000_000 * scale) + b"}",
}
