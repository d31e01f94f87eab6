"""The archive: every task, every answer as received, and everything found again; the only package that knows SQLite.

    archive = Archive.open(path)         # creates, migrates, recovers; `archive.notes` is what the user must be told
    archive.put_tasks([task]).result()   # writes are futures, done after commit; reads block, from any thread

The engine needs `load_tasks`, `put_tasks`, `save_answer` (bytes before anybody parses them), `save_reading`,
`current_answer`, `mark`, `take_lease`, `release_lease`, `foreign_changes`. Beyond that:

- `first_tasks(count)`, `tasks(limit, after)`, `named(ids)`, `task(id)`, `find(prefix)`, `deleted_keys()`,
  `versions(id)`, `raw(id, version)`, `save_unreadable(id, body, why)`, `with_body(body)`, `log(limit)`,
  `add_log(entries)`, `costs(since, until)`
- `archive.annotations`: what the user adds: note, tags, read, pinned, hidden, local delete with undo, view state
- `archive.library`: `search(query)`, `pages(host, words)`, `uses(url)`, `sources(id)`, `sources_of_all(words)`,
  `elsewhere(id)`, `hosts()`
- `archive.maintenance`: `stats()`, `verify()`, `backup(target)`, `compact()`, `old_versions(before)`,
  `forget_versions(before)`

Every failure is a `tui.domain.errors.ArchiveError` (or `NotFound`, `UsageError`) with a hint. `search.json.listed` and
`search.json.found` serve `list --json` and `search --json` without domain, pydantic or providers.

Names are resolved on first use, so that importing `search.json` alone stays within the start-up budget of scripts.
"""

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    from tui.engine.archive.archive import Archive

__all__ = ["Archive"]


def __getattr__(name: str) -> object:
    if name == "Archive":
        from tui.engine.archive.archive import Archive

        return Archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
