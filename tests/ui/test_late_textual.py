"""Textual is imported without what no start needs, and that is there for whoever asks."""

import pytest

from tests.architecture.fresh import Fresh
from tui.ui import late_textual

pytestmark = pytest.mark.quick

_IMPORT = "from tui.ui.late_textual import import_textual; import_textual(); import textual.app, textual.theme"
_ASKED = f"{_IMPORT}; assert 'is_open' in dir(textual.app.CommandPalette) or textual.app.CommandPalette.is_open"
_MADE = (
    f"{_IMPORT}; from textual.app import CommandPalette; assert type(CommandPalette()).__module__ == 'textual.command'"
)
PALETTE = ["textual.command", "textual.widgets._option_list", "textual.widgets._select", "textual.widgets._tree"]

LATE = [*late_textual.LATE, "_ssl", "shutil", "tempfile", "platform"]
_WORKS = f"""{_IMPORT}
import asyncio.base_events, ssl, textual.app, textual.notifications
assert asyncio.base_events.ssl.SSLContext is ssl.SSLContext
assert issubclass(asyncio.base_events.sslproto.SSLProtocol, asyncio.BufferedProtocol)
try:
    raise ssl.SSLZeroReturnError
except asyncio.base_events.ssl.SSLError:
    pass
assert str(textual.app.user_downloads_path()).endswith("Downloads")
assert len(textual.notifications.Notification("x").identity) == 36
"""


def test_textual_comes_without_what_no_start_needs_until_somebody_wants_it() -> None:
    with Fresh() as fresh:
        assert fresh.imported(_IMPORT, LATE) == set()
        assert fresh.imported(f"{_IMPORT}; import ssl; ssl.SSLContext", ["ssl"]) == {"ssl"}
        assert fresh.imported(_WORKS, LATE) >= {"ssl", "asyncio.sslproto", "uuid", "platformdirs"}


def test_textual_comes_without_its_palette_until_somebody_wants_it() -> None:
    with Fresh() as fresh:
        assert fresh.imported(_IMPORT, PALETTE) == set()
        assert "textual.command" in fresh.imported(_ASKED, PALETTE)
        assert "textual.command" in fresh.imported(_MADE, PALETTE)
        assert "textual.command" in fresh.imported(f"import textual.command; {_IMPORT}", PALETTE)
