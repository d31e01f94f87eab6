"""Checks of a draft that are the same for every service, before money is spent."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date

from tui.domain.detail import Json
from tui.domain.errors import UsageError
from tui.domain.json_walk import map_json, same
from tui.domain.provider import Draft
from tui.domain.text import join, one_line, plural

Complaint = tuple[str, str]  # (field, what is wrong)
Rule = Callable[[Json], str | None]  # None: fine


def check_prompt(draft: Draft, longest: int | None = None) -> Iterator[Complaint]:
    """Yield an error for a prompt that is empty or too long."""
    if not draft.prompt.strip():
        yield "prompt", "is empty"
    elif longest is not None and len(draft.prompt) > longest:
        yield "prompt", f"has {len(draft.prompt):,} characters; at most {longest:,}"


def check_mode(draft: Draft, modes: Iterable[str]) -> Iterator[Complaint]:
    """Yield an error for a mode that the service does not have."""
    known = [*modes]
    if draft.mode is not None and draft.mode not in known:
        yield "mode", f"there is no {one_line(draft.mode, 40)!r}; choose {join(known, 'or')}"


def check_options(draft: Draft, rules: Mapping[str, Rule], service: str) -> Iterator[Complaint]:
    """Yield an error for each unknown or invalid option; None counts as not set."""
    for name, value in draft.options.items():
        if value is None:
            continue
        if name not in rules:
            yield f"options.{one_line(name, 60)}", f"{service} does not know this option"
        elif trouble := rules[name](value):
            yield f"options.{name}", trouble


def check_schema(draft: Draft) -> Iterator[Complaint]:
    """Yield an error for an output schema that is not a JSON Schema."""
    if draft.output_schema is None:
        return
    from jsonschema import SchemaError
    from jsonschema.validators import validator_for

    schema = dict(draft.output_schema)
    try:
        validator_for(schema).check_schema(schema)
    except SchemaError as error:
        place = ".".join(map(str, error.absolute_path)) or "top"
        yield "output_schema", f"is no JSON Schema: {one_line(error.message, 200)} (at {one_line(place, 100)})"
    except RecursionError:
        yield "output_schema", "is nested too deeply"


def text(longest: int | None = None) -> Rule:
    """Return the rule: a text, not empty, of at most `longest` characters."""

    def rule(value: Json) -> str | None:
        if not isinstance(value, str) or not value.strip():
            return "must be a text"
        return f"has {len(value):,} characters; at most {longest:,}" if longest and len(value) > longest else None

    return rule


def filled(value: str, what: str) -> str:
    """Return a text that an action needs.

    Raises:
        UsageError: it says nothing.
    """
    if not value.strip():
        raise UsageError(f"{what} is empty")
    return value


def anything(_: Json) -> str | None:
    """Accept any JSON: the service decides."""
    return None


def flag(value: Json) -> str | None:
    """Accept true or false."""
    return None if isinstance(value, bool) else "must be true or false"


def choice(*words: str) -> Rule:
    """Return the rule: one of a few words."""
    return lambda value: None if isinstance(value, str) and value in words else f"must be {join(words, 'or')}"


def whole(least: int = 0, most: int | None = None) -> Rule:
    """Return the rule: an integer within limits."""

    def rule(value: Json) -> str | None:
        if (
            isinstance(value, bool)
            or not isinstance(value, int)
            or value < least
            or (most is not None and value > most)
        ):
            return f"must be a whole number from {least}" + ("" if most is None else f" to {most}")
        return None

    return rule


def between(least: float, most: float) -> Rule:
    """Return the rule: a number within limits."""

    def rule(value: Json) -> str | None:
        fine = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
        return None if fine else f"must be a number from {least:g} to {most:g}"

    return rule


def matching(pattern: str, trouble: str) -> Rule:
    """Return the rule: a text that matches a regular expression as a whole; `trouble` is the message."""
    return lambda value: None if isinstance(value, str) and re.fullmatch(pattern, value) else trouble


def texts_by_name(value: Json) -> str | None:
    """Accept an object whose members are texts."""
    fine = isinstance(value, Mapping) and all(isinstance(item, str) for item in value.values())
    return None if fine else "must be an object with texts as members"


def day(value: Json) -> str | None:
    """Accept a date."""
    try:
        date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        return "must be a day: 2026-03-31"
    return None


def an_object(value: Json) -> str | None:
    """Accept any object: the service decides what is in it."""
    return None if isinstance(value, Mapping) else "must be an object"


def either(short: Rule, long: Rule) -> Rule:
    """Return the rule: a short form (text or flag), or an object."""
    return lambda value: long(value) if isinstance(value, Mapping) else short(value)


def https(value: Json) -> str | None:
    """Accept an https address."""
    fine = isinstance(value, str) and value.lower().startswith("https://") and value.isprintable() and " " not in value
    return None if fine else "must be an https address"


def web(value: Json) -> str | None:
    """Accept an http or https address."""
    fine = isinstance(value, str) and value.lower().startswith(("http://", "https://")) and " " not in value
    return None if fine else "must be a web address"


def list_of(rule: Rule, most: int | None = None, noun: str = "entry", nouns: str = "entries") -> Rule:
    """Return the rule: a list whose values each pass `rule`."""

    def check(value: Json) -> str | None:
        if not isinstance(value, list | tuple):
            return "must be a list"
        if most is not None and len(value) > most:
            return f"has {plural(len(value), noun, nouns)}; at most {most}"
        found = ((index, rule(item)) for index, item in enumerate(value, 1))
        return next((f"{noun} {index} {trouble}" for index, trouble in found if trouble), None)

    return check


def object_of(rules: Mapping[str, Rule], required: Container[str] = ()) -> Rule:
    """Return the rule: an object with known members that each pass their rule."""

    def check(value: Json) -> str | None:
        if not isinstance(value, Mapping):
            return "must be an object"
        if missing := [name for name in rules if name in required and value.get(name) is None]:
            return f"needs {join(missing)}"
        for name, item in value.items():
            if name not in rules:
                return f"has an unknown member {one_line(name, 60)!r}"
            if item is not None and (trouble := rules[name](item)):
                return f"{name} {trouble}"
        return None

    return check


def as_list(value: Json) -> list[Json]:
    """Return the entries of a list; of anything else none."""
    return [*value] if isinstance(value, list | tuple) else []


def without_nulls(value: Json) -> Json:
    """Return a JSON value without null members: services refuse them where an absent member is fine."""
    return map_json(value, same, keep=lambda name, item: item is not None)
