"""Textual is imported without its command palette, and the palette is there for whoever asks."""

import pytest

from tests.architecture.fresh import Fresh

pytestmark = pytest.mark.quick

_IMPORT = "from tui.ui.late_textual import import_textual; import_textual(); import textual.app, textual.theme"
_ASKED = f"{_IMPORT}; assert 'is_open' in dir(textual.app.CommandPalette) or textual.app.CommandPalette.is_open"
_MADE = (
    f"{_IMPORT}; from textual.app import CommandPalette; assert type(CommandPalette()).__module__ == 'textual.command'"
)
PALETTE = ["textual.command", "textual.widgets._option_list", "textual.widgets._select", "textual.widgets._tree"]


def test_textual_comes_without_its_palette_until_somebody_wants_it() -> None:
    with Fresh() as fresh:
        assert fresh.imported(_IMPORT, PALETTE) == set()
        assert "textual.command" in fresh.imported(_ASKED, PALETTE)
        assert "textual.command" in fresh.imported(_MADE, PALETTE)
        assert "textual.command" in fresh.imported(f"import textual.command; {_IMPORT}", PALETTE)
