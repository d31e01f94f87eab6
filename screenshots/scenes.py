"""What is in the pictures: which screen, at which size, and the keys that lead there."""

from typing import NamedTuple

WIDE, SMALL = (120, 40), (80, 24)
_LONG = "Three ways to keep old rows"  # the long demo report
_NAMED = {"]": "right_square_bracket", "?": "question_mark", "$": "dollar_sign", "/": "slash", ":": "colon"}
_NAMED |= {" ": "space", "*": "asterisk", "+": "plus", "-": "minus", ".": "full_stop", "%": "percent_sign"}


class Scene(NamedTuple):
    """One picture: its file, the size of the terminal, what is pressed, the theme.

    `keys` are pressed one after the other, each when the one before has come to rest; `filter` is typed into the list's
    filter first; `typed` is typed at the end.
    """

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    filter: str = ""
    typed: str = ""
    theme: str = "dark"
    newcomer: bool = False  # without tasks and keys
    later: float = 0.0  # simulated seconds that pass after a first look at the providers


def presses(text: str) -> list[str]:
    """Return the names of the keys that type `text`."""
    return [_NAMED.get(char, char) for char in text]


def _both(name: str, *keys: str, filter: str = "", typed: str = "", newcomer: bool = False) -> tuple[Scene, Scene]:  # noqa: A002
    wide, small = (
        Scene(f"{name}-{columns}x{lines}", (columns, lines), keys, filter, typed, newcomer=newcomer)
        for columns, lines in (WIDE, SMALL)
    )
    return wide, small


_WHILE_AWAY = 900.0  # simulated seconds in which some tasks end, fail or ask
_DOWN = ("j",) * 10
_CITED = ("3", *("]",) * 12)
SCENES = (
    *_both("first-run", newcomer=True),
    *_both("dashboard", *_DOWN),
    Scene("dashboard-light-120x40", WIDE, _DOWN, theme="light"),
    Scene("dashboard-contrast-80x24", SMALL, _DOWN, theme="contrast"),
    Scene("dashboard-60x17", (60, 17), _DOWN),
    Scene("detail-80x24", SMALL, ("enter",), filter="Why the leap"),
    Scene("reader-120x40", WIDE, (*_CITED, "enter"), filter=_LONG),
    Scene("reader-80x24", SMALL, _CITED, filter=_LONG),
    Scene("reader-light-120x40", WIDE, (*_CITED, "enter"), filter=_LONG, theme="light"),
    *_both("outline", "3", "T", filter=_LONG),
    *_both("sources", "3", "S", filter=_LONG),
    *_both("audit", "3", "A", filter=_LONG),
    Scene("structured-120x40", WIDE, ("3",), filter="ASML extruct"),
    Scene("chinese-80x24", SMALL, ("3",), filter="緊急 done"),
    *_both("search", "F", typed="transaction vacuum"),
    *_both("all-sources", "B"),
    *_both("compare", "*", "c", filter="ASML"),
    *_both("accounts", "A"),
    *_both("costs", "$"),
    *(scene._replace(later=_WHILE_AWAY) for scene in _both("log", "L")),
    *_both("answer", "a", filter="Grid-scale waiting"),
    *_both("versions", "v", filter="valyu status:done"),
    *_both("new-task", "n", typed="Which sodium batteries can be bought today?"),
    *_both("help", "?"),
    *_both("palette", ":"),
    Scene("export-80x24", SMALL, ("e",), filter=_LONG),
    Scene("confirm-80x24", SMALL, ("x",), filter="Why the leap"),
)
