"""An archive full of everything hostile, filled the way the program fills it: sockets, clients, readers, engine."""

import asyncio
import base64
import dataclasses
import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.corpora import OWN, corpora
from tests.providers.faults import Faults, Seen, answer
from tests.robust.world import NAMES, Front, World, world
from tui.domain.detail import Report
from tui.domain.errors import DivewatchError
from tui.domain.text import clean, unsafe_characters
from tui.engine.api import SyncSummary

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PREFIX = {name: f"{number:08x}" for number, name in enumerate(NAMES, 0xA0)}  # begins a provider's ids
_MACHINE = re.compile(r"[A-Za-z0-9_.:+/-]{0,40}")  # words of a protocol: states, kinds, times; not for people
_ADDRESS = re.compile(r"https?://\S+")

EVERY_CONTROL = "".join(map(chr, [*range(1, 0x20), *range(0x7F, 0xA0)]))
EVERY_BIDI_MARK = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
OWN_TEXTS = {
    "every_control": f"a{EVERY_CONTROL}z",
    "every_bidi_mark": f"a{EVERY_BIDI_MARK}z",
    "title_and_clipboard": "\x1b]0;PWNED-TITLE\x07\x1b]2;PWNED-TITLE\x1b\\\x1b]52;c;UFdORUQ=\x07\x9d52;c;UFdORUQ=\x9c",
    "leave_the_screen": "\x1b[?1049l\x1b[2J\x1bc\x1b[?1000l\x1b[!p\x9b?25l",
    "answers_of_the_terminal": "\x1b[c\x1b[6n\x1b]11;?\x07\x1bP$qm\x1b\\\x05",
    "link_around_it": "\x1b]8;;https://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "markup": "[bold red]LOUD[/] [@click=app.quit]QUIT[/] [link=https://evil.example]L[/link] [/] a [/",
    "unfinished": "\x1b[ \x1b] \x1bP \x1b_ \x1b^ \x9b \x1b",
}


@dataclass(frozen=True)
class Planted:
    """What was put into the archive: how to find a task again by its remote id."""

    path: Path
    texts: Mapping[str, str]  # remote id -> the text in all its fields
    reports: Mapping[str, str]  # remote id -> name of the hostile report
    cases: Mapping[str, str]  # remote id -> id of the hostile status answer
    summary: SyncSummary
    chosen: Sequence[str]  # remote ids of a task for each text, the providers taking turns


def hostile_texts(folders: Sequence[Path]) -> dict[str, str]:
    """Return every hostile string by name: those above, and those of the corpora in `folders`."""
    found = dict(OWN_TEXTS)
    for folder in folders:
        cases = json.loads((folder / "hostile" / "strings.json").read_text("utf-8"))["cases"]
        found |= {f"{folder.name} {case['id']}": case["text"] for case in cases}
    return found


def hostile_reports(folders: Sequence[Path]) -> dict[str, bytes]:
    """Return every hostile report by name, and one for every hostile string."""
    paths = [path for folder in folders for path in sorted(folder.glob("hostile/reports/*.md"))]
    files = {path.name: path.read_bytes() for path in paths}
    own = {name: report_with(text).encode("utf-8", "surrogatepass") for name, text in OWN_TEXTS.items()}
    return {**own, **files}


def report_with(text: str) -> str:
    """Return a report that has `text` at every place markdown knows."""
    return f"""# {text}

A paragraph with {text} and *{text}* and **{text}** and `{text}` and [{text}](https://example.org/{text}) [1].

- {text}
- [ ] {text}

1. {text}

> {text}

| {text} | b |
|---|---|
| {text} | [{text}](https://example.org/) |

```{text}
{text}
```

![{text}](https://example.org/{text}.png)

<div title="{text}">{text}</div>

[^n]: {text}

## Sources

1. [{text}](https://example.org/{text})
"""


def poisoned(value: Any, text: str, report: str) -> Any:
    """Return a JSON value in which every text for people is `text`; addresses get it as their last part."""
    if isinstance(value, dict):
        return {key: poisoned(inner, text, report) for key, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner, text, report) for inner in value[:4]]
    if not isinstance(value, str):
        return value
    if len(value) > 400:
        return report
    if _ADDRESS.fullmatch(value):
        return f"https://example.org/{text}"
    if _ID.search(value):
        return value
    return value if _MACHINE.fullmatch(value) else text


