"""Valyu over HTTP (contract: tests/contracts/valyu.md 1 to 3 and 11 to 13)."""

from collections.abc import Mapping
from pathlib import Path

from tui.domain.detail import Json
from tui.domain.errors import UsageError
from tui.domain.provider import AccountState, Draft, ProviderInfo, Response
from tui.providers.base import DownloadProgress, Settings
from tui.providers.download import save
from tui.providers.http import DEFAULT_LIMITS, Http, Limits
from tui.providers.valyu.actions import build
from tui.providers.valyu.create import create_body

_ROOT = ("v1", "deepresearch")
_MOST_LISTED = "100"  # the largest page; more tasks cannot be reached (valyu.md 10)


class ValyuClient:
    """One Valyu account."""

    def __init__(self, info: ProviderInfo, settings: Settings, *, limits: Limits = DEFAULT_LIMITS) -> None:
        self._http = Http(info, settings, lambda key: ("x-api-key", key), limits=limits)

    async def fetch(self, remote_id: str, *, etag: str | None = None) -> Response:
        """Ask for one task; late answers carry the whole trace, so the ETag saves half a megabyte a poll."""
        return await self._http.get(*_ROOT, "tasks", remote_id, "status", etag=etag)

    async def fetch_page(self, cursor: str | None = None) -> Response:
        """Ask for the list."""
        return await self._http.get(*_ROOT, "list", params={"limit": _MOST_LISTED})

    async def account(self) -> AccountState:
        """Valyu has no such endpoint."""
        raise UsageError("Valyu has no endpoint that tells the balance")

    async def create(self, draft: Draft) -> Response:
        """Start a task; after a lost answer it may exist and be billed."""
        return await self._http.send("POST", *_ROOT, "tasks", body=create_body(draft))

    async def act(self, action: str, remote_id: str, arguments: Mapping[str, Json]) -> Response:
        """Carry out an action; `tui.providers.valyu.actions.build` says which there are."""
        request = build(action, remote_id, arguments)
        if request.method == "GET":
            return await self._http.get(*request.path, params=request.params)
        return await self._http.send(request.method, *request.path, body=request.body, headers=request.headers)

    async def download(self, url: str, target: Path, progress: DownloadProgress | None = None) -> int:
        """Save an image, a deliverable or a PDF; the key goes along only to Valyu's own API."""
        return await save(self._http, url, target, progress)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()
