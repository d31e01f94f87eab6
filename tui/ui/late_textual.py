"""Imports Textual without its command palette, which this program does not have: an eighth of the time it takes.

`textual.app` and `textual.theme` import `textual.command` for the names in their annotations and for `CommandPalette`,
which they use once it is opened; with it come trees, fields and selections. Until then a class that imports the module
when it is called, or asked for anything, does as well. CPU of `import textual.app`: 133 ms, so 119 ms.
"""

import sys
from types import ModuleType
from typing import Any

_MODULE = "textual.command"


def import_textual() -> None:
    """Import `textual.app`; does nothing if the palette has been imported already."""
    if _MODULE in sys.modules:
        return
    sys.modules[_MODULE] = _StandIn(_MODULE)
    try:
        import textual.app  # noqa: F401
    finally:
        del sys.modules[_MODULE]  # who imports it from now on wants the palette


class _StandIn(ModuleType):
    """Has a class of every name."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _LateClass(name, (), {})


class _LateClass(type):
    """Stands for a class of the module, which is imported when the class is used."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls._real()(*args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls._real(), name)

    def _real(cls) -> Any:
        import textual.command

        return getattr(textual.command, cls.__name__)