def body_of(case: Mapping[str, Any]) -> bytes:
    """Return the bytes of a hostile status answer."""
    if "raw" in case:
        return str(case["raw"]).encode("utf-8", "surrogatepass")
    return base64.b64decode(case["raw_b64"]) if "raw_b64" in case else json.dumps(case["body"]).encode()


def plant(path: Path, *, everything: bool) -> Planted:
    """Fill the archive at `path` with hostile tasks.

    They come from all corpora, and each text is planted at every provider; without `everything` they come from our own,
    each text at one provider, and a third of the status answers, all of which are read in `tests/providers`.
    """
    with world(path) as tell:
        return tell(lambda made: _story(made, path, everything))


async def _story(made: World, path: Path, everything: bool) -> Planted:
    folders = corpora() if everything else [OWN]
    chosen: list[str] = []
    texts: dict[str, str] = {}
    named: dict[str, str] = {}
    reports: dict[str, str] = {}
    cases: dict[str, str] = {}
    bodies: dict[str, bytes] = {}
    for turn, name in enumerate(NAMES):
        for number, text in enumerate(hostile_texts(folders).values()):
            in_turn = number % len(NAMES) == turn
            if in_turn or everything:
                remote_id = _begin(made, name, number)
                texts[remote_id], reports[remote_id] = text, report_with(text)
                chosen += [remote_id] if in_turn else []
        for remote_id, case, body in _cases(made, name, folders, 1 if everything else len(NAMES)):
            cases[remote_id], bodies[remote_id] = case, body
        for number, (title, report) in enumerate(hostile_reports(folders).items(), 5000):
            if NAMES[number % 3] != name:
                continue
            remote_id = _begin(made, name, number)
            named[remote_id], reports[remote_id] = title, report.decode("utf-8", "replace")
        made.fronts[name].fault = _poison(made.fronts[name], texts, reports, bodies)
    made.runtime.pause(True)
    summary = await asyncio.wrap_future(made.runtime.sync())
    for remote_id in (*texts, *named, *cases):
        if remote_id.startswith(_PREFIX["valyu"]):  # its list ends after a hundred
            with suppress(DivewatchError):
                await asyncio.wrap_future(made.runtime.track("valyu", remote_id))
    return Planted(path, texts, named, cases, summary, chosen)


def _cases(made: World, name: str, folders: Sequence[Path], step: int) -> list[tuple[str, str, bytes]]:
    found: list[tuple[str, str, bytes]] = []
    for folder in folders:
        answers = json.loads((folder / "hostile" / f"status_{name}.json").read_text("utf-8"))
        for case in answers["cases"][::step]:
            remote_id = _begin(made, name, 10_000 + len(found))
            body = body_of(case).replace(answers["task_id"].encode(), remote_id.encode())
            found.append((remote_id, str(case["id"]), body))
    return found


def _begin(made: World, name: str, number: int) -> str:
    """Start a task that is done already; returns its id."""
    remote_id = _PREFIX[name] + str(uuid.UUID(int=number, version=4))[8:]
    prompt, age = f"An ordinary question, number {number}?", 86_400.0 + number
    if name == "valyu":
        made.simulation.valyu.begin(prompt, {"mode": "fast"}, age=age, id=remote_id)
    elif name == "yutori":
        made.simulation.yutori.begin(prompt, "fast", None, age=age, id=remote_id)
    else:
        made.simulation.extruct.begin(prompt, "medium", None, age=age, id=remote_id)
    return remote_id


