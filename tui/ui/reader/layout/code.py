"""Code blocks: highlighted by pygments in the tones of the theme, on a panel with a bar. Pure."""

from collections.abc import Iterator

from tui.domain.cells import cell_len, fold
from tui.report.document import Code
from tui.ui.reader.layout.blocks import LayoutBlock
from tui.ui.reader.layout.lines import Frame, LaidOutLine, Run, Tone
from tui.ui.reader.layout.prose import lead_runs

_HIGHLIGHT_AT_MOST = 60_000  # characters; longer blocks stay plain, so that opening never waits for a lexer
_PROSE = frozenset({"", "text", "txt", "plain", "plaintext", "markdown", "md", "quote"})
_DRAWING = frozenset("│┃║├┤┌┐└┘─═╔╗╚╝┬┴┼|+")
_TONES = {
    "Token.Keyword": Tone.KEYWORD,
    "Token.Operator.Word": Tone.KEYWORD,
    "Token.Name.Tag": Tone.KEYWORD,
    "Token.Generic.Deleted": Tone.KEYWORD,
    "Token.Literal.String": Tone.STRING,
    "Token.Generic.Inserted": Tone.STRING,
    "Token.Literal.Number": Tone.NUMBER,
    "Token.Keyword.Constant": Tone.NUMBER,
    "Token.Comment": Tone.COMMENT,
    "Token.Name.Function": Tone.DEFINED,
    "Token.Name.Class": Tone.DEFINED,
    "Token.Name.Decorator": Tone.DEFINED,
    "Token.Name.Attribute": Tone.DEFINED,
    "Token.Generic.Heading": Tone.DEFINED,
}

Tokens = tuple[tuple[str, Tone], ...]


def highlight(block: Code) -> list[Tokens]:
    """Return the lines of a code block as (text, tone) pieces; plain if the language is unknown or the block long."""
    lines = block.text.rstrip("\n").split("\n")
    plain: list[Tokens] = [((line, Tone.BLOCK),) for line in lines]
    if block.language.lower() in _PROSE or len(block.text) > _HIGHLIGHT_AT_MOST:
        return plain
    from pygments.lexers import get_lexer_by_name  # 30 ms that only a report with code pays
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(block.language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return plain
    out: list[list[tuple[str, Tone]]] = [[]]
    for kind, text in lexer.get_tokens("\n".join(lines)):
        tone = _tone(str(kind))
        for number, piece in enumerate(text.split("\n")):
            if number:
                out.append([])
            if piece and out[-1] and out[-1][-1][1] is tone:
                out[-1][-1] = (out[-1][-1][0] + piece, tone)
            elif piece:
                out[-1].append((piece, tone))
    coloured: list[Tokens] = [tuple(line) for line in out]
    same = len(coloured) == len(lines) and all(
        "".join(text for text, _ in tokens) == line for tokens, line in zip(coloured, lines, strict=True)
    )
    return coloured if same else plain  # a lexer that changes the text is not believed


def _tone(kind: str) -> Tone:
    while kind:
        if kind in _TONES:
            return _TONES[kind]
        kind = kind.rpartition(".")[0]
    return Tone.BLOCK


def code(unit: LayoutBlock, block: Code, tokens: list[Tokens], frame: Frame) -> list[LaidOutLine]:
    """Lay out the lines of `block` that are in `unit`; prose wraps, programs and drawings scroll sideways."""
    lead, used = lead_runs(unit.rest, frame.room)
    bar = Run("▎ ", Tone.BAR)
    wraps = block.language.lower() in _PROSE and not any(char in _DRAWING for char in block.text)
    room = max(4, frame.room - used - 3)
    lines: list[LaidOutLine] = []
    at = 0
    for number, line in enumerate(tokens[unit.part]):
        label = block.language if not number and not unit.begin else ""
        for runs, size, soft in _split(line, room, at) if wraps else [_whole(line, at)]:
            pad = max(0, room - size)
            end = [Run(f"{label:>{pad}}", Tone.COMMENT)] if label and pad > cell_len(label) else [Run(" " * pad)]
            tail = [
                run._replace(tone=Tone.BLOCK) if run.tone is Tone.TEXT else run for run in (*end, Run(" ")) if run.text
            ]
            cells = used + 2 + size + pad + 1
            wide = frame.left + cells > frame.width
            lines.append(LaidOutLine((*lead, bar, *runs, *tail), cells, frame.left, soft, wide))
            label = ""
        at += sum(len(text) for text, _ in line) + 1
    return lines


def _whole(line: Tokens, at: int) -> tuple[list[Run], int, bool]:
    runs: list[Run] = []
    for text, tone in line:
        runs.append(Run(text, tone, 0, at))
        at += len(text)
    return runs, sum(cell_len(text) for text, _ in line), False


def _split(line: Tokens, room: int, at: int) -> Iterator[tuple[list[Run], int, bool]]:
    text = "".join(piece for piece, _ in line)
    pieces = fold(text, room)
    start = 0
    for number, piece in enumerate(pieces):
        start = text.index(piece, start)
        yield [Run(piece, Tone.BLOCK, 0, at + start)] if piece else [], cell_len(piece), number + 1 < len(pieces)
        start += len(piece)
