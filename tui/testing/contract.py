"""The contract suite: what every provider promises, ours or a stranger's, against a real socket.

Derive a class whose name begins with `Test`, say what your service's answers look like, and run pytest; no plugin is
needed. For readable failures: `pytest.register_assert_rewrite("tui.testing.contract")` in a conftest.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tui.domain.actions import (
    Action,
    Approve,
    Cancel,
    CancelBatch,
    Delete,
    Edit,
    FollowUp,
    ListVersions,
    Respond,
    Share,
    Steer,
    Stop,
    capability_of,
)
from tui.domain.capability import Capability
from tui.domain.errors import (
    BadAnswer,
    BadKey,
    DivewatchError,
    Forbidden,
    Gone,
    PaymentNeeded,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
    UsageError,
)
from tui.domain.provider import Draft, Response
from tui.domain.secret import Secret
from tui.domain.task import TaskStatus
from tui.providers.protocol import Client, ClientSettings, Provider, Reader
from tui.testing.scripted import Asked, ScriptedServer, reply, scripted_server

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = "canary-key-0815"
ACTIONS: Sequence[Action] = (
    Cancel(),
    Stop(),
    Delete(),
    Steer("x"),
    Respond("i", (("Which?", "That."),)),
    Approve("i", approved=True),
    Share(public=True),
    Edit("x"),
    ListVersions(),
    FollowUp("x"),
    CancelBatch(),
)
FAILURES = [
    (400, Refused, False),
    (401, BadKey, False),
    (402, PaymentNeeded, False),
    (403, Forbidden, False),
    (404, Gone, False),
    (409, Refused, False),
    (422, Refused, False),
    (429, RateLimited, False),
    (500, Unavailable, True),
    (502, Unavailable, True),
    (504, Unavailable, True),
    (307, Unreachable, False),
]


class ProviderContract:
    """Derive from it; see the module.

    Attributes:
        provider: under test.
        remote_id: an id as the service makes it; `task_answer` is about it.
        task_answer: a status answer of a task that was just made.
        created_answer: the answer to a create; None: like `task_answer`.
        key_header: name (lower case) and value of the header that carries the key; "{key}" stands for it.
        fetch_target, create_target: path and query of these requests; "" is not checked.
        list_targets: cursor -> path and query of a page; None is the first page's cursor.
        odd_statuses: statuses of `FAILURES` that mean something else to this service.
        made_status: the status that `task_answer` tells.
    """

    provider: ClassVar[Provider]
    remote_id: ClassVar[str]
    task_answer: ClassVar[Mapping[str, Any]]
    created_answer: ClassVar[Mapping[str, Any] | None] = None
    key_header: ClassVar[tuple[str, str]]
    fetch_target: ClassVar[str] = ""
    create_target: ClassVar[str] = ""
    list_targets: ClassVar[Mapping[str | None, str]] = {}
    odd_statuses: ClassVar[frozenset[int]] = frozenset()
    made_status: ClassVar[TaskStatus] = TaskStatus.QUEUED
    id_member: ClassVar[str] = "id"

    # -- what a service may see differently ---------------------------------------------------------------------------

    def list_answer(self, entries: Sequence[Any]) -> Any:
        """Return a list answer that holds `entries`."""
        return entries

    # -- help ---------------------------------------------------------------------------------------------------------

    @property
    def reader(self) -> Reader:
        """The reader under test."""
        return self.provider.reader()

    @classmethod
    def body(cls, **members: Any) -> bytes:
        """Return a status answer with some members changed."""
        return json.dumps({**cls.task_answer, **members}).encode()

    def asked(self, call: Callable[[Client], Awaitable[Any]], *answers: Any, **more: Any) -> tuple[list[Asked], Any]:
        """Run `call` on a client whose requests all get this response; returns the requests and the result."""

        async def main() -> tuple[list[Asked], Any]:
            async with scripted_server() as server:
                server.on("*", *self._replies(server, answers, more))
                client = self.provider.client(ClientSettings(server.base, Secret(KEY)))
                try:
                    came: Any = await call(client)
                except DivewatchError as error:
                    came = error
                finally:
                    await client.close()
                return server.asked, came

        return asyncio.run(main())

    def _replies(self, server: ScriptedServer, answers: Sequence[Any], more: Mapping[str, Any]) -> list[Any]:
        found = [reply(answer, more.get("status", 200), Location=f"{server.base}/elsewhere") for answer in answers]
        return found or [reply(None, more.get("status", 200))]

    def can(self, capability: Capability) -> bool:
        """Whether the provider has this capability."""
        return capability in self.provider.info.capabilities

    # -- the description ----------------------------------------------------------------------------------------------

    def test_a_provider_describes_itself(self) -> None:
        info = self.provider.info
        assert info.name.isidentifier()
        assert info.base_url.startswith("https://")
        assert "/v1" not in info.base_url
        assert info.base_url_variable.endswith("_BASE_URL")
        assert info.key_variables
        assert info.cadence.first <= info.cadence.steady <= info.cadence.idle

    def test_every_capability_is_there_or_its_absence_is_explained(self) -> None:
        info = self.provider.info
        assert set(info.missing) == set(Capability) - info.capabilities
        assert all(info.title in reason for reason in info.missing.values())

    def test_modes_have_names_of_their_own_and_at_most_one_is_the_default(self) -> None:
        modes = self.provider.info.modes
        assert len({mode.name for mode in modes}) == len(modes)
        assert sum(mode.default for mode in modes) <= 1

    def test_an_id_is_a_reference_and_nonsense_is_none(self) -> None:
        assert self.provider.parse_reference(f"  {self.remote_id}\n") is not None
        for text in ("", "https://elsewhere.example/x", f"{self.remote_id}/../x", "javascript:alert(1)"):
            assert self.provider.parse_reference(text) is None

    # -- asking -------------------------------------------------------------------------------------------------------

    def test_a_task_is_asked_for_at_its_address_with_the_key(self) -> None:
        requests, answer = self.asked(lambda client: client.fetch(self.remote_id), self.task_answer)
        assert isinstance(answer, Response)
        detail = self.reader.read_task(answer.body or b"", remote_id=self.remote_id, received_at=NOW)
        assert detail.task.status is self.made_status
        name, value = self.key_header
        assert requests[0].headers[name] == value.replace("{key}", KEY)
        assert KEY not in requests[0].target
        assert requests[0].target == self.fetch_target or not self.fetch_target

    def test_a_known_etag_is_sent_and_not_modified_understood(self) -> None:
        requests, answer = self.asked(lambda client: client.fetch(self.remote_id, etag='W/"7"'), None, status=304)
        assert (answer.status, answer.body) == (304, None)
        assert requests[0].headers["if-none-match"] == 'W/"7"'

    def test_the_list_is_asked_for_page_by_page_or_explained(self) -> None:
        if not self.can(Capability.LIST):
            requests, error = self.asked(lambda client: client.fetch_page(), [])
            assert isinstance(error, UsageError)
            assert requests == []
        for cursor, target in self.list_targets.items():
            requests, _ = self.asked(lambda client, cursor=cursor: client.fetch_page(cursor), [])  # type: ignore[misc]
            assert [one.target for one in requests] == [target]

    def test_the_account_is_explained_where_it_cannot_be_asked(self) -> None:
        if not self.can(Capability.ACCOUNT):
            requests, error = self.asked(lambda client: client.account(), {})
            assert isinstance(error, UsageError)
            assert requests == []
        else:
            _, error = self.asked(lambda client: client.account(), {"x": 1})
            assert isinstance(error, BadAnswer)

    def test_an_asset_is_downloaded(self, tmp_path: Path) -> None:
        async def main() -> int:
            async with scripted_server() as server:
                server.on("GET /asset", reply(b"bytes"))
                client = self.provider.client(ClientSettings(server.base, Secret(KEY)))
                try:
                    return await client.download(server.base + "/asset", tmp_path / "x")
                finally:
                    await client.close()

        assert asyncio.run(main()) == 5

    def test_a_bad_base_url_is_an_error_of_the_first_request_not_of_the_client(self) -> None:
        async def main() -> None:
            client = self.provider.client(ClientSettings("http://example.org", Secret(KEY)))
            with pytest.raises(DivewatchError, match="plain http"):
                await client.fetch(self.remote_id)
            await client.close()

        asyncio.run(main())

    # -- starting -----------------------------------------------------------------------------------------------------

    def test_a_create_is_one_post_with_a_json_body(self) -> None:
        draft = Draft("what about umlauts: äöü?")
        made = self.created_answer or self.task_answer
        requests, answer = self.asked(lambda client: client.create(draft), made, status=202)
        (request,) = requests
        assert request.method == "POST"
        assert request.target == self.create_target or not self.create_target
        assert request.headers["content-type"] == "application/json"
        assert draft.prompt in json.dumps(request.json, ensure_ascii=False)
        task = self.reader.read_created(answer.body or b"", draft=draft, received_at=NOW)
        assert (task.remote_id, task.prompt, task.status) == (self.remote_id, draft.prompt, self.made_status)

    @pytest.mark.parametrize(("status", "kind", "unknown"), FAILURES)
    def test_a_failed_create_is_sent_once_and_says_whether_it_may_have_worked(
        self, status: int, kind: type[ProviderError], unknown: bool
    ) -> None:
        requests, error = self.asked(lambda client: client.create(Draft("x")), {"detail": "no"}, status=status)
        assert len(requests) == 1
        assert isinstance(error, ProviderError)
        if status not in self.odd_statuses:
            assert type(error) is kind
            assert error.outcome_unknown is unknown

    @pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"{", b'{"status": "queued"}', b'{"error": "no credits"}'])
    def test_a_created_task_without_an_id_has_an_unknown_outcome(self, body: bytes) -> None:
        with pytest.raises(BadAnswer):
            self.reader.read_created(body, draft=Draft("x"), received_at=NOW)

    def test_the_id_of_a_created_task_survives_everything_else(self) -> None:
        made = self.created_answer or self.task_answer
        odd = {name: value if value == self.remote_id else [{"?": None}] for name, value in made.items()}
        created = self.reader.read_created(json.dumps(odd).encode(), draft=Draft("x"), received_at=NOW)
        assert created.remote_id == self.remote_id

    # -- reading ------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("body", [b"", b"1", b"null", b'"x"', b"[]", b"{", b"<html></html>", b"\xff\xfe", b"{}"])
    def test_what_is_no_task_is_a_bad_answer(self, body: bytes) -> None:
        with pytest.raises(BadAnswer):
            self.reader.read_task(body, remote_id=self.remote_id, received_at=NOW)

    @pytest.mark.parametrize("odd", [None, 3, "x", [], [1], {}, {"a": 1}, True, -1, "\x1b[2J"])
    def test_no_value_of_a_member_breaks_the_reader(self, odd: Any) -> None:
        for name in self.task_answer:
            try:
                detail = self.reader.read_task(self.body(**{name: odd}), remote_id=None, received_at=NOW)
            except BadAnswer:
                continue
            assert "\x1b" not in repr(detail.task.title) + (detail.task.error or "")

    def test_an_unknown_status_is_unknown_and_its_word_is_kept(self) -> None:
        text = self.body().decode().replace(json.dumps(self._status_word()), '"hibernating"')
        detail = self.reader.read_task(text.encode(), remote_id=self.remote_id, received_at=NOW)
        assert (detail.task.status, detail.task.provider_status) == (TaskStatus.UNKNOWN, "hibernating")

    def _status_word(self) -> str:
        detail = self.reader.read_task(self.body(), remote_id=self.remote_id, received_at=NOW)
        return detail.task.provider_status

    @pytest.mark.parametrize("body", [b"{}", b"1", b'"x"', b"{", b"<html></html>", b""])
    def test_a_list_that_is_none_is_a_bad_answer(self, body: bytes) -> None:
        with pytest.raises(BadAnswer):
            self.reader.read_page(body, received_at=NOW)

    def test_good_entries_of_a_list_are_kept_and_bad_ones_counted(self) -> None:
        entries = [None, self.task_answer, {"x": 1}, 5, self.task_answer, {self.id_member: None}]
        page = self.reader.read_page(json.dumps(self.list_answer(entries)).encode(), received_at=NOW)
        assert [task.remote_id for task in page.tasks] == [self.remote_id]
        assert len(page.problems) == 4
        assert all(task.id == "" for task in page.tasks)

    def test_an_answer_about_another_task_is_refused(self) -> None:
        with pytest.raises(BadAnswer, match="another task"):
            self.reader.read_task(self.body(), remote_id="99999999-0000", received_at=NOW)

    def test_an_answer_that_spells_the_id_in_capitals_is_the_same_task(self) -> None:
        body = self.body().decode().replace(self.remote_id, self.remote_id.upper()).encode()
        assert self.reader.read_task(body, remote_id=self.remote_id, received_at=NOW).task.remote_id == self.remote_id

    # -- acting -------------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("action", ACTIONS, ids=lambda action: type(action).__name__)
    def test_an_action_is_sent_once_or_refused_with_a_reason(self, action: Action) -> None:
        requests, came = self.asked(lambda client: client.act(action, self.remote_id), {})
        if self.can(capability_of(action)) and not isinstance(came, UsageError):
            sent = [one for one in requests if one.method != "GET"]  # what is repeated of a task is asked for first
            assert len(sent or requests) == 1
        else:
            assert isinstance(came, UsageError)
            assert self.provider.info.title in came.message
            assert requests == []

    @pytest.mark.parametrize("action", ACTIONS, ids=lambda action: type(action).__name__)
    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"1", b"{", b'{"message": "\\u001b[2J"}'])
    def test_an_answer_to_an_action_is_said_in_one_clean_line_or_is_a_bad_answer(
        self, action: Action, body: bytes
    ) -> None:
        try:
            outcome = self.reader.read_outcome(action, body, received_at=NOW, remote_id=self.remote_id)
        except BadAnswer:
            return
        assert outcome.message
        assert "\n" not in outcome.message
        assert "\x1b" not in outcome.message
