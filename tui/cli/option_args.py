"""Parsers of options that several commands share: yes, JSON, NAME=VALUE."""

import json
from typing import Any

import click

from tui.domain.detail import Json
from tui.domain.errors import UsageError
from tui.domain.text import clean, one_line

yes_option = click.option("--yes", "-y", is_flag=True, help="do not ask")


def parse_json(text: str, what: str) -> Any:
    """Return the JSON value of `text`; `what` names it in an error.

    Raises:
        UsageError: it is none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{what} is not JSON: {one_line(str(error))}") from error


def name_and_value(text: str, option: str) -> tuple[str, str]:
    """Split NAME=VALUE.

    Raises:
        UsageError: it is not of that form.
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"{option} {clean(text)}: expected NAME=VALUE")
    return name.strip(), value


def json_or_text(value: str) -> Json:
    """Return a text parsed as JSON, or the text if it is not JSON."""
    try:
        parsed: Json = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return parsed
