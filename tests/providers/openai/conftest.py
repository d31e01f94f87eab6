"""What the tests of OpenAI's provider share."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tui.domain.detail import Detail
from tui.providers.openai.spec import PROVIDER

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ID = "resp_0d1e2a7c91b84c0d006921aa00c8a88197b0f7c5d0e4a1b2c3"
READER = PROVIDER.reader()
BODIES = Path(__file__).parent / "bodies"


def read(value: Any) -> Detail:
    """Read a response: bytes, or an object that is sent as JSON."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return READER.read_task(body, remote_id=None, received_at=NOW)


def response(*output: Any, status: str = "completed", **members: Any) -> dict[str, Any]:
    """Return a response with these output items."""
    return {"id": ID, "object": "response", "status": status, "model": "gpt-6.2-sol", "output": [*output], **members}


def message(text: str, *annotations: Any, **members: Any) -> dict[str, Any]:
    """Return a message with one text."""
    part = {"type": "output_text", "text": text, "annotations": [*annotations]}
    return {"id": "msg_1", "type": "message", "role": "assistant", "content": [part], **members}


def search(query: str, *urls: str, **members: Any) -> dict[str, Any]:
    """Return a search with the addresses it returned."""
    action = {"type": "search", "query": query, "sources": [{"type": "url", "url": url} for url in urls]}
    return {"id": f"ws_{query}", "type": "web_search_call", "status": "completed", "action": action, **members}
