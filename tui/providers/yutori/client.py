"""Yutori over HTTP (contract: tests/contracts/yutori.md 1 to 3 and 10 to 12)."""

from collections.abc import Mapping
from pathlib import Path

from tui.domain.detail import Json
from tui.domain.errors import UsageError
from tui.domain.provider import AccountState, Draft, ProviderInfo, Response
from tui.providers.base import DownloadProgress, Settings
from tui.providers.download import save
from tui.providers.http import DEFAULT_LIMITS, Http, Limits
from tui.providers.yutori.create import create_body
from tui.providers.yutori.read import PAGE_SIZE, read_account

_TASKS = ("v1", "research", "tasks")


class YutoriClient:
    """One Yutori account."""

    def __init__(self, info: ProviderInfo, settings: Settings, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self._http = Http(info, settings, lambda key: ("x-api-key", key), limits=limits)

    async def fetch(self, remote_id: str, *, etag: str | None = None) -> Response:
        """Ask for one task."""
        return await self._http.get(*_TASKS, remote_id, etag=etag)

    async def fetch_page(self, cursor: str | None = None) -> Response:
        """Ask for one page of the list; without a page size Yutori would send everything."""
        return await self._http.get(
            *_TASKS, params={"page_size": str(PAGE_SIZE)} | ({"cursor": cursor} if cursor else {})
        )

    async def account(self) -> AccountState:
        """Ask for what is left of today's requests."""
        return read_account((await self._http.get("v1", "usage")).body or b"")

    async def create(self, draft: Draft) -> Response:
        """Start a task; a refusal may come as a 2xx answer, see `YutoriReader.read_created`."""
        return await self._http.send("POST", *_TASKS, body=create_body(draft))

    async def act(self, action: str, remote_id: str, arguments: Mapping[str, Json]) -> Response:
        """Yutori documents no action on a research task."""
        raise UsageError(f"Yutori cannot {action} a research task")

    async def download(self, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
        """Save an image that an update named; without the key elsewhere."""
        return await save(self._http, url, target, progress)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()
