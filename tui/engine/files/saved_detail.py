"""Reads the detail of a task from its stored response; needs no running engine and no network."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.domain.detail import Detail
from tui.domain.errors import BadAnswer, ConfigError, NotFound
from tui.domain.task import Task
from tui.engine.ingest.merge import UNREADABLE
from tui.engine.ingest.total_reader import TotalReader
from tui.engine.ports import StoredResponse
from tui.providers import registry
from tui.providers.protocol import Reader

if TYPE_CHECKING:
    from tui.engine.archive import Archive


def read_detail(archive: "Archive", task_id: str) -> Detail:
    """Return everything the archive knows about a task, without an engine; parse errors are in `problems`.

    Raises:
        NotFound: there is no such task.
    """
    return read_stored(archive.task(task_id), archive.current_answer(task_id))


def read_version(archive: "Archive", task_id: str, version: int) -> Detail:
    """Return one stored response of a task as a detail.

    Raises:
        NotFound: there is no such task or version.
        ArchiveError: its bytes do not match their checksum.
    """
    return read_stored(archive.task(task_id), archive.answer(task_id, version))


def read_stored(task: Task, kept: StoredResponse | None, reader: Reader | None = None) -> Detail:
    """Return a stored response as the detail of `task`, whose own values win.

    Args:
        task: as it is in the archive.
        kept: the answer to show, if there is one.
        reader: the provider's, where it is at hand.
    """
    if kept is None:
        return Detail(task)
    if task.is_file:
        from tui.engine.files.documents import detect_document

        return replace(detect_document(kept.body, task.title), task=task)
    try:
        reader = reader or TotalReader(registry.load(task.provider).reader())
        detail = reader.read_task(kept.body, remote_id=task.remote_id, received_at=kept.received_at)
    except (NotFound, ConfigError) as error:
        return Detail(task, problems=(error.message,))
    except BadAnswer as error:
        return Detail(task, problems=(f"{UNREADABLE}: {error.message}",))
    return replace(detail, task=task)
