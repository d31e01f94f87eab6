"""Converts a position in a piece of text to line and column of the report."""

from bisect import bisect_right

from markdown_it.token import Token

from tui.report.markdown.grammar import MarkerToken


class Places:
    """The line index of one report. Lines and columns are 1-based; columns count code points."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)

    def of_offset(self, offset: int) -> tuple[int, int]:
        """Return (line, column) of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def to_offset(self, line: int, col: int) -> int:
        """Return the offset of a line and column."""
        return self._starts[min(line, len(self._starts)) - 1] + col - 1

    def of_mark(self, mark: MarkerToken) -> tuple[int, int]:
        """Return (line, column) of a marker."""
        token = mark.token
        if token is None:
            return self.of_offset(mark.start)
        if "at" in token.meta:
            return self.of_offset(token.meta["at"] + mark.start)
        starts: list[int] | None = token.meta.get("starts")
        if starts is None:
            starts = token.meta["starts"] = self._content_lines(token)
        line = bisect_right(starts, mark.start) - 1
        first = (token.map or [0, 0])[0]
        bases: list[int] = token.meta["bases"]
        return first + line + 1, bases[line] + mark.start - starts[line] + 1

    def _content_lines(self, token: Token) -> list[int]:
        """Note where each line of a token's content begins in the content, and in its line of the report."""
        starts: list[int] = []
        bases: list[int] = []
        at = 0
        first = (token.map or [0, 0])[0]
        for number, piece in enumerate(token.content.split("\n"), first):
            starts.append(at)
            bases.append(self._base(number, piece))
            at += len(piece) + 1
        token.meta["bases"] = bases
        return starts

    def _base(self, number: int, piece: str) -> int:
        if number >= len(self._starts):
            return 0
        start = self._starts[number]
        end = self._starts[number + 1] - 1 if number + 1 < len(self._starts) else len(self._text)
        if self._text.endswith(piece, start, end):
            return end - len(piece) - start
        found = self._text.rfind(piece, start, end)
        if found < 0:  # a tab before the text was widened into blanks
            bare = piece.lstrip(" ")
            found = self._text.rfind(bare, start, end) - (len(piece) - len(bare))
        return max(found - start, 0)
