"""Extruct deep research: companies, people and teams, by agents paid in credits (tests/contracts/extruct.md)."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.domain.capability import Capability
from tui.domain.options import Option
from tui.domain.provider import Cadence, Draft, Mode, ProviderInfo
from tui.domain.task import Cost, CostKind
from tui.providers.prices import EXTRUCT_AGENTS

if TYPE_CHECKING:
    from tui.providers.base import Client, Reader, Settings

_NOTES = {"medium": "minutes", "high": "longer", "xhigh": "10 to 20 minutes or more"}
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _mode(name: str) -> Mode:
    agents = EXTRUCT_AGENTS[name]
    cost = Cost(float(agents), "credits", CostKind.PRICE_LIST)
    return Mode(name, cost, f"at most {agents} agents; {_NOTES[name]}", default=name == "medium")


class Extruct:
    """Extruct as a provider."""

    info = ProviderInfo(
        name="extruct",
        title="Extruct",
        base_url="https://api.extruct.ai",
        key_variables=("EXTRUCT_API_TOKEN", "EXTRUCT_API_KEY"),
        base_url_variable="EXTRUCT_BASE_URL",
        key_page="https://app.extruct.ai",
        capabilities=frozenset({Capability.LIST, Capability.CREATE, Capability.ACCOUNT}),
        missing={
            Capability.CANCEL: "Extruct cannot stop a task; it runs to its end and bills the agents that ran",
            Capability.DELETE: "Extruct keeps its tasks; they can only be hidden here",
            Capability.STEER: "Extruct takes no instructions while a task runs",
            Capability.RESPOND: "Extruct asks nothing while a task runs",
            Capability.SHARE: "Extruct has no public page for a task",
            Capability.EDIT: "Extruct cannot edit a report",
            Capability.VERSIONS: "Extruct keeps one version of a report",
            Capability.BATCH: "Extruct has no batches; start several tasks",
            Capability.FOLLOW: "Extruct takes no earlier reports along",
            Capability.ASSETS: "Extruct makes no files beside the report",
        },
        modes=tuple(map(_mode, EXTRUCT_AGENTS)),
        cadence=Cadence(first=10.0, steady=15.0, idle=60.0),
        requests_per_second=1.0,
    )

    def reader(self) -> "Reader":
        """Return the reader."""
        from tui.providers.extruct.read import ExtructReader

        return ExtructReader()

    def client(self, settings: "Settings") -> "Client":
        """Return a client; imports httpx."""
        from tui.providers.extruct.client import ExtructClient

        return ExtructClient(self.info, settings)

    def cost_at_most(self, draft: Draft) -> Cost:
        """Return the whole agent budget of the depth in credits; a task may finish with far fewer."""
        agents = EXTRUCT_AGENTS.get(draft.mode or "medium")
        return Cost(float(agents), "credits", CostKind.PRICE_LIST) if agents else Cost(unit="credits")

    def check(self, draft: Draft) -> Sequence[tuple[str, str]]:
        """Return what Extruct would refuse."""
        from tui.providers.extruct.create import check

        return check(draft)

    def options(self) -> Sequence[Option]:
        """Extruct has none beside depth and schema."""
        return ()

    def parse_reference(self, text: str) -> str | None:
        """Return the task id in `text`: a bare UUID, or the last one in an Extruct address."""
        text = text.strip()
        if re.match(r"(?i)https?://", text):
            host = re.match(r"(?i)https?://(?:[\w-]+\.)*extruct\.ai(?::\d+)?/", text)
            found = _UUID.findall(text) if host else []
            return found[-1].lower() if found else None
        return text.lower() if _UUID.fullmatch(text) else None


PROVIDER = Extruct()
