"""Output items of a response -> trace, counters, pending questions; from a body, or from the events so far."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.domain.detail import TOOL_USE, Interaction, Json, Reply, Step
from tui.domain.task import Counter, TotalKind
from tui.domain.text import clean, one_line
from tui.providers.answer import kind_of, objects, texts
from tui.providers.sdk.json import as_text, clean_json

Item = Mapping[str, Any]
_SEARCHES, _PAGES = "search", "open_page"
_BUILT_IN = frozenset({"web_search_call", "file_search_call", "code_interpreter_call", "mcp_call"})
_SHOWN = frozenset(
    {"type", "summary", "content", "code", "arguments", "encrypted_content"}
)  # in the text, or unreadable
_TEXT_EVENTS = {
    "response.reasoning_summary_text": ("summary", "summary_index", "summary_text", "text"),
    "response.output_text": ("content", "content_index", "output_text", "text"),
    "response.refusal": ("content", "content_index", "refusal", "refusal"),
}


def steps(items: Iterable[Item], final: Item | None) -> tuple[Step, ...]:
    """Return the trace: every item but the message with the report."""
    return tuple(step for item in items if item is not final for step in _steps(item))


def _steps(item: Item) -> Iterator[Step]:
    kind = clean(kind_of(item)) or "unknown"
    data = rest(item)
    if kind == "message":
        text = "".join(_words(part, "text", "refusal") for part in objects(item.get("content")))
        yield Step(one_line(as_text(clean_json(item.get("role") or "assistant"))), "text", text, data=data)
    elif kind == "reasoning":
        for part in [*objects(item.get("summary")), *objects(item.get("content"))]:
            if text := _words(part, "text"):
                yield Step("assistant", "reasoning", text, data=data)
    else:
        tool = kind.removesuffix("_call") if kind.endswith("_call") else kind
        names = [clean(item[name]) for name in ("server_label", "name") if isinstance(item.get(name), str)]
        yield Step("assistant", "call", _call(item), ".".join(names) or tool, data)


def _call(item: Item) -> str:
    """Return the subject of a call in one line."""
    action = item.get("action")
    if isinstance(action, Mapping):
        said = [_words(action, name) for name in ("type", "query", "pattern", "url")]
        queries = [clean(one) for one in texts(action.get("queries")) if one != action.get("query")]
        return " ".join(filter(None, [*said, *queries]))
    found = next((text for name in ("code", "arguments", "status") if (text := _words(item, name))), "")
    listed = texts(item.get("queries"))
    return " ".join(map(clean, listed)) if listed else found


def rest(item: Item) -> Json:
    """Return the members of an item that its step does not show."""
    kept = {name: value for name, value in item.items() if name not in _SHOWN and value not in (None, [], {})}
    return clean_json(kept)


def _words(value: Item, *names: str) -> str:
    return next((clean(value[name]) for name in names if isinstance(value.get(name), str)), "")


def actions_of(items: Iterable[Item], kind: str) -> int:
    """Return how many web searches had the action `kind`: "search", "open_page", ..."""
    return sum(_action(item) == kind for item in items)


def _action(item: Item) -> object:
    action = item.get("action")
    return action.get("type") if kind_of(item) == "web_search_call" and isinstance(action, Mapping) else None


def counters(items: Iterable[Item], most_calls: int | None) -> dict[str, Counter]:
    """Return the counters; their ceiling is of all built-in tools together."""
    items = list(items)
    if not items:
        return {}
    calls = sum(kind_of(item) in _BUILT_IN for item in items)
    total = (
        Counter(calls) if most_calls is None or calls > most_calls else Counter(calls, most_calls, TotalKind.CEILING)
    )
    within = actions_of(items, "find_in_page")
    return {
        "tool_calls": total,
        "searches": Counter(actions_of(items, _SEARCHES)),
        "pages_read": Counter(actions_of(items, _PAGES)),
        **({"page_searches": Counter(within)} if within else {}),
    }


def searched(items: Iterable[Item]) -> bool:
    """Whether any tool was used, so that the answer rests on more than the model's memory."""
    return any(kind_of(item) not in {"message", "reasoning"} for item in items)


def refusals(items: Iterable[Item]) -> list[str]:
    """Return the refusals in messages."""
    parts = (part for item in items if kind_of(item) == "message" for part in objects(item.get("content")))
    return [one_line(part["refusal"]) for part in parts if isinstance(part.get("refusal"), str) and part["refusal"]]


def calls_for_us(items: Iterable[Item]) -> list[str]:
    """Return the names of functions that the run wants called, which this program cannot do."""
    return [
        one_line(as_text(clean_json(item.get("name"))), 60) or "without a name"
        for item in items
        if kind_of(item) in {"function_call", "custom_tool_call"}
    ]


def approval(items: Iterable[Item], behind: Item | None = None) -> Interaction | None:
    """Return the first pending request to use a tool that was made after the item `behind`; None without one."""
    items = list(items)
    items = items[next((at for at, item in enumerate(items, 1) if item is behind), 0) :]
    answered = {_words(item, "approval_request_id") for item in items}
    for item in items:
        name = item.get("id")
        if kind_of(item) == "mcp_approval_request" and isinstance(name, str) and name not in answered:
            wanted = ".".join(filter(None, (_words(item, "server_label"), _words(item, "name"))))
            return Interaction(
                clean(name),
                TOOL_USE,
                rest(item),
                reply=Reply.APPROVAL,
                title=f"May it call {one_line(wanted, 80) or 'a tool'}?",
                text=_words(item, "arguments"),
                held=True,
            )
    return None


@dataclass(slots=True)
class _Growing:
    """Items by their output index, assembled from events."""

    items: dict[int, dict[str, Any]] = field(default_factory=dict)

    def take(self, event: Item) -> None:
        name = event.get("type")
        place = event.get("output_index")
        if not isinstance(name, str) or not isinstance(place, int) or isinstance(place, bool):
            return
        item = self.items.setdefault(place, {})
        given = event.get("item")
        if isinstance(given, dict):
            item.update(given)
        head, _, last = name.rpartition(".")
        if head in _TEXT_EVENTS:
            self._text(item, _TEXT_EVENTS[head], event, last)
        elif head.endswith("_call") and item:
            item["status"] = last

    def _text(self, item: dict[str, Any], where: tuple[str, str, str, str], event: Item, last: str) -> None:
        member, counted, kind, name = where
        parts = item.get(member)
        number = event.get(counted)
        if not isinstance(parts, list) or not isinstance(number, int) or not 0 <= number <= len(parts) <= 500:
            return
        if number == len(parts):
            parts = item[member] = [*parts, {"type": kind, name: ""}]
        part = dict(parts[number]) if isinstance(parts[number], dict) else {"type": kind}
        more = event.get("delta") if last == "delta" else event.get(name)
        if isinstance(more, str):
            part[name] = f"{part.get(name) or ''}{more}" if last == "delta" else more
            item[member] = [*parts[:number], part, *parts[number + 1 :]]


def from_events(events: Iterable[tuple[str, str, Any]]) -> list[Item]:
    """Return the output told by a stream's events; of the last whole response, if one ended it."""
    growing = _Growing()
    for _name, _id, data in events:
        if isinstance(data, dict):
            growing.take(data)
    return [item for _, item in sorted(growing.items.items()) if kind_of(item)]


def output_of(output: object, told: list[Item]) -> list[Item]:
    """Return the items of a body, or those of its events if the body has fewer."""
    items = list(objects(output))
    return items if len(items) >= len(told) else told
