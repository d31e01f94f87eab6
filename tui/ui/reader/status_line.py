"""Where one is in a report, as the status line says it. Pure."""

from tui.domain.cells import cut
from tui.domain.text import one_line, plural
from tui.ui.reader.state import ReaderState
from tui.ui.text.lines import Line

_TITLE = 16  # cells a title is never cut below


def where(reading: ReaderState, title: str, digits: str, *, whole: bool | None, room: int = 80) -> Line:
    """Return the left side: what was typed, else the current citation and its source, else title and length.

    Args:
        reading: The place.
        title: Of the report.
        digits: What was typed of a number.
        whole: Whether all of it is parsed; None while nothing is.
        room: Cells there are; the title is cut so that the length is always seen.
    """
    if whole is None:
        return ((cut(one_line(title), room - 10), "strong"), ("  reading…", "dim"))
    if digits:
        return ((digits, "accent"), ("  enter: source, ]: citations on, %: percent", "dim"))
    document, number = reading.book.document, reading.cite_number
    if number is None or reading.cite is None:
        words = f"  {document.words:,} words, {_duration(reading.book.minutes)}" if document.words else ""
        cites = f", {plural(len(document.citations), 'citation')}" if document.citations else ""
        length = words + cites if whole else "  reading the rest…"
        return ((cut(one_line(title), max(_TITLE, room - len(length))), "strong"), (length, "dim"))
    entry = reading.book.source_of(document.citations[reading.cite])
    head = (f"citation {number}/{reading.cite_count}", "accent")
    if entry is None:
        return (head, (" leads nowhere" if whole else "  reading the rest…", "bad" if whole else "dim"))
    position = reading.book.positions[entry.id] + 1
    name = f"  {one_line(entry.title or entry.url or '')}"
    return (head, (f" → source {position} of {len(document.sources)}", "plain"), (name, "dim"))


def state(reading: ReaderState) -> Line:
    """Return the right side: which hit of how many, and how far one is."""
    hits: Line = ()
    if reading.finder.query:
        hits = ((f"{reading.hit_number}/{reading.hits}  ", "accent" if reading.hits else "bad"),)
    return (*hits, (f"{reading.percent}%", "dim"))


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"
