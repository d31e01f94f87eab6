"""The smallest Textual application that answers a key: the floor for everything built on Textual."""

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    """One line that counts keys."""

    keys = 0

    def compose(self) -> ComposeResult:
        """Return the line."""
        yield Static("READY minimal")

    def on_key(self, event: events.Key) -> None:
        """Count."""
        self.keys += 1
        self.query_one(Static).update(f"READY key {self.keys}")


if __name__ == "__main__":
    Minimal().run()
