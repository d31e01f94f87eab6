"""reStructuredText: `[1]_` and `[CIT2002]_` with `.. [1]`, sections, links and their targets, code, directives."""

import re
from bisect import bisect_right
from itertools import count

from tui.domain.patterns import late
from tui.report.document import MarkerKind
from tui.report.markups.edits import Rewriting

_RULE = late(r"([=\-~^\"'`+*#<>:._])\1{2,}[ \t]*\Z")
_REFERENCE = late(r"(?<![\w\\])\[(\d{1,4}|#[\w.:-]*|\*|[A-Za-z][\w.:+-]*)\]_(?!_)(?!\w)")
_NOTE = late(
    r"^\.\. \[(\d{1,4}|#[\w.:-]*|\*|[A-Za-z][\w.:+-]*)\][ \t]*(.*(?:\n(?:[ \t]+\S.*|[ \t]*(?=\n[ \t]+\S)))*)",
    re.MULTILINE,
)
_EMBEDDED = late(r"`([^`<>]{0,500}?)\s{0,3}<([^`<>\s]{1,1000}(?:\s[^`<>]{1,500})?)>`__?")
_TARGET = late(r"^\.\. _(`[^`]+`|[^:\n`]+|_):[ \t]*(\S+)?[ \t]*$", re.MULTILINE)
_ANONYMOUS = late(r"^__[ \t]+(\S+)[ \t]*$", re.MULTILINE)
_NAMED = late(r"(?<![\w`:_])(?:`([^`<>\n]{1,300})`|(\w(?:[\w.+-]*\w)?))(__?)(?![\w`_])")
_ROLE = late(r"(?<!\w):[\w.+:-]{1,60}:`([^`\n]{1,500})`")
_DIRECTIVE = late(r"^([ \t]*)\.\. ([\w-]+)::[ \t]*(.*)$", re.MULTILINE)
_CODE = frozenset({"code", "code-block", "sourcecode", "parsed-literal", "math"})
_SPOKEN = frozenset("note warning tip important caution danger attention hint error seealso admonition topic".split())
_LITERAL = late(r"^(?![ \t]*\.\. ).*::[ \t]*$", re.MULTILINE)


def rewrite(text: str) -> Rewriting:
    """Return a reStructuredText as markdown."""
    made = Rewriting(text)
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    _sections(made, lines, starts)
    _code(made, lines, starts)
    _notes(made)
    _links(made)
    _directives(made)
    made.each(_ROLE, lambda match: f"`{match[1]}`")
    made.each(re.compile(r"^([ \t]*)#\.(?=[ \t])", re.MULTILINE), lambda match: f"{match[1]}1.")
    return made


def _sections(made: Rewriting, lines: list[str], starts: list[int]) -> None:
    levels: list[str] = []
    for at in range(1, len(lines)):
        title, rule = lines[at - 1], _RULE.match(lines[at])
        if not rule or not title.strip() or _RULE.match(title) or len(lines[at].rstrip()) < len(title.strip()) // 2:
            continue
        over = at >= 2 and lines[at - 2].rstrip() == lines[at].rstrip()
        if title[:1].isspace() and not over:
            continue
        if at >= 2 and lines[at - 2].strip() and not over:
            continue
        style = rule[1] * (2 if over else 1)
        if style not in levels:
            levels.append(style)
        begin = starts[at - 1]
        made.put(begin, begin + len(title) - len(title.lstrip()), "#" * min(levels.index(style) + 1, 6) + " ")
        made.put(starts[at], starts[at] + len(lines[at]), "")
        if over:
            made.put(starts[at - 2], starts[at - 2] + len(lines[at - 2]), "")


def _code(made: Rewriting, lines: list[str], starts: list[int]) -> None:
    """Put fences around literal blocks; the lines of the fences are those of the directive and a blank one."""
    done = 0
    found = [*_DIRECTIVE.finditer(made.text), *_LITERAL.finditer(made.text)]
    for match in sorted(found, key=lambda one: one.start()):
        directive = match[0].lstrip().startswith(".. ")
        if directive and match[2] not in _CODE:
            continue
        row = bisect_right(starts, match.start()) - 1
        if row < done:
            continue
        depth = len(lines[row]) - len(lines[row].lstrip())
        first = row + 1
        while first < len(lines) and (
            not lines[first].strip() or (directive and lines[first].lstrip().startswith(":"))
        ):
            first += 1
        last = first
        while last < len(lines) and (not lines[last].strip() or len(lines[last]) - len(lines[last].lstrip()) > depth):
            last += 1
        while last > first and not lines[last - 1].strip():
            last -= 1
        if last == first:
            continue
        done = last
        end = starts[last] - 1
        body = made.text[starts[first] : end]
        opening = f"```{match[3].strip() if directive and match[2] != 'math' else ''}"
        if directive:
            made.put(match.start(), end, opening + "\n" * (first - row) + body)
        else:
            colon = match.end() - len(match[0]) + len(match[0].rstrip())
            kept = ":" if match[0].strip() != "::" else ""
            made.put(colon - 2, end, f"{kept}\n```" + "\n" * (first - row - 1) + body)
        if last < len(lines) and not lines[last].strip():
            made.put(starts[last], starts[last] + len(lines[last]), "```")


def _notes(made: Rewriting) -> None:
    numbered, symbols = count(1), count(1)
    names: dict[str, str] = {}
    taken = {match[1] for match in _NOTE.finditer(made.text) if match[1].isdigit()}
    order: list[str] = []
    for match in _NOTE.finditer(made.text):
        label = match[1]
        if label == "*":
            number = f"*{next(symbols)}"
        elif label.startswith("#"):
            number = next(str(one) for one in numbered if str(one) not in taken)
            names[label] = number
            if label == "#":
                order.append(number)
        else:
            number = label
        made.entry(number, match.start(), match.span(2))
    unnamed, stars = iter(order), count(1)
    for match in _REFERENCE.finditer(made.text):
        label = match[1]
        known = next(unnamed, "#") if label == "#" else f"*{next(stars)}" if label == "*" else names.get(label, label)
        kind = MarkerKind.FOOTNOTE if label[0] in "#*" or label.isdigit() else MarkerKind.KEY
        made.cite(match.start(), match.end(), kind, [known])


def _links(made: Rewriting) -> None:
    targets = {_name(match[1]): match[2] for match in _TARGET.finditer(made.text) if match[2]}
    nameless = [match[2] for match in _TARGET.finditer(made.text) if match[1] == "_" and match[2]]
    nameless += [match[1] for match in _ANONYMOUS.finditer(made.text)]
    made.each(_EMBEDDED, lambda match: f"[{match[1] or match[2]}](<{match[2]}>)")
    made.each(_TARGET, lambda match: "")
    made.each(_ANONYMOUS, lambda match: "")
    waiting = iter(nameless)

    def named(match: re.Match[str]) -> str | None:
        words = match[1] or match[2]
        url = next(waiting, None) if match[3] == "__" else targets.get(_name(words))
        if url is not None and url.endswith("_") and "://" not in url:
            url = targets.get(_name(url[:-1]))
        return f"[{words}](<{url}>)" if url else words if match[1] else None

    made.each(_NAMED, named)


def _name(words: str) -> str:
    return " ".join(words.strip("`").lower().split())


def _directives(made: Rewriting) -> None:
    def shown(match: re.Match[str]) -> str | None:
        name = match[2]
        if name in {"image", "figure"}:
            return f"{match[1]}![{name}](<{match[3].strip()}>)"
        return f"{match[1]}**{name.capitalize()}:** {match[3]}" if name in _SPOKEN else None

    made.each(_DIRECTIVE, shown)