def _poison(front: Front, texts: Mapping[str, str], reports: Mapping[str, str], bodies: Mapping[str, bytes]) -> Any:
    async def behave(_faults: Faults, request: Seen, writer: asyncio.StreamWriter) -> None:
        found = _ID.search(request.path)
        remote_id = found[0] if found else ""
        whole = await front.ask_service(request)
        _, _, body = whole.partition(b"\r\n\r\n")
        if remote_id in bodies:
            writer.write(answer(200, bodies[remote_id]))
        else:
            writer.write(answer(200, json.dumps(_spoiled(json.loads(body), remote_id, texts, reports)).encode()))
        await writer.drain()

    return behave


def _spoiled(value: Any, remote_id: str, texts: Mapping[str, str], reports: Mapping[str, str]) -> Any:
    """Spoil a status answer, or each entry of a list answer with its own text."""
    if remote_id:
        return poisoned(value, texts.get(remote_id, "ordinary"), reports[remote_id]) if remote_id in reports else value
    if isinstance(value, dict):
        inside = {key: inner for key, inner in value.items() if isinstance(inner, list)}
        return {**value, **{key: _spoiled(inner, "", texts, reports) for key, inner in inside.items()}}
    if isinstance(value, list):
        found = [(_ID.search(json.dumps(entry)), entry) for entry in value]
        return [_spoiled(entry, id_[0], texts, reports) if id_ else entry for id_, entry in found]
    return value


# -- what may be written -----------------------------------------------------------------------------------------------

# Everything this program says to a terminal, and nothing else.
_OURS = re.compile(
    r"\x1b\[[0-9;:]*m"  # colours
    r"|\x1b\[[0-9;]*[HJKABCDGdX]"  # place the cursor, erase
    r"|\x1b\[(?:[0-9]+;[0-9]+)?r|\x1b[DM]|\x1b\[[0-9]*[STLMP@]"  # move lines
    r"|\x1b\[\?(?:7|25|1000|1002|1003|1004|1006|1015|1016|1049|2004|2026|2027|2048)[hl]"  # modes
    r"|\x1b\[\?(?:2026|2027|2048)\$p|\x1b\[[<>=][0-9;]*u|\x1b\[c|\x1b\[\?u|\x1b\[6n"  # textual asks the terminal
    r"|\x1b\[2[23];0t|\x1b\[14t|\x1b\[18t"  # window title to and from its stack
    r"|\x1b\]2;(?P<title>[^\x00-\x1f\x7f-\x9f]*)\x07"
    r"|\x1b\]22;[a-z-]*(?:\x07|\x1b\\)"  # the shape of the pointer
    r"|\x1b\]8;(?:id=[\w-]*)?;(?P<link>[\x21-\x7e]*)\x1b\\"
    r"|\x1b\]52;c;(?P<copied>[A-Za-z0-9+/=]*)\x07"
    r"|\r|\n|\x07|\x1b[78=>]|\x1b\([0B]"
)


@dataclass(frozen=True)
class Written:
    """What a program wrote to a terminal, taken apart."""

    text: str
    titles: frozenset[str]
    links: frozenset[str]
    copied: tuple[bytes, ...]
    strange: frozenset[str]  # characters and sequences that are not ours


def taken_apart(out: bytes) -> Written:
    """Take apart what was written; bytes that are no UTF-8 are strange."""
    text = out.decode("utf-8", "surrogateescape")
    matches = [*_OURS.finditer(text)]
    rest = _OURS.sub("", text)
    strange = set(unsafe_characters(rest)) | {rest[at : at + 12] for at in range(len(rest)) if rest[at] == "\x1b"}
    return Written(
        rest,
        frozenset(found["title"] for found in matches if found["title"] is not None),
        frozenset(found["link"] for found in matches if found["link"]),
        tuple(base64.b64decode(found["copied"]) for found in matches if found["copied"]),
        frozenset(strange),
    )


def harmful(text: str) -> set[str]:
    """Return the characters of a command's output that a terminal could act on."""
    return unsafe_characters(text.replace("\n", ""))


def visible(text: str) -> str:
    """Return how a hostile text may be shown at most: cleaned, white space folded."""
    return " ".join(clean(text).split())


def texts(value: object) -> Iterator[str]:
    """Every text inside a domain value, but for a report's own, which is kept as received."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Report):
        yield from texts([value.sources, dict(value.evidence)])
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from texts([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
