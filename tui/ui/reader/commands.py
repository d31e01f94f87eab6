"""Keys of the reader that the registry does not have yet: the same declarations, to be listed there."""

from tui.ui.command import Command

EXTRA = (
    Command("reader.percent", ("%",), "percent", "Type a number, then %: to that part of the report", "percent"),
    Command("reader.mark", ("m",), "mark", "Then a letter: remember this place", "mark"),
    Command("reader.to_mark", ("'",), "to mark", "Then a letter: back to that place", "to_mark"),
)
