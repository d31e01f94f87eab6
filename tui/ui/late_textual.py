"""Imports Textual without the modules that no start needs: a fifth of the time it takes.

Textual, Rich and asyncio import them for what they do once in a program's life or never: the command palette, TLS, the
folder for downloads, identities of notifications. CPU of `import textual.app`: 133 ms, so 107 ms.
"""

from tui.domain.late_modules import importing_without

LATE = (
    "asyncio.sslproto",
    "pickle",
    "platformdirs",
    "rich.table",
    "ssl",
    "textual.canvas",
    "textual.command",
    "uuid",
)
"""What Textual is imported without; nothing of it may be needed by a class or an `except` of a module that names it."""


def import_textual() -> None:
    """Import `textual.app`; of the late modules those that were imported before are left alone."""
    with importing_without(*LATE):
        import textual.app  # noqa: F401
