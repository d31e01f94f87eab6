"""The files of a task: which can be downloaded, their names, and the result of each download."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tui.domain.detail import Detail
from tui.domain.frozen import frozen
from tui.domain.patterns import late
from tui.domain.text import one_line, plural
from tui.engine.files.exported import free_name, safe_name

_ENDING = late(r"[A-Za-z0-9]{1,8}")


@frozen
class TaskFile:
    """A file of a task: where it would be saved, and from which address (a secret: it may hold a token)."""

    title: str
    path: Path
    url: str | None
    trouble: str = ""  # why there is nothing to save


@dataclass(slots=True)
class Saved:
    """The result of downloading the files of one task."""

    files: Sequence[TaskFile]
    sizes: dict[Path, int] = field(default_factory=dict)
    missing: dict[Path, str] = field(default_factory=dict)  # why, for people

    @property
    def is_over(self) -> bool:
        """Whether every file was saved or is known not to be."""
        return len(self.sizes) + len(self.missing) == len(self.files)

    def told(self) -> str:
        """Return in one line how many files were saved, which were not, and why."""
        saved = f"saved {len(self.sizes)} of {plural(len(self.files), 'file')}"
        lost = [f"{file.title}: {self.missing[file.path]}" for file in self.files if file.path in self.missing]
        return f"{saved}; not saved: {'; '.join(lost)}" if lost else saved


def folder_name(detail: Detail) -> str:
    """Return the name of the folder that a task's files go to."""
    return safe_name(detail.task.title or detail.task.id, detail.task.created_at, "-files")


def files_of(detail: Detail, folder: Path) -> list[TaskFile]:
    """Return every deliverable of a task and every picture with an address, each with a free path in `folder`."""
    named = [(one.title or one.kind, one.kind, one.url, one.error or one.status) for one in detail.deliverables]
    named += [(one.title or one.kind, "png", one.url, "") for one in detail.images if one.url]
    taken: set[Path] = set()
    files = []
    for title, kind, url, state in named:
        path = free_name(folder, _name(title, kind), besides=taken)
        taken.add(path)
        trouble = "" if url else _no_address(state)
        files.append(TaskFile(one_line(title, 80) or path.name, path, url, trouble))
    return files


def _no_address(state: str) -> str:
    told = one_line(state, 200).replace("_", " ")
    return f"the provider has no file ({told})" if told else "the provider names no address"


def _name(title: str, kind: str) -> str:
    """Return a safe file name; only a short suffix of letters and digits in the title is taken as one."""
    stem, dot, ending = title.rpartition(".")
    if not (dot and stem.strip() and _ENDING.fullmatch(ending)):
        stem, ending = title, kind if _ENDING.fullmatch(kind) else "bin"
    return safe_name(stem, None, f".{ending.lower()}")
