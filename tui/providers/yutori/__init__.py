"""Yutori research: web research by browsing agents, at a price per task (contract: tests/contracts/yutori.md)."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.domain.capability import Capability
from tui.domain.options import Option
from tui.domain.provider import Cadence, Draft, Mode, ProviderInfo
from tui.domain.task import Cost, CostKind
from tui.providers.prices import YUTORI_TASK_USD

if TYPE_CHECKING:
    from tui.providers.base import Client, Reader, Settings

_PRICE = Cost(YUTORI_TASK_USD, "USD", CostKind.PRICE_LIST)
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?:-\d{9,11})?")
_PAGE = re.compile(r"(?i)https?://(?:[\w-]+\.)*yutori\.com(?::\d+)?/(?:[^?#]*/)?([\w-]+)/?(?:[?#].*)?")


class Yutori:
    """Yutori as a provider."""

    info = ProviderInfo(
        name="yutori",
        title="Yutori",
        base_url="https://api.yutori.com",
        key_variables=("YUTORI_API_KEY",),
        base_url_variable="YUTORI_BASE_URL",
        key_page="https://platform.yutori.com",
        capabilities=frozenset({Capability.LIST, Capability.CREATE, Capability.ACCOUNT}),
        missing={
            Capability.CANCEL: "Yutori cannot stop a research task; it runs to its end and is billed",
            Capability.DELETE: "Yutori keeps its research tasks; they can only be hidden here",
            Capability.STEER: "Yutori takes no instructions while a task runs",
            Capability.RESPOND: "Yutori asks nothing while a task runs",
            Capability.SHARE: "Yutori has no switch for sharing a task; its page has an address already",
            Capability.EDIT: "Yutori cannot edit a report",
            Capability.VERSIONS: "Yutori keeps one version of a report",
            Capability.BATCH: "Yutori has no batches; start several tasks",
            Capability.FOLLOW: "Yutori takes no earlier reports along",
            Capability.ASSETS: "Yutori makes no files beside the report",
        },
        modes=(
            Mode("deep", _PRICE, "3 to 15 minutes", default=True),
            Mode("fast", _PRICE, "gives up quality for speed"),
        ),
        cadence=Cadence(first=10.0, steady=30.0, idle=60.0),
        requests_per_second=1.0,
    )

    def reader(self) -> "Reader":
        """Return the reader."""
        from tui.providers.yutori.read import YutoriReader

        return YutoriReader()

    def client(self, settings: "Settings") -> "Client":
        """Return a client; imports httpx."""
        from tui.providers.yutori.client import YutoriClient

        return YutoriClient(self.info, settings)

    def cost_at_most(self, draft: Draft) -> Cost:
        """Return the price of one task; no difference by mode is known."""
        return _PRICE

    def check(self, draft: Draft) -> Sequence[tuple[str, str]]:
        """Return what Yutori would refuse."""
        from tui.providers.yutori.create import check

        return check(draft)

    def options(self) -> Sequence[Option]:
        """Return the options of a task."""
        from tui.providers.yutori.options import OPTIONS

        return OPTIONS

    def parse_reference(self, text: str) -> str | None:
        """Return the task id in `text`: a bare id, or the last part of a Yutori address."""
        text = text.strip()
        if page := _PAGE.fullmatch(text):
            text = page[1]
        return text if _ID.fullmatch(text) else None


PROVIDER = Yutori()
