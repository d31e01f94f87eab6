"""Extruct over HTTP (contract: tests/contracts/extruct.md 1 to 3 and 9 to 12)."""

from collections.abc import Mapping
from pathlib import Path

from tui.domain.detail import Json
from tui.domain.errors import Forbidden, Unavailable, UsageError
from tui.domain.provider import AccountState, Draft, ProviderInfo, Response
from tui.providers.base import DownloadProgress, Settings
from tui.providers.download import save
from tui.providers.extruct.create import create_body
from tui.providers.extruct.read import PAGE_SIZE, read_account
from tui.providers.http import DEFAULT_LIMITS, Http, Limits

_TASKS = ("v1", "deep_research_tasks")


class ExtructClient:
    """One Extruct account."""

    def __init__(self, info: ProviderInfo, settings: Settings, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self._http = Http(info, settings, lambda key: ("Authorization", f"Bearer {key}"), limits=limits)

    async def fetch(self, remote_id: str, *, etag: str | None = None) -> Response:
        """Ask for one task."""
        try:
            return await self._http.get(*_TASKS, remote_id, etag=etag)
        except Forbidden as error:
            # On this endpoint the key is good; on others a 403 may be about the plan.
            raise Forbidden("this Extruct task belongs to another organization", http=error.http) from None

    async def fetch_page(self, cursor: str | None = None) -> Response:
        """Ask for one page of the list; the cursor is an offset."""
        return await self._http.get(*_TASKS, params={"limit": str(PAGE_SIZE), "offset": cursor or "0"})

    async def account(self) -> AccountState:
        """Ask for the credits left."""
        return read_account((await self._http.get("v1", "user")).body or b"")

    async def create(self, draft: Draft) -> Response:
        """Start a task. A 503 means that nothing was created (tests/contracts/extruct.md 3)."""
        try:
            return await self._http.send("POST", *_TASKS, body=create_body(draft))
        except Unavailable as error:
            if error.http == 503:
                error.outcome_unknown = False
            raise

    async def act(self, action: str, remote_id: str, arguments: Mapping[str, Json]) -> Response:
        """Extruct documents no action on a task."""
        raise UsageError(f"Extruct cannot {action} a task")

    async def download(self, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
        """Extruct makes no files, but an address it gave can be saved all the same; without the key elsewhere."""
        return await save(self._http, url, target, progress)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()
