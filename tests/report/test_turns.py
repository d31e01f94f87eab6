"""While a long report is parsed, no single call keeps the interpreter from the other threads for long."""

import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, SupportsIndex

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.domain import slices
from tui.domain import text as domain_text
from tui.domain.detail import Report, ReportFormat
from tui.domain.text import clean
from tui.report import parse as module_parse
from tui.report.citations import audit
from tui.report.document import Document, Entry, Span
from tui.report.html import paragraphs
from tui.report.markdown import html_tokens
from tui.report.markups import dialects
from tui.report.markups.dialects import read_dialect
from tui.report.markups.edits import Rewriting
from tui.report.parse import parse
from tui.report.read import read_report

SIZE = 400_000
MOST = 70_000  # characters that one search of an expression may see: a slice and a line


class Searches:
    """Takes note of how far each search of a regular expression may go."""

    def __init__(self) -> None:
        self.longest = 0

    def wrapped(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(text: str, start: int = 0, end: int = sys.maxsize) -> Any:
            self.longest = max(self.longest, min(end, len(text)) - start)
            return method(text, start, end)

        return call


def words(count: int) -> str:
    return " ".join(random.Random(3).choices(["grid", "storage", "carbon", "policy"], k=count))


SHAPES = {
    "paragraphs": (words(30) + "\n\n") * (SIZE // 200),
    "one line": words(SIZE // 7),
    "short lines": (words(3) + "\n") * (SIZE // 20),
    "code": "```python\n" + "value = 1\n" * (SIZE // 10),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_code_and_words_are_searched_in_slices(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui.report.citations import build
    from tui.report.markdown import inlines

    seen = Searches()
    for module, name, methods in (
        (dialects, "_OPENS", ("finditer",)),
        (dialects, "_FENCE_END", ("search",)),
        (build, "_ASCII_WORD", ("findall",)),
        (inlines, "TERMINATORS", ("search",)),
    ):
        for method in methods:
            pattern = getattr(module, name)
            monkeypatch.setattr(pattern, method, seen.wrapped(getattr(pattern, method)), raising=False)
    text = SHAPES[shape]
    assert len(text) > SIZE * 0.8
    read_dialect(text if shape == "one line" else text + "`", lambda given, sources: parse(given, sources), ())
    assert 0 < seen.longest <= MOST


@pytest.mark.parametrize("words_without_blanks", ["研究", "aGVsbG8rL3dvcmxk"])
def test_a_text_without_blanks_is_searched_once(words_without_blanks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui.report.markdown import inlines

    searched = 0
    plain = inlines.TERMINATORS.search

    def counted(text: str, start: int = 0, end: int = sys.maxsize) -> Any:
        nonlocal searched
        searched += min(end, len(text)) - start
        return plain(text, start, end)

    monkeypatch.setattr(inlines, "SLICE", 64)
    monkeypatch.setattr(inlines.TERMINATORS, "search", counted, raising=False)
    text = "a b " + words_without_blanks * 100 + " https://a.example/b **c** " + words_without_blanks * 100
    document = parse(text)
    assert searched < 4 * len(text)
    monkeypatch.undo()
    assert document == parse(text)


def test_a_line_of_backticks_is_looked_at_once() -> None:
    text = "a\n" + "`" * 100_000
    began = time.process_time()
    assert dialects._masks(text) == []
    assert time.process_time() - began < 1  # 3 s when each shorter fence was tried, too


@pytest.mark.parametrize("blank", " \n\t\xa0")
def test_words_are_counted_once_whatever_is_between_them(blank: str) -> None:
    from tui.report.citations.build import count_words

    assert count_words(f"word{blank}" * 40_000) == 40_000


def test_a_paragraph_of_many_lines_is_joined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    joined = 0
    plain = Span.__init__

    def counted(self: Span, text: str, *args: Any, **kwargs: Any) -> None:
        nonlocal joined
        joined += len(text)
        plain(self, text, *args, **kwargs)

    monkeypatch.setattr(Span, "__init__", counted)
    document = read_report(Report(SHAPES["short lines"], ReportFormat.MARKDOWN))
    assert document.words == SIZE // 20 * 3
    assert joined < 3 * len(SHAPES["short lines"])


def test_unsafe_characters_are_replaced_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, asked = Searches(), domain_text._UNSAFE
    monkeypatch.setattr(asked, "search", seen.wrapped(asked.search), raising=False)
    shape = "\tvalue\r\n" * (SIZE // 8) + "\x1b"
    assert clean(shape) == "    value\n" * (SIZE // 8) + "\u241b"
    assert 0 < seen.longest <= MOST


def test_single_blanks_of_a_page_are_left_alone() -> None:
    assert paragraphs._BLANKS.subn(" ", "a b " * 100) == ("a b " * 100, 0)
    assert paragraphs._BLANKS.sub(" ", "a  b\n c \t\f\rd\n") == "a b c d "


# What these found before they began with a character or a set of them, which is searched ten times as fast.
_SENTENCES = re.compile(r"[.!?。！？…]+[\"'”’)\]）】]*(?=\s|\Z|[\u2e80-\u9fff])|\n")
_OPENINGS = re.compile(r"`+|~{3,}|<!--")
_PIECES_OF_HTML = re.compile(
    r"<!--|<!\[CDATA\[|<[!?][^<>]*>|<(?:script|style|template|noembed|noframes)(?:[\s/][^<>]*)?>"
    r"|</?[A-Za-z][A-Za-z0-9:-]*(?:[\s/](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?>",
    re.IGNORECASE,
)


@given(
    st.lists(
        st.sampled_from([*".!?…。\n\"') a1研`~</>", "~~~", "<!--", "<b", "</p", "<Style", "<!", "<![CDATA["]),
        max_size=20,
    ).map("".join)
)
def test_what_begins_with_a_character_or_a_set_of_them_finds_the_same(text: str) -> None:
    for fast, plain in (
        (audit._SENTENCE_END, _SENTENCES),
        (dialects._OPENS, _OPENINGS),
        (html_tokens._PIECE, _PIECES_OF_HTML),
    ):
        assert [match.span() for match in fast.finditer(text)] == [match.span() for match in plain.finditer(text)]


_SLICED = {
    "heading": module_parse._HEADING,
    "bracket marker": module_parse._BRACKET_MARKER,
    "opening": dialects._OPENS,
    "fence": dialects._FENCE_END,
    "front matter": dialects._FRONT_END,
    "keys": dialects._KEYS,
    "wiki link": dialects._WIKI,
    "block id": dialects._BLOCK_ID,
    "date": dialects._DATED,
}
_PIECES = [
    *("\n", "\n\n", " ", "#", "## ", "# \n", "**", "Works cited", "Sources", "[1]", "(", ":", "[", "]", "[[", "]]"),
    *("@key", "^ab-1", "`", "```", "~~~", "---", "2020a", "words ", "\t", "\xa0", "\x0b", "\u2028"),
]


@pytest.mark.parametrize("name", _SLICED)
@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
@example("abc\n#\nWorks cited\n")
def test_what_is_searched_in_slices_is_found_as_in_the_whole(name: str, text: str) -> None:
    pattern = _SLICED[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "SLICE", 5)
        sliced = [match.span() for match in slices.finditer(pattern, text)]
    assert sliced == [match.span() for match in pattern.finditer(text)]


def test_a_date_looks_at_one_character_after_it() -> None:
    taken = 0

    class Counted(str):
        def __getitem__(self, key: SupportsIndex | slice) -> str:
            nonlocal taken
            found = super().__getitem__(key)
            taken += len(found)
            return found

    text = "Smith (2020) has it. " * 500
    bare = Document((), sources=(Entry("1", "https://a.example/", "Smith, J. (2020). A title.", line=9_999),))
    leads = dialects._join(Rewriting(Counted(text)), bare, dialects._Masks([]))
    assert len(leads) == 500
    assert taken < 10 * len(text)


def freed(text: str) -> Iterator[int]:
    """Yield how many tokens and markers each parse still held when it returned."""
    held: list[list[object]] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "return" and frame.f_code is parse.__code__ and "tokens" in frame.f_locals:
            held.extend([frame.f_locals["tokens"], frame.f_locals["env"]["marks"]])

    sys.setprofile(note)
    try:
        parse(text)
    finally:
        sys.setprofile(None)
    return (len(tokens) for tokens in held)


def test_tokens_and_markers_are_freed_in_slices() -> None:
    assert list(freed("A claim [1].\n\n" * 5_000)) == [0, 0]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("---\ntitle: `x`\n---\ntext `code` end", ["---\ntitle: `x`\n---", "`x`", "`code`"]),
        ("a\n  ```py\n`x`\n ~~~\n```` \nb `c`", ["  ```py\n`x`\n ~~~\n```` ", "`c`"]),
        ("~~~\nopen [[x]]", ["~~~\nopen [[x]]"]),
        ("a <!-- ` --> ``b`c``", ["<!-- ` -->", "``b`c``"]),
        ("   ```a``` b ```c```", ["```a```", "```c```"]),
    ],
)
def test_front_matter_code_and_comments_are_masked(text: str, masked: list[str]) -> None:
    assert [text[start:end] for start, end in dialects._masks(text)] == masked
