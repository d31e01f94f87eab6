"""The reader's status line: position, current citation or hit, what is left to read. Pure."""

from tui.domain.text import one_line, plural
from tui.ui.reader.state import ReaderState
from tui.ui.text.lines import Line


def where(reading: ReaderState, digits: str, *, whole: bool | None) -> Line:
    """Return the left side: the typed number, else the current citation and its source, else the report's length.

    Args:
        reading: The place.
        digits: What was typed of a number.
        whole: Whether all of it is parsed; None while nothing is.
    """
    if whole is None:
        return (("reading…", "dim"),)
    if digits:
        return ((digits, "accent"), ("  enter: source, ]: citations on, %: percent", "dim"))
    document, number = reading.book.document, reading.cite_number
    if number is None or reading.cite is None:
        words = [f"{plural(document.words, 'word')}, {_duration(reading.book.minutes)}"] if document.words else []
        cites = [plural(len(document.citations), "citation")] if document.citations else []
        told = ", ".join(words + cites) or ("" if document.blocks else "this report is empty")
        return ((told if whole else "reading the rest…", "dim"),)
    entry = reading.book.source_of(document.citations[reading.cite])
    head = (f"citation {number}/{reading.cite_count}", "accent")
    if entry is None:
        return (head, (" leads nowhere" if whole else "  reading the rest…", "bad" if whole else "dim"))
    position = reading.book.positions[entry.id] + 1
    name = f"  {one_line(entry.title or entry.url or '')}"
    return (head, (f" → source {position} of {len(document.sources)}", "plain"), (name, "dim"))


def state(reading: ReaderState) -> Line:
    """Return the right side: the current hit of how many, and the percentage read."""
    hits: Line = ()
    if reading.finder.query:
        hits = ((f"{reading.hit_number}/{reading.hits}  ", "accent" if reading.hits else "bad"),)
    return (*hits, (f"{reading.percent}%", "dim"))


def left_to_read(reading: ReaderState) -> str:
    """Return what is left below the screen: words and minutes (by share of the text), citations (counted)."""
    share = 1 - reading.percent / 100
    if reading.at_end:
        return "this is the end of the report"
    document = reading.book.document
    words, minutes = round(document.words * share), max(1, round(reading.book.minutes * share))
    parts = [f"about {plural(words, 'word')}, {_duration(minutes)}"] if words else []
    return "left to read: " + ", ".join((*parts, plural(reading.citations_ahead, "citation")))


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"
