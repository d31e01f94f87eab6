"""The provider accounts: how they stand, what to do, and a key that is taken without being shown."""

from dataclasses import replace
from datetime import timedelta

from tests.ui.driving import running
from tests.ui.fakes import NOW, FakeEngine, default_states, task
from tui.domain.capability import ConnectionState
from tui.domain.errors import ConfigError
from tui.ui.providers.screen import account_lines
from tui.ui.text.lines import Line

STATES = [
    replace(default_states()[0], link=ConnectionState.BAD_KEY, message="401 Invalid API key"),
    replace(default_states()[1], link=ConnectionState.NO_KEY),
    default_states()[2],
]


def text(lines: list[Line]) -> str:
    return "\n".join("".join(piece for piece, _ in line) for line in lines)


def test_a_rejected_key_is_told_with_what_was_said_and_when_it_is_tried_next() -> None:
    said = text(account_lines(replace(STATES[0], next_try=NOW + timedelta(seconds=90)), NOW, 80))
    assert "key rejected" in said
    assert "401 Invalid API key" in said
    assert "in 1:30" in said
    assert "/keys" in said


def test_an_account_that_is_well_takes_one_line() -> None:
    assert len(account_lines(STATES[2], NOW, 80)) == 1


async def test_a_pasted_key_is_kept_never_shown_and_tried_by_a_new_engine() -> None:
    taken: list[tuple[str, str]] = []

    def take(account: str, raw: str) -> str:
        taken.append((account, raw))
        return "/home/me/keys/extruct"

    engine = FakeEngine([task(1)], STATES)
    async with running([task(1)], engine=engine, take_key=take) as session:
        await session.press("A", "enter", *"sk-secret")
        assert "sk-secret" not in session.text()
        await session.press("enter")
        assert taken == [(STATES[0].key, "sk-secret")]
        assert "kept in /home/me/keys/extruct" in session.said
        assert session.app.engine is engine
        assert "sk-secret" not in str(session.archive.remembered)
        await session.press("escape")
        assert session.at_dashboard


async def test_what_cannot_be_a_key_is_refused_and_the_engine_stays() -> None:
    def refuse(account: str, raw: str) -> str:
        raise ConfigError("the key from the input cannot be used: it has a blank in it")

    async with running([task(1)], engine=FakeEngine([task(1)], STATES), take_key=refuse) as session:
        await session.press("A", "enter", *"a b", "enter")
        assert "it has a blank in it" in session.said


async def test_the_cursor_goes_from_account_to_account() -> None:
    async with running([task(1)], engine=FakeEngine([task(1)], STATES)) as session:
        await session.press("A", "j", "j")
        assert session.app.screen.selected.key == STATES[2].key  # type: ignore[attr-defined]
