"""The selected lines as plain text: no margins, no bars, wrapped lines joined again. Pure."""

from textual.geometry import Offset

from tui.ui.reader.layout.layout import Layout
from tui.ui.reader.layout.lines import DECORATION, LaidOutLine, LinePosition, Tone

_ROWS = 1 << 20  # more rows than a unit can have: line ids sort like places, whatever the height of what is above
_NOT_TEXT = {Tone.BAR, Tone.RULE, Tone.UNDER}


def line_id(place: LinePosition) -> int:
    """Return a number for a line that increases down the report and is stable at one width."""
    return place.unit * _ROWS + place.row


def place_of(number: int) -> LinePosition:
    """Return the position of a `line_id`."""
    return LinePosition(*divmod(number, _ROWS))


def line_text(line: LaidOutLine) -> str:
    """Return the line as it stands on the screen, margin included."""
    return " " * line.indent + line.text


def selected_text(flow: Layout, start: Offset | None, end: Offset | None) -> str:
    """Return the text between two offsets (x: character of the line on the screen, y: `line_id`); None is an end."""
    first = place_of(start.y) if start else flow.start
    last = place_of(end.y) if end else flow.end
    out: list[str] = []
    place, joint = first, ""
    while place <= last:
        line = flow.line(place)
        low = start.x if start and place == first else 0
        high = end.x if end and place == last else len(line_text(line))
        out += [joint, _piece(line, low, high, continued=bool(out) and joint != "\n")]
        following = flow.move(place, 1)
        if following == place:
            break
        joint = _joint(line, flow.line(following))
        place = following
    return "".join(out)


def _piece(line: LaidOutLine, low: int, high: int, *, continued: bool) -> str:
    out: list[str] = []
    column = line.indent
    for run in line.runs:
        text = run.text[max(0, low - column) : max(0, high - column)]
        column += len(run.text)
        if run.tone in _NOT_TEXT or (continued and run.at == DECORATION):
            continue
        out.append(text.replace(" │ ", "\t") if run.tone is Tone.GRID else text)
    text = "".join(out)
    return text.rstrip() if not continued else text


def _joint(line: LaidOutLine, following: LaidOutLine) -> str:
    """Return the separator of two lines: nothing or a blank inside a sentence, else a line break."""
    if not line.soft:
        return "\n"
    ends = [run.at + len(run.text) for run in line.runs if run.at != DECORATION]
    begins = [run.at for run in following.runs if run.at != DECORATION]
    return " " if ends and begins and begins[0] > ends[-1] else ""
