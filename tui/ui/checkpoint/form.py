"""What a checkpoint asks, as plain fields, and the answer the provider expects, from what was filled in; pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.domain.detail import Interaction, Json
from tui.domain.text import clean, one_line


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing to fill in."""

    name: str
    label: str
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """What a checkpoint looks like: a text to read, fields, domains to keep or leave out."""

    title: str
    text: str
    fields: tuple[FormField, ...]
    domains: tuple[str, ...] = ()
    about: Mapping[str, str] | None = None  # what is told about each domain


_TITLES = {
    "planning_questions": "Questions before it begins",
    "plan_review": "Review the plan",
    "source_review": "Review the sources",
    "outline_review": "Review the outline",
}
_CHANGES = FormField("modifications", "what to change", hint="empty approves it as it is")


def form_of(asked: Interaction) -> Form:
    """Return the form of a checkpoint; one of an unknown kind is answered in JSON."""
    title = _TITLES.get(asked.kind, one_line(asked.kind.replace("_", " ").capitalize() or "Question", 60))
    data = asked.data if isinstance(asked.data, Mapping) else {}
    questions = data.get("questions")
    if asked.kind == "planning_questions" and isinstance(questions, Sequence) and not isinstance(questions, str):
        fields = tuple(
            FormField(f"q{number}", _text(_member(entry, "question")), hint=_text(_member(entry, "context")))
            for number, entry in enumerate(questions)
        )
        return Form(title, "", fields)
    if asked.kind in {"plan_review", "outline_review"}:
        body = data.get("plan") if asked.kind == "plan_review" else data.get("outline")
        return Form(title, _text(body) or _pretty(asked.data), (_CHANGES,))
    domains = data.get("domains")
    if asked.kind == "source_review" and isinstance(domains, Sequence) and not isinstance(domains, str):
        about = {_text(_member(entry, "domain")): _domain(entry) for entry in domains}
        return Form(title, "", (), tuple(name for name in about if name), about)
    expected = "" if asked.expected is None else f"\n\nExpected answer:\n{_pretty(asked.expected)}"
    return Form(title, _pretty(asked.data) + expected, (FormField("json", "answer as JSON", "{}"),))


def response_of(asked: Interaction, filled: Mapping[str, str], kept: Mapping[str, bool]) -> Json:
    """Return the answer to send.

    Args:
        asked: The checkpoint.
        filled: What was typed, by field name.
        kept: Domains the person decided about: True keeps, False leaves out.

    Raises:
        ValueError: the JSON of an unknown kind is not valid; the message is for a person.
    """
    form = form_of(asked)
    if asked.kind == "planning_questions" and form.fields and form.fields[0].name == "q0":
        return {"answers": [{"question": one.label, "answer": filled.get(one.name, "").strip()} for one in form.fields]}
    if form.fields == (_CHANGES,):
        changes = filled.get("modifications", "").strip()
        return {"approved": False, "modifications": changes} if changes else {"approved": True}
    if form.domains:
        return {
            "included_domains": [name for name in form.domains if kept.get(name) is True],
            "excluded_domains": [name for name in form.domains if kept.get(name) is False],
        }
    try:
        value: Json = json.loads(filled.get("json", ""))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is no JSON: {one_line(str(error), 80)}") from error
    return value


def _member(value: Json, name: str) -> Json:
    if isinstance(value, Mapping):
        return value.get(name)
    return value if name in {"question", "domain"} else None


def _text(value: Json) -> str:
    if value is None:
        return ""
    return clean(value) if isinstance(value, str) else clean(json.dumps(value, ensure_ascii=False))


def _pretty(value: Json) -> str:
    return clean(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _domain(entry: Json) -> str:
    if not isinstance(entry, Mapping):
        return ""
    parts = [f"{_text(entry['source_count'])} sources"] if "source_count" in entry else []
    score = entry.get("avg_relevance_score")
    parts += [f"relevance {score:.2f}"] if isinstance(score, int | float) else []
    parts += [f"suggested: {_text(entry['ai_recommendation'])}"] if entry.get("ai_recommendation") else []
    return ", ".join(parts)
