"""What a start compiles is kept for the next one, is the same, and is never in the way."""

import dataclasses
import marshal
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain import frozen
from tui.ui import kept_code
from tui.ui.kept_code import FEW, KeptCode

pytestmark = pytest.mark.quick

_EXPRESSIONS = [
    (r"(?P<year>\d{4})-(?P<month>\d\d)?", 0),
    (r"straße|[à-öø]+|ſ", re.IGNORECASE),
    ("^ a  # a comment", re.VERBOSE | re.MULTILINE),
    (rb"\A(?:\xef\xbb\xbf)?data:(.*)", re.DOTALL),
    ("(?i:a)(?=b)(?<!c)[\\w一-鿿]", re.ASCII),
    (r"(a)(?:b)?(?(1)c|d)", 0),
]


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Python write bytecode, and compile as ever afterwards."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(kept_code, "FEW", 0)
    before = re._compiler.compile  # type: ignore[attr-defined]
    yield
    assert re._compiler.compile is before  # type: ignore[attr-defined]
    assert "exec" not in vars(dataclasses).keys() | vars(frozen).keys()


def expressions() -> list[re.Pattern[Any]]:
    re.purge()
    return [re.compile(text, flags) for text, flags in _EXPRESSIONS]


def classes() -> object:
    made = dataclasses.make_dataclass("Point", [("x", int), ("y", int, 3)], frozen=True, order=True)
    return made(1), made(1) < made(2), hash(made(1))


def _compiled(texts: Sequence[str]) -> list[re.Pattern[str]]:
    re.purge()
    return [re.compile(text) for text in texts]


def started(path: Path | None, work: Callable[[], object]) -> tuple[object, int]:
    """Return what `work` made in a start, and how much of it was compiled."""
    kept = KeptCode(path)
    kept.use()
    try:
        done = work()
        return done, len(kept._made)
    finally:
        kept.keep()


def test_the_next_start_compiles_nothing_again_and_gets_the_same(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    plain = expressions(), repr(classes())
    first = started(path, lambda: (expressions(), repr(classes())))
    second = started(path, lambda: (expressions(), repr(classes())))
    assert first[0] == second[0] == plain
    assert first[1] > len(_EXPRESSIONS)
    assert second[1] == 0
    made = second[0][0]
    assert [one.groupindex for one in made] == [one.groupindex for one in plain[0]]
    assert made[0].sub(r"\g<month>/\g<year>", "2026-11") == "11/2026"
    assert made[1].findall("STRASSE straßE Àø S") == plain[0][1].findall("STRASSE straßE Àø S")


@given(st.lists(st.from_regex(r"(\(\?:)?[a-zß一\\w.*+?|\[\]^-]{1,12}", fullmatch=True), min_size=1, max_size=5))
def test_an_expression_that_is_kept_is_the_one_that_is_compiled(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    good = []
    for text in texts:
        try:
            good.append(re.compile(text))
        except (re.error, FutureWarning):
            continue
    path = tmp_path_factory.mktemp("kept") / "kept"
    for _ in range(2):
        found, _ = started(path, partial(_compiled, [one.pattern for one in good]))
        assert found == good


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no such thing",
        marshal.dumps((sys.version, [])),
        marshal.dumps(("another Python", {("a+", 0): (32, b"", 0, {}, ())})),
        marshal.dumps((sys.version, {("a+", 0): (32, b"\xff\xff\x00\x00", 0, {}, (None,)), ("b+", 0): 3})),
        marshal.dumps((sys.version, {("a+", 0): (32, b"abc", 0, {}, ())})),
    ],
)
def test_a_file_that_cannot_be_used_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "kept"
    path.write_bytes(content)
    work = partial(_compiled, ["a+", "b+"])
    assert started(path, work) == (_compiled(["a+", "b+"]), 2)
    assert started(path, work)[1] == 0


def test_a_file_with_an_impossible_size_in_it_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept"
    started(path, expressions)

    def loads(_: bytes) -> object:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(marshal, "loads", loads)
        assert started(path, expressions)[1] == len(_EXPRESSIONS)


def test_an_entry_that_is_no_code_is_as_good_as_none(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    first = started(path, lambda: repr(classes()))
    version, kept = marshal.loads(path.read_bytes())
    path.write_bytes(marshal.dumps((version, dict.fromkeys(kept, marshal.dumps(3)))))
    assert started(path, lambda: repr(classes())) == first


def test_it_writes_where_python_writes_bytecode_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert started(tmp_path / "missing" / "kept", expressions)[1] == len(_EXPRESSIONS)
    assert started(None, expressions)[1] == len(_EXPRESSIONS)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    started(tmp_path / "kept", expressions)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(kept_code, "FEW", FEW)
    started(tmp_path / "kept", expressions)  # a handful
    assert [*tmp_path.iterdir()] == []


def test_it_keeps_nothing_of_what_is_compiled_after_the_first_paint(tmp_path: Path) -> None:
    kept = KeptCode(tmp_path / "kept")
    kept.use()
    kept.use()
    expressions()
    kept.stop()
    re.purge()
    re.compile("what somebody searches for")
    kept.keep()
    assert b"somebody" not in (tmp_path / "kept").read_bytes()
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o644


def test_the_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_code, "MOST", 8)
    for number in range(5):
        started(tmp_path / "kept", partial(_compiled, [f"x{number}y{end}" for end in "abc"]))
    assert len(marshal.loads((tmp_path / "kept").read_bytes())[1]) <= 8


def test_an_expression_that_cannot_be_kept_works(tmp_path: Path) -> None:
    found, made = started(tmp_path / "kept", lambda: re.compile(rb"\w", re.LOCALE))
    assert (found, made) == (re.compile(rb"\w", re.LOCALE), 0)
