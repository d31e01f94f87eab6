"""`ProviderSpec`: a service as data. With a reader (`tui.providers.sdk.reader`) it is a whole provider.

Importing a specification must cost nothing: no HTTP code, no models. The reader is named as text and imported when it
is first needed, the client likewise.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tui.domain.actions import BATCH_ACTIONS, Action, capability_of
from tui.domain.capability import Capability
from tui.domain.frozen import frozen
from tui.domain.options import Option, OptionKind, value_at
from tui.domain.provider import BatchLimits, Cadence, Draft, Mode, ProviderInfo, RefusalRules, Retention
from tui.domain.task import Cost
from tui.providers.sdk import draft_rules
from tui.providers.sdk.draft_rules import Complaint, Rule
from tui.providers.sdk.endpoints import Endpoints

if TYPE_CHECKING:
    from tui.domain.detail import Json
    from tui.providers.protocol import Client, ClientSettings, Reader

UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_CANNOT = {
    Capability.LIST: "{title} cannot list its tasks; those started here are in the archive, others are adopted by id",
    Capability.CREATE: "{title} tasks cannot be started from here",
    Capability.CANCEL: "{title} cannot stop a task; it runs to its end and is billed",
    Capability.STOP: "{title} cannot end a task early and keep what it found",
    Capability.DELETE: "{title} keeps its tasks; they can only be hidden here",
    Capability.STEER: "{title} takes no instructions while a task runs",
    Capability.RESPOND: "{title} takes no answers while a task runs",
    Capability.SHARE: "{title} has no public page for a task",
    Capability.EDIT: "{title} cannot edit a report",
    Capability.VERSIONS: "{title} keeps one version of a report",
    Capability.BATCH: "{title} has no batches; start several tasks",
    Capability.FOLLOW: "{title} takes no earlier reports along",
    Capability.ASSETS: "{title} makes no files beside the report",
    Capability.ACCOUNT: "{title} has no endpoint that tells credits or quota",
}


@frozen
class Key:
    """The kind of key, and the environment variables in which users have it."""

    variables: tuple[str, ...]  # in order of precedence
    header: str
    scheme: str = ""  # the word in front of the key: "Bearer"

    def header_of(self, key: str) -> tuple[str, str]:
        """Return name and value of the header that carries `key`."""
        return self.header, f"{self.scheme} {key}" if self.scheme else key


def Bearer(*variables: str) -> Key:  # noqa: N802 - reads as the scheme it is
    """Return the key sent as `Authorization: Bearer ...`."""
    return Key(variables, "Authorization", "Bearer")


def HeaderKey(header: str, *variables: str) -> Key:  # noqa: N802
    """Return the key sent in a header of its own."""
    return Key(variables, header)


@frozen
class Reference:
    """How a task is referred to: by its id, or by a page address that contains it.

    Attributes:
        id: pattern of an id.
        hosts: hosts of pages, with all their subdomains.
        last: of several ids in an address the last one is meant, not the first.
        lower: ids are the same in upper and lower case; kept in lower case.
        whole: the id is a whole segment of the address's path.
    """

    id: str
    hosts: tuple[str, ...] = ()
    last: bool = False
    lower: bool = False
    whole: bool = False

    def parse(self, text: str) -> str | None:
        """Return the id in `text`, which is an id or an address with one; None for anything else."""
        text = text.strip()
        if re.match(r"(?i)https?://", text):
            hosts = "|".join(map(re.escape, self.hosts))
            page = re.match(rf"(?i)https?://(?:[\w-]+\.)*(?:{hosts})(?::\d+)?/([^?#]*)", text) if hosts else None
            found = self._ids_in(page[1]) if page else []
            text = found[-1 if self.last else 0] if found else ""
        elif not re.fullmatch(self.id, text):
            return None
        return (text.lower() if self.lower else text) or None

    def _ids_in(self, path: str) -> list[str]:
        if self.whole:
            return [part for part in path.rstrip("/").split("/")[-1:] if re.fullmatch(self.id, part)]
        return [found[0] for found in re.finditer(self.id, path)]


Wire = Callable[[dict[str, "Json"], "Json"], None]  # (request body, value): puts the value where the service wants it


@dataclass(frozen=True, slots=True)
class ServiceOption(Option):
    """One option of a service: its form field (`Option`), its rule, and its wire form.

    Attributes:
        rule: what the service refuses; None decides by `kind`.
        wire: dotted place in the request body ("reasoning.summary"; "" its own name), or a function that puts it there.
        hidden: taken by name (`--option`, configuration), not shown in forms.
    """

    rule: Rule | None = None
    wire: str | Wire = ""
    hidden: bool = False


_PREVIOUS = ServiceOption(
    "previous",
    "goes on from",
    OptionKind.REPORTS,
    "ids of earlier tasks at the same account",
    wire=lambda _body, _ids: None,
)


def _nothing(_: Draft) -> Iterable[Complaint]:
    return ()


@dataclass(kw_only=True, eq=False)  # not frozen: tests and benchmarks give one another rate
class ProviderSpec:
    """The description of a service; it is a `Provider` (`tui.providers.protocol`) as it is.

    Attributes:
        name, title: "valyu", "Valyu".
        base_url: scheme and host, without the version.
        version: segment between host and path; an endpoint may have its own, a user may configure another.
        key: kind of key and environment variables.
        key_page: where a person gets a key.
        headers: environment variable -> header sent with its value (organisation, project).
        constant_headers: headers sent with every request.
        reference: ids and addresses of tasks.
        endpoints: what can be asked.
        refusal_rules: what refusals mean anywhere at this service.
        reader_class: "module:class" of the reader, a `JsonReader`.
        client_class: the same of the client; it is made with (spec, settings).
        cadence, requests_per_second: how often we ask.
        modes: with price and the day it was known; `open_modes` lets others be typed.
        default_mode: sent where the user chose none; None sends nothing.
        options: the service's own.
        longest_prompt: characters; None for no limit.
        check_more: limits that concern several fields; asked when each field is fine alone.
        cost: what a draft may cost at most, where that is more than the price of its mode.
        cannot: a sentence for a missing capability, where the usual one is not true.
        batch: limits of a batch, where there are batches.
        retention: how long the service keeps a task.
        refunds_failures: charges of a task that failed go back.
        ended_words: words of a task that waits for an answer here and has ended there: nothing is left to cancel.
        follows: (draft's `previous` ids) -> members of the request body; None: nothing can go on from a task.
    """

    name: str
    title: str
    base_url: str
    key: Key
    key_page: str
    reference: Reference
    endpoints: Endpoints
    reader_class: str
    cadence: Cadence
    version: str = "v1"
    headers: Mapping[str, str] = field(default_factory=dict)
    constant_headers: Mapping[str, str] = field(default_factory=dict)
    refusal_rules: RefusalRules = field(default_factory=dict)
    requests_per_second: float = 1.0
    modes: tuple[Mode, ...] = ()
    open_modes: bool = False
    default_mode: str | None = None
    mode_aliases: tuple[str, ...] = ()
    service_options: tuple[ServiceOption, ...] = ()
    longest_prompt: int | None = None
    check_more: Callable[[Draft], Iterable[Complaint]] = _nothing
    prompt_needed: Callable[[Draft], bool] = lambda _: True
    cost: Callable[[Draft], Cost] | None = None
    cannot: Mapping[Capability, str] = field(default_factory=dict)
    batch: BatchLimits | None = None
    retention: Retention | None = None
    refunds_failures: bool = False
    ended_words: frozenset[str] = frozenset()
    follows: Callable[[Sequence[str]], Mapping[str, "Json"]] | None = None
    client_class: str = "tui.providers.sdk.json_client:JsonClient"
    base_url_variable: str = ""

    @cached_property
    def info(self) -> ProviderInfo:
        """The description for the rest of the program."""
        can = self._capabilities()
        missing = {name: text.format(title=self.title) for name, text in _CANNOT.items()} | dict(self.cannot)
        return ProviderInfo(
            name=self.name,
            title=self.title,
            base_url=self.base_url,
            key_variables=self.key.variables,
            base_url_variable=self.base_url_variable or f"{self.name.upper()}_BASE_URL",
            key_page=self.key_page,
            capabilities=can,
            missing={name: missing[name] for name in Capability if name not in can},
            modes=self.modes,
            cadence=self.cadence,
            requests_per_second=self.requests_per_second,
            open_modes=self.open_modes,
            batch=self.batch,
            headers=self.headers,
            retention=self.retention,
            refunds_failures=self.refunds_failures,
            starting=frozenset(action for action, endpoint in self.endpoints.actions.items() if endpoint.starts),
            ended_words=self.ended_words,
        )

    def _capabilities(self) -> frozenset[Capability]:
        """The capabilities, which follow from the endpoints."""
        ends = self.endpoints
        can = {
            capability_of(action) for action in ends.actions if action not in BATCH_ACTIONS or self.batch is not None
        }
        can |= {
            capability
            for capability, there in (
                (Capability.LIST, ends.list),
                (Capability.CREATE, ends.create),
                (Capability.ACCOUNT, ends.account),
                (Capability.ASSETS, ends.assets),
                (Capability.FOLLOW, self.follows),
            )
            if there
        }
        return frozenset(can)

    def reader(self) -> "Reader":
        """Return the reader; imports its module, which imports no HTTP code."""
        made: Reader = _named(self.reader_class)(self)
        return made

    def client(self, settings: "ClientSettings") -> "Client":
        """Return a client; the first call imports httpx."""
        made: Client = _named(self.client_class)(self, settings)
        return made

    def parse_reference(self, text: str) -> str | None:
        """Return the remote id that a pasted id or web address of a task means; None if it is neither."""
        return self.reference.parse(text)

    def options(self) -> Sequence[Option]:
        """Return the options of a form, in its order."""
        return tuple(option for option in self._options if not option.hidden)

    @cached_property
    def _options(self) -> tuple[ServiceOption, ...]:
        """The options, with the earlier tasks if a task can continue some and no option names them."""
        named = any(option.kind is OptionKind.REPORTS for option in self.service_options)
        return self.service_options if named or self.follows is None else (*self.service_options, _PREVIOUS)

    def cost_at_most(self, draft: Draft) -> Cost:
        """Return the cost of `draft` at most by the published prices; amount None if they do not tell."""
        if self.cost is not None:
            return self.cost(draft)
        return self.price_of(draft.mode)

    def price_of(self, mode: str | None) -> Cost:
        """Return the price of a mode; None means the default one."""
        found = next((m for m in self.modes if (m.default if mode is None else m.name == mode)), None)
        return found.cost if found else Cost(unit=self.modes[0].cost.unit if self.modes else "USD")

    def check(self, draft: Draft) -> Sequence[Complaint]:
        """Return (field, error) for every limit of the contract that `draft` breaks."""
        names = (*(mode.name for mode in self.modes), *self.mode_aliases)
        complaints = [
            *(draft_rules.check_prompt(draft, self.longest_prompt) if self.prompt_needed(draft) else ()),
            *(() if self.open_modes else draft_rules.check_mode(draft, names)),
            *draft_rules.check_options(draft, self.rules, self.title),
            *draft_rules.check_schema(draft),
        ]
        if draft.previous and self.follows is None:
            complaints.append(("previous", self.info.missing[Capability.FOLLOW]))
        return complaints or [*self.check_more(draft)]

    def check_action(self, action: Action) -> str | None:
        """Return why `action` could not be sent as it is; None if it can be."""
        endpoint = self.endpoints.actions.get(type(action))
        return endpoint.check(action) if endpoint is not None and endpoint.check is not None else None

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rule of every option by its first name; dotted names together are the rule of an object."""
        rules: dict[str, Rule] = {}
        inner: dict[str, dict[str, Rule]] = {}
        for option in self._options:
            head, _, rest = option.name.partition(".")
            if rest:
                inner.setdefault(head, {})[rest] = rule_of(option)
            else:
                rules[head] = rule_of(option)
        return {head: draft_rules.object_of(members) for head, members in inner.items()} | rules

    def body_options(self, draft: Draft) -> dict[str, "Json"]:
        """Return the members of a request body for the draft's options and predecessors, in wire form."""
        body: dict[str, Json] = {}
        done = set()
        for option in self._options:
            if not option.wire:
                continue
            done.add(option.name)
            value = value_at(draft.options, option.name)
            if value is None:
                continue
            if callable(option.wire):
                option.wire(body, value)
            else:
                put(body, option.wire, value)
        for name, value in draft.options.items():
            rest = _without(value, name, done)
            if rest is not None and name not in done and (rest or rest == value):  # else it is all elsewhere already
                put(body, name, rest)
        earlier = draft.previous or draft.options.get(_PREVIOUS.name) or ()
        if self.follows is not None and isinstance(earlier, list | tuple) and earlier:
            body |= self.follows([str(one) for one in earlier])
        return {name: draft_rules.without_nulls(value) for name, value in body.items()}


def rule_of(option: ServiceOption) -> Rule:
    """Return the rule of an option: its own, else that of its kind."""
    if option.rule is not None:
        return option.rule
    return {
        OptionKind.TEXT: draft_rules.text(),
        OptionKind.PROSE: draft_rules.text(),
        OptionKind.FLAG: draft_rules.flag,
        OptionKind.CHOICE: draft_rules.choice(*option.choices),
        OptionKind.CHOICES: draft_rules.list_of(draft_rules.choice(*option.choices)),
        OptionKind.NUMBER: draft_rules.whole(),
        OptionKind.LIST: draft_rules.list_of(draft_rules.text()),
        OptionKind.REPORTS: draft_rules.list_of(draft_rules.text()),
    }.get(option.kind, draft_rules.anything)


def _named(path: str) -> Any:
    """Import and return "module:name"."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def put(body: dict[str, "Json"], place: str, value: "Json") -> None:
    """Set a dotted member of a request body, merging objects."""
    head, _, rest = place.partition(".")
    inner = body.get(head)
    if rest:
        within = dict(inner) if isinstance(inner, Mapping) else {}
        put(within, rest, value)
        body[head] = within
    elif isinstance(inner, Mapping) and isinstance(value, Mapping):
        body[head] = {**inner, **value}
    else:
        body[head] = value


def _without(value: "Json", name: str, done: set[str]) -> "Json":
    if not isinstance(value, Mapping):
        return value
    return {part: item for part, item in value.items() if f"{name}.{part}" not in done}
