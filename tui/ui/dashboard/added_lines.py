"""What people added to a task, as lines of the detail pane: marks, tags, the note, and on a shared archive by whom."""

from tui.domain.annotations import Annotations, People, is_unread
from tui.domain.cells import wrap
from tui.domain.task import Task
from tui.domain.text import clean, join
from tui.ui.text.formatting import PIN, UNREAD
from tui.ui.text.lines import Line


def added_lines(task: Task, added: Annotations, people: People, width: int) -> list[Line]:
    """Return marks and tags in one line, who gave the tags, then the note."""
    marks = (
        (f"{PIN} pinned  ", added.pinned),
        (f"{UNREAD} unread  ", is_unread(task, added)),
        ("hidden  ", added.hidden),
    )
    told = "".join(text for text, there in marks if there)
    tags = " ".join(f"#{tag}" for tag in added.tags)
    lines: list[Line] = [((told, "accent"), (tags, "info"))] if told or tags else []
    givers = join(dict.fromkeys(person for tag, person in people.tags if person and tag in added.tags))
    if givers:
        lines += [((f"  {text}", "dim"),) for text in wrap(f"tagged by {clean(givers)}", max(8, width - 2))]
    if added.note:
        by = f" by {clean(people.note)}" if people.note else ""
        lines.append((("Note", "head"), (by, "dim"), ("  N changes it", "key")))
        lines += [(("  " + text, "plain"),) for text in wrap(clean(added.note), max(8, width - 2))]
    return lines
