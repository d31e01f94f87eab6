"""Keeps what modules compile from text when they are imported: a tenth of the time to the first paint.

Python keeps the bytecode of modules in `__pycache__`, but not what they compile as they run: regular expressions and
the methods of dataclasses. A Textual program does that hundreds of times before it paints. A start that compiled
something new writes it beside the bytecode as it ends, under the same rules: nothing where Python may write none, and
nothing of another Python is used. A file that cannot be read is as good as none.

Leans on private names of `re` (`compile`, `_code`, `_parser` and `_sre` of its compiler), and on `exec` being looked up
as a global by `dataclasses` and our `frozen`. An expression is kept only if what is kept makes an equal one.
"""

import dataclasses
import marshal
import re
import sys
from array import array
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any

from tui.domain import frozen
from tui.domain.atomic import write_atomic

MOST = 2000
"""Entries of the file; one that would become larger, after many upgrades, is begun anew."""
FEW = 8
"""So few new things are not worth a write: a pattern that is made of a set of characters is another one each time."""
_COMPILER: Any = getattr(re, "_compiler", None)
_KNOWN = all(hasattr(_COMPILER, name) for name in ("compile", "_code", "_parser", "_sre"))
_WRITERS = (dataclasses, frozen)  # of methods
_DEPEND_ON_MORE = re.LOCALE | re.DEBUG
_UNUSABLE = Exception  # what a bad file can raise: a size in it that is wrong, even MemoryError

_Key = tuple[str | bytes, int | None]  # the text; the flags of an expression
_Entry = tuple[Any, ...] | bytes  # the arguments of `_sre.compile`, a marshalled code object


class KeptCode:
    """What earlier starts compiled, and what this one compiles until it has painted.

    Args:
        path: The file; None for none.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._kept: Mapping[_Key, _Entry] = {}
        self._made: dict[_Key, re.Pattern[Any] | CodeType] = {}
        self._real: Callable[[Any, int], re.Pattern[Any]] = getattr(_COMPILER, "compile", re.compile)

    @property
    def _in_use(self) -> bool:
        return _KNOWN and _COMPILER.compile == self._expression

    def use(self) -> None:
        """Read the file, and look into it whenever something is compiled, until `stop`; does nothing if in use."""
        if self._in_use or not _KNOWN:
            return
        self._kept = self._read()
        _COMPILER.compile = self._expression
        for module in _WRITERS:
            vars(module)["exec"] = self._exec

    def stop(self) -> None:
        """Compile as ever from now on, and free the memory."""
        self._kept = {}
        if self._in_use:
            _COMPILER.compile = self._real
            for module in _WRITERS:
                del vars(module)["exec"]

    def keep(self) -> None:
        """Write the file if enough is new; where that is not possible nothing happens."""
        self.stop()
        if not self._path or len(self._made) <= FEW or sys.dont_write_bytecode:
            return
        with suppress(Exception):  # the program is over; at worst the next start compiles again
            made = {key: entry for key, value in self._made.items() if (entry := _entry(key, value)) is not None}
            self._made = {}
            kept = self._read()
            entries = {**kept, **made} if len(kept) + len(made) <= MOST else made
            write_atomic(self._path, marshal.dumps((sys.version, entries)))
            self._path.chmod(0o644)  # as readable as bytecode is

    def _read(self) -> Mapping[_Key, _Entry]:
        with suppress(_UNUSABLE):
            version, kept = marshal.loads(self._path.read_bytes() if self._path else b"")  # noqa: S302  as bytecode is
            if version == sys.version and isinstance(kept, dict):
                return kept
        return {}

    def _expression(self, pattern: Any, flags: int = 0) -> re.Pattern[Any]:
        if not isinstance(pattern, str | bytes) or flags & _DEPEND_ON_MORE:
            return self._real(pattern, flags)
        key = (pattern, int(flags))
        if kept := self._kept.get(key):
            with suppress(_UNUSABLE):
                return _pattern(pattern, kept)
        self._made[key] = compiled = self._real(pattern, flags)
        return compiled

    def _code(self, source: str) -> CodeType:
        key = (source, None)
        if kept := self._kept.get(key):
            with suppress(_UNUSABLE):
                code = marshal.loads(kept)  # type: ignore[arg-type]  # noqa: S302
                if isinstance(code, CodeType):
                    return code
        self._made[key] = code = compile(source, "<string>", "exec", dont_inherit=True)
        return code

    def _exec(self, source: str, *scopes: Any) -> None:
        exec(self._code(source), *scopes)  # noqa: S102  what they execute anyway


def _pattern(text: str | bytes, entry: _Entry) -> re.Pattern[Any]:
    flags, code, *groups = entry
    made: re.Pattern[Any] = _COMPILER._sre.compile(text, flags, [*memoryview(code).cast("I")], *groups)  # type: ignore[arg-type]
    return made


def _entry(key: _Key, made: re.Pattern[Any] | CodeType) -> _Entry | None:
    """Return what the file has of something that was compiled; None for an expression that cannot be kept."""
    if isinstance(made, CodeType):
        return marshal.dumps(made)
    text, flags = key
    names: list[str | None] = [None] * (made.groups + 1)
    for name, number in made.groupindex.items():
        names[number] = name
    code = array("I", _COMPILER._code(_COMPILER._parser.parse(text, flags), flags)).tobytes()
    entry = (made.flags, code, made.groups, dict(made.groupindex), tuple(names))
    return entry if _pattern(text, entry) == made else None


AT_START = KeptCode(Path(f"{__spec__.cached}.kept") if __spec__.cached else None)
"""Beside the bytecode of this module."""
