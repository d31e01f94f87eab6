"""Valyu DeepResearch: the service with checkpoints, batches, edits and files (contract: tests/contracts/valyu.md)."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.domain.capability import Capability
from tui.domain.options import Option
from tui.domain.provider import Cadence, Draft, Mode, ProviderInfo
from tui.domain.task import Cost, CostKind
from tui.providers.prices import VALYU_STEPS, VALYU_TASK_USD

if TYPE_CHECKING:
    from tui.providers.base import Client, Reader, Settings

_TIMES = {
    "instant": "under 30 s",
    "fast": "2 to 5 min",
    "standard": "10 to 20 min",
    "heavy": "up to 90 min",
    "max": "up to 3 h",
}
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PAGE = re.compile(r"(?i)https?://(?:[\w-]+\.)*valyu\.(?:ai|network)(?::\d+)?/[^?#]*")


def _mode(name: str) -> Mode:
    price = VALYU_TASK_USD.get(name)
    steps = f"; about {VALYU_STEPS[name]} steps" if name in VALYU_STEPS else ""
    cost = Cost() if price is None else Cost(price, "USD", CostKind.PRICE_LIST)
    return Mode(name, cost, _TIMES[name] + steps, default=name == "standard")


class Valyu:
    """Valyu as a provider."""

    info = ProviderInfo(
        name="valyu",
        title="Valyu",
        base_url="https://api.valyu.ai",
        key_variables=("VALYU_API_KEY",),
        base_url_variable="VALYU_BASE_URL",
        key_page="https://platform.valyu.ai",
        capabilities=frozenset(set(Capability) - {Capability.ACCOUNT}),
        missing={Capability.ACCOUNT: "Valyu has no endpoint that tells the balance"},
        modes=tuple(map(_mode, _TIMES)),
        cadence=Cadence(first=5.0, steady=5.0, idle=30.0),
        requests_per_second=2.0,
    )

    def reader(self) -> "Reader":
        """Return the reader."""
        from tui.providers.valyu.read import ValyuReader

        return ValyuReader()

    def client(self, settings: "Settings") -> "Client":
        """Return a client; imports httpx."""
        from tui.providers.valyu.client import ValyuClient

        return ValyuClient(self.info, settings)

    def cost_at_most(self, draft: Draft) -> Cost:
        """Return the price of the mode with every surcharge that `draft` can cause."""
        from tui.providers.valyu.create import cost_at_most

        return cost_at_most(draft)

    def check(self, draft: Draft) -> Sequence[tuple[str, str]]:
        """Return what Valyu would refuse."""
        from tui.providers.valyu.create import check

        return check(draft)

    def options(self) -> Sequence[Option]:
        """Return the options of a task."""
        from tui.providers.valyu.options import OPTIONS

        return OPTIONS

    def parse_reference(self, text: str) -> str | None:
        """Return the task id in `text`: a bare UUID, or the first one in a Valyu address (assets come after it)."""
        text = text.strip()
        if page := _PAGE.match(text):
            found = _ID.search(page[0])
            return found[0].lower() if found else None
        return text.lower() if _ID.fullmatch(text) else None


PROVIDER = Valyu()
