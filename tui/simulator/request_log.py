"""The simulator's log of requests, for tests that count them. Keys never enter it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SECRET_HEADERS = frozenset({"authorization", "x-api-key", "x-goog-api-key", "cookie"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request and its response."""

    provider: str
    method: str
    path: str  # without the provider's prefix: "/v1/user"
    query: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    status: int | None  # of the answer; None when the connection was dropped instead

    @property
    def json(self) -> Any:
        """The request body as JSON; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None
