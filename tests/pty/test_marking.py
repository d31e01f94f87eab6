"""What is dragged over with the mouse is copied by y, whatever y means elsewhere on the screen."""

import base64
from pathlib import Path

from tests.robust.session import session


def test_what_is_dragged_over_is_copied_by_y_and_is_marked_no_longer(tmp_path: Path) -> None:
    report = tmp_path / "tides.md"
    report.write_text("# Tides\n\nThe moon pulls the sea, and nothing here has an address.\n")
    with session(tmp_path, "read", str(report), size=(80, 24)) as user:
        assert user.sees("The moon pulls")
        user.settle()
        y = next(number for number, line in enumerate(user.screen.display) if "The moon" in line) + 1
        x = user.screen.display[y - 1].index("moon") + 1
        for event in (f"\x1b[<0;{x};{y}M", f"\x1b[<32;{x + 3};{y}M", f"\x1b[<32;{x + 4};{y}M", f"\x1b[<0;{x + 4};{y}m"):
            user.press(event)
        assert user.sees("y copies what is marked")
        user.press("y")
        assert user.sees("selection")
        copied = user.out[user.out.rfind(b"\x1b]52;c;") + 7 :]
        assert base64.b64decode(copied[: copied.index(b"\x07")]).decode() == "moon"
        user.press("y")
        assert user.sees("nothing here has an address")
