"""The values of the new-task form: providers, modes, options; its drafts, errors and prices; pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tui.domain.capability import Capability, ConnectionState
from tui.domain.detail import Json
from tui.domain.provider import Draft
from tui.domain.task import Cost
from tui.domain.text import one_line
from tui.engine.api import ProviderState
from tui.ui.shell.services import Drafting

_LARGEST_SCHEMA = 1_000_000  # bytes


@dataclass(slots=True)
class Choice:
    """One provider account in the form, with its mode and options."""

    state: ProviderState
    chosen: bool = False
    mode: int = 0
    typed_mode: str = ""  # beside the known ones, where the provider takes others
    options: dict[str, Json] = field(default_factory=dict)

    @property
    def unable(self) -> str:
        """Why no task can be started at this account; "" if one can."""
        info = self.state.info
        if Capability.CREATE not in info.capabilities:
            return info.missing.get(Capability.CREATE, "cannot start tasks")
        if self.state.link in {ConnectionState.NO_KEY, ConnectionState.BAD_KEY}:
            variable = info.key_variables[0] if info.key_variables else "its key"
            return f"{self.state.link.value}: set {variable}"
        return ""

    @property
    def mode_name(self) -> str | None:
        """The chosen mode; None where the provider has none."""
        modes = self.state.info.modes
        return self.typed_mode or (modes[self.mode].name if modes else None)

    def take_mode(self, name: str | None) -> None:
        """Choose a mode by its name; an unknown one only if the provider takes others."""
        names = [mode.name for mode in self.state.info.modes]
        if name in names:
            self.mode, self.typed_mode = names.index(name), ""
        elif name and self.state.info.open_modes:
            self.typed_mode = name

    def next_mode(self, by: int) -> None:
        """Choose the next or the previous mode."""
        self.typed_mode = ""
        if self.state.info.modes:
            self.mode = (self.mode + by) % len(self.state.info.modes)


@dataclass(slots=True)
class Plan:
    """The contents of the form but for the brief."""

    choices: list[Choice]
    prompt: str = ""
    schema: Mapping[str, Json] | None = None

    @classmethod
    def of(cls, states: Sequence[ProviderState], like: Mapping[str, Draft] | None = None) -> "Plan":
        """Begin with defaults, or with the drafts of other tasks, by account key."""
        choices = [_choice(state, (like or {}).get(state.key)) for state in states]
        ready = [choice for choice in choices if not choice.unable]
        if ready and not any(choice.chosen for choice in ready):
            ready[0].chosen = True
        drafts = list((like or {}).values())
        schema = next((draft.output_schema for draft in drafts if draft.output_schema is not None), None)
        return cls(choices, drafts[0].prompt if drafts else "", schema)

    def chosen_values(self) -> dict[str, Json]:
        """Return everything but the brief, to be saved; nested option values are left out, they may hold keys."""
        accounts: dict[str, Json] = {
            choice.state.key: {"chosen": choice.chosen, "mode": choice.mode_name, "options": _plain(choice.options)}
            for choice in self.choices
        }
        return {"accounts": accounts, "schema": dict(self.schema) if self.schema is not None else None}

    def choose(self, values: Mapping[str, Json]) -> None:
        """Restore what `chosen_values` returned; accounts and modes that are gone are skipped."""
        accounts, schema = values.get("accounts"), values.get("schema")
        self.schema = schema if isinstance(schema, dict) else None
        for choice in self.choices if isinstance(accounts, dict) else ():
            one = accounts.get(choice.state.key) if isinstance(accounts, dict) else None
            if not isinstance(one, dict):
                continue
            choice.chosen = bool(one.get("chosen")) and not choice.unable
            mode, options = one.get("mode"), one.get("options")
            choice.take_mode(mode if isinstance(mode, str) else None)
            if isinstance(options, dict):
                hidden = {name: value for name, value in choice.options.items() if name not in _plain(choice.options)}
                choice.options = {**options, **hidden}

    @property
    def chosen(self) -> list[Choice]:
        """The accounts that the task will be sent to."""
        return [choice for choice in self.choices if choice.chosen and not choice.unable]

    def draft(self, choice: Choice) -> Draft:
        """Return the draft for one account."""
        return Draft(self.prompt, choice.mode_name, self.schema, dict(choice.options))

    def troubles(self, drafting: Drafting | None) -> dict[str, list[str]]:
        """Return errors by account key ("" for the whole form), field by field."""
        found: dict[str, list[str]] = {}
        if not self.prompt.strip():
            found[""] = ["brief: nothing is written yet"]
        if not self.chosen:
            found.setdefault("", []).append("provider: none is chosen")
        for choice in self.chosen if drafting and self.prompt.strip() else ():
            wrong = drafting(choice.state.info.name).check(self.draft(choice)) if drafting else ()
            if wrong:
                found[choice.state.key] = [one_line(f"{name}: {text}", 200) for name, text in wrong]
        return found

    def price(self, choice: Choice, drafting: Drafting | None, mode: str | None = None) -> Cost:
        """Return the cost at most at one account, in its chosen mode or in another one."""
        draft = self.draft(choice)
        draft = draft if mode is None else replace(draft, mode=mode)
        if drafting:
            return drafting(choice.state.info.name).cost_at_most(draft)
        return next((one.cost for one in choice.state.info.modes if one.name == draft.mode), Cost())

    def choose_all(self) -> None:
        """Choose every account that can start a task, or none if all are chosen."""
        able = [choice for choice in self.choices if not choice.unable]
        every = all(choice.chosen for choice in able)
        for choice in able:
            choice.chosen = not every

    def prices(self, drafting: Drafting | None) -> list[tuple[str, Cost]]:
        """Return (account key, cost at most) of each chosen account."""
        return [(choice.state.key, self.price(choice, drafting)) for choice in self.chosen]


def _plain(options: Mapping[str, Json]) -> dict[str, Json]:
    """Return the options whose values are scalars or lists of scalars."""
    return {
        name: value
        for name, value in options.items()
        if not isinstance(value, dict | list) or (isinstance(value, list) and not any(map(_has_members, value)))
    }


def _has_members(value: Json) -> bool:
    return isinstance(value, dict | list)


def _choice(state: ProviderState, draft: Draft | None) -> Choice:
    default = next((n for n, one in enumerate(state.info.modes) if one.default), 0)
    if draft is None:
        return Choice(state, mode=default)
    choice = Choice(state, chosen=True, mode=default, options=dict(draft.options))
    choice.take_mode(draft.mode)
    return choice


def schema_text(schema: Mapping[str, Json] | None) -> str:
    """Return a schema as editable JSON; "" for none."""
    return "" if schema is None else json.dumps(schema, ensure_ascii=False, indent=2)


def read_schema(text: str) -> Mapping[str, Json]:
    """Return the JSON schema that was pasted, or is in the named file.

    Raises:
        ValueError: it is no usable schema; the message is for a person.
    """
    if not text.lstrip().startswith("{"):
        path = Path(text.strip()).expanduser()
        try:
            if path.stat().st_size > _LARGEST_SCHEMA:
                raise ValueError(f"{path.name} is too large for a schema")
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{one_line(str(path), 100)} cannot be read") from error
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the schema is no JSON: {one_line(str(error), 100)}") from error
    if not isinstance(value, dict):
        raise ValueError("a schema is a JSON object")  # noqa: TRY004  one kind of error for a person
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(value)
    except SchemaError as error:
        raise ValueError(f"no JSON schema: {one_line(error.message, 120)}") from error
    return value
