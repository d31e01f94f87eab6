"""Emphasis next to Chinese, Japanese and Korean letters, which write no spaces: `**本(book)**は` is bold."""

from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.emphasis import tokenize

_LETTERS = (  # the first and the last of each range
    ("\u1100", "\u11ff"),
    ("\u3041", "\u30ff"),
    ("\u3400", "\u9fff"),
    ("\uac00", "\ud7af"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003fffd"),
)


def emphasis(state: StateInline, silent: bool) -> bool:
    """Collect delimiters as markdown does, but let asterisks beside such a letter open and close as beside a blank.

    CommonMark asks for a blank or punctuation between closing punctuation and what follows, so that reports in these
    languages are full of asterisks that were meant to be bold.
    """
    start, known = state.pos, len(state.delimiters)
    if not tokenize(state, silent):
        return False
    before, after = state.src[start - 1 : start], state.src[state.pos : state.pos + 1]
    if state.src[start] == "*" and (_is_letter(before) or _is_letter(after)):
        for delimiter in state.delimiters[known:]:
            delimiter.open = bool(after.strip())
            delimiter.close = bool(before.strip())
    return True


def _is_letter(char: str) -> bool:
    return any(span[0] <= char <= span[1] for span in _LETTERS)
