"""The provider accounts: how they stand, what to do, and a key that is taken without being shown."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from tests.ui.driving import SMALL, WIDE, running
from tests.ui.fakes import NOW, FakeEngine, default_states, task
from tui.config.account_settings import AccountSettings
from tui.config.paths import Paths
from tui.domain.capability import ConnectionState
from tui.domain.cells import cell_len
from tui.domain.errors import ConfigError
from tui.domain.provider import AccountState
from tui.ui.accounts.lines import AccountRow, account_table, detail_lines
from tui.ui.accounts.screen import AccountsScreen
from tui.ui.commands.keymap import Keymap
from tui.ui.text.lines import Line

STATES = [
    replace(default_states()[0], link=ConnectionState.BAD_KEY, message="401 Invalid API key"),
    replace(default_states()[1], link=ConnectionState.NO_KEY),
    default_states()[2],
]
KEYLESS = [replace(state, link=ConnectionState.NO_KEY) for state in default_states()]


def text(lines: Sequence[Line]) -> str:
    return "\n".join("".join(piece for piece, _ in line) for line in lines)


@pytest.fixture
def settings(tmp_path: Path) -> AccountSettings:
    return AccountSettings(Paths(tmp_path / "config.toml", tmp_path, tmp_path, tmp_path))


def test_a_rejected_key_is_told_with_what_was_said_whose_it_is_and_when_it_is_tried_next() -> None:
    state = replace(STATES[0], next_try=NOW + timedelta(seconds=90))
    said = text(detail_lines(AccountRow("extruct", state, "…7890 from EXTRUCT_API_KEY", 12), NOW, 76, Keymap.build()))
    assert "401 Invalid API key" in said
    assert "…7890 from EXTRUCT_API_KEY" in said
    assert "A key from the environment wins over a kept one" in said
    assert "in 1:30" in said
    assert "https://extruct.example/keys" in said
    assert "12 in the archive; they stay" in said


def test_columns_are_as_wide_as_what_stands_in_them_so_that_what_is_left_is_not_cut() -> None:
    balance = AccountState(remaining=9958, limit=10_000, unit="requests today")
    calm = replace(STATES[2], last_ok=NOW, balance=balance, active=12)
    rows = [AccountRow("perplexity", replace(calm, balance=None, last_ok=None)), AccountRow("yutori", calm)]
    head, (never, full) = account_table(rows, NOW)
    assert text([full]).endswith("12 active  0 s ago      9,958 of 10,000 requests today")
    assert len(text([full])) <= 76
    assert text([full]).index("9,958") == text([head]).index("left")
    assert "not asked" in text([never])


def test_where_there_is_room_it_is_told_what_a_service_takes_and_can_do() -> None:
    row = AccountRow("valyu", STATES[2])
    said = text(detail_lines(row, NOW, 100, Keymap.build(), whole=True))
    assert "fast ≤$0.50; 2-5 min" in said
    assert "can           cancel, delete," in said
    assert "cannot        Valyu offers no way to stop a task" in said
    assert "modes" not in text(detail_lines(row, NOW, 100, Keymap.build()))
    assert "modes" not in text(detail_lines(AccountRow("valyu"), NOW, 100, Keymap.build(), whole=True)), "it is off"


def test_what_is_left_at_a_provider_is_never_cut_for_the_other_columns() -> None:
    rows = [AccountRow(state.key, state) for state in default_states()]
    heads = {width: text([account_table(rows, NOW, width)[0]]) for width in (80, 50, 38)}
    assert "last answer" in heads[80]
    assert "tasks" in heads[50]
    assert "last answer" not in heads[50]
    assert "tasks" not in heads[38]
    for width in heads:
        assert all(sum(cell_len(words) for words, _ in line) <= width for line in account_table(rows, NOW, width)[1])
        assert "4,120 credits" in text(account_table(rows, NOW, width)[1])


def test_the_keys_of_an_account_are_left_out_rather_than_cut() -> None:
    row = AccountRow("valyu", STATES[2], "…7890 from VALYU_API_KEY", 12)
    lines = {room: text(detail_lines(row, NOW, 76, Keymap.build(), room=room)) for room in (9, 8, 5)}
    assert "switch this account off" in lines[9]
    assert "switch this account off" not in lines[8], "the key line shows it"
    assert "ask again now" in lines[8]
    assert "ask again now" not in lines[5]
    assert "12 in the archive; they stay" in lines[5]


def test_a_key_of_a_file_is_not_said_to_be_of_the_environment() -> None:
    said = text(detail_lines(AccountRow("extruct", STATES[0], "…7890 from file /k/extruct"), NOW, 76, Keymap.build()))
    assert "environment" not in said


def test_an_account_without_a_key_says_where_one_is_made_and_which_variable_is_read() -> None:
    assert "yutori.example/keys" in text(account_table([AccountRow("yutori", STATES[1])], NOW)[1])
    assert "YUTORI_API_KEY in the environment" in text(
        detail_lines(AccountRow("yutori", STATES[1]), NOW, 76, Keymap.build())
    )


async def test_a_pasted_key_is_kept_never_shown_and_tried_by_a_new_engine(
    settings: AccountSettings, tmp_path: Path
) -> None:
    engine = FakeEngine([task(1)], STATES)
    async with running([task(1)], engine=engine, accounts=settings) as session:
        await session.press("A", "enter")
        assert "paste it here" in session.text()
        await session.press(*"sk-secret")
        assert "sk-secret" not in session.text()
        await session.press("enter")
        assert (tmp_path / "keys" / "extruct").read_text() == "sk-secret\n"
        assert (tmp_path / "keys" / "extruct").stat().st_mode & 0o777 == 0o600
        assert f"kept in {tmp_path}" in session.said
        assert session.app.engine is engine
        assert "sk-secret" not in str(session.archive.remembered)
        await session.press("escape")
        assert session.at_dashboard


async def test_what_cannot_be_a_key_is_refused_where_it_was_typed(settings: AccountSettings, tmp_path: Path) -> None:
    async with running([task(1)], engine=FakeEngine([task(1)], STATES), accounts=settings) as session:
        await session.press("A", "enter", *"a b", "enter")
        assert "the key from the field cannot be used" in session.text()
        assert not (tmp_path / "keys").exists()


async def test_an_account_is_switched_off_and_on_again_and_stays_in_the_list(
    settings: AccountSettings, tmp_path: Path
) -> None:
    states = list(STATES)
    engine = FakeEngine([task(1)], states)
    async with running([task(1)], engine=engine, accounts=settings) as session:
        await session.press("A", "j", "j", "x")
        assert settings.switched_off() == ("valyu",)
        engine.states = {state.key: state for state in states[:2]}
        await session.after(1.1)
        assert "switched off" in session.text()
        await session.press("G", "x")
        assert settings.switched_off() == ()
        assert "asked again" in session.said


async def test_what_is_told_of_an_account_stays_where_a_person_scrolled_it_while_its_times_go_on() -> None:
    state = default_states()[2]
    many = tuple(replace(state.info.modes[0], name=f"mode{number}") for number in range(40))
    engine = FakeEngine([task(1)], [replace(state, info=replace(state.info, modes=many), last_ok=NOW)])
    async with running([task(1)], engine=engine, size=WIDE) as session:
        await session.press("A", "tab", "j", "j", "j")
        screen = session.app.screen
        assert isinstance(screen, AccountsScreen)
        before = screen._about.items
        engine.states["valyu"] = replace(engine.states["valyu"], last_ok=NOW + timedelta(hours=1), message="slow")
        screen._show()
        assert screen._about.items != before
        assert screen._about.scroll_offset.y == 3


async def test_the_cursor_stays_on_its_account_when_they_stand_differently() -> None:
    engine = FakeEngine([task(1)], STATES)
    async with running([task(1)], engine=engine) as session:
        await session.press("A", "j", "j")
        screen = session.app.screen
        assert isinstance(screen, AccountsScreen)
        engine.states = dict(reversed(engine.states.items()))
        await session.after(1.1)
        assert screen.selected
        assert screen.selected.key == STATES[2].key


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_newcomer_gets_from_the_empty_list_to_a_key_a_file_and_the_demo(
    size: tuple[int, int], settings: AccountSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ran: list[list[str]] = []

    def run(app: object, name: str, command: Sequence[str]) -> int:
        ran.append([*command[3:]])
        return 0

    monkeypatch.setattr("tui.ui.shell.editor.run_outside", run)
    report = tmp_path / "report.md"
    report.write_text("# R\n")
    async with running([], size=size, engine=FakeEngine([], KEYLESS), accounts=settings) as session:
        assert "No tasks and no key yet" in session.text()
        await session.press("enter")
        assert "Or look around first" in session.text()
        await session.press("d", "f", *str(tmp_path / "none.md"), "enter")
        assert "there is no such file" in session.text()
        await session.press("ctrl+r", *str(report), "enter")
        assert ran == [["demo"], ["read", str(report)]]
        await session.press("+")
        assert "no provider has a key" in session.said


async def test_adopting_from_the_accounts_asks_for_the_address() -> None:
    async with running([task(1)], engine=FakeEngine([task(1)], STATES)) as session:
        await session.press("A", "+")
        assert "Adopt a task" in session.text()


async def test_without_an_engine_the_accounts_say_that_they_are_looked_for() -> None:
    async with running([task(1)], start=False) as session:
        await session.press("A")
        assert "Looking for providers" in session.text()
        await session.press("enter", "x", "o")
        assert session.app.is_running


def test_keys_in_the_key_store_need_the_extra(settings: AccountSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match="divewatch\\[keyring\\]"):
        settings.keep_key("valyu", "sk-live-1234", in_store=True)


def test_a_key_for_the_key_store_leaves_no_file_that_would_win(
    settings: AccountSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[tuple[str, str], str] = {}
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    vars(keyring)["set_password"] = lambda service, name, key: kept.update({(service, name): key})
    vars(errors)["KeyringError"] = RuntimeError
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    settings.keep_key("valyu:work", "sk-live-1234")
    assert settings.key_path("valyu:work").exists()
    assert settings.keep_key("valyu:work", "sk-live-5678", in_store=True) == "the key store"
    assert kept == {("divewatch", "valyu:work"): "sk-live-5678"}
    assert not settings.key_path("valyu:work").exists()
