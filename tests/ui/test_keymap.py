"""A user's keys are checked before the screen is taken, and every problem is said at once."""

from collections.abc import Mapping, Sequence

import pytest

from tui.domain.errors import ConfigError
from tui.ui.commands.keymap import PRESETS, Keymap, check, spelling
from tui.ui.commands.registry import COMMAND_SCOPES, COMMANDS, commands_in


def test_a_command_gets_other_keys_and_loses_the_old_ones() -> None:
    keymap = Keymap.build(overrides={"tasks.new": ["a", "ctrl+n"], "tasks.answer": "n"})
    assert keymap.of("tasks.new") == ("a", "ctrl+n")
    new, answer = keymap.command("tasks", "a"), keymap.command("tasks", "n")
    assert new is not None
    assert answer is not None
    assert (new.id, answer.id) == ("tasks.new", "tasks.answer")


def test_a_key_of_one_screen_is_free_on_another() -> None:
    new, hit = Keymap.build().command("tasks", "n"), Keymap.build().command("reader", "n")
    assert new is not None
    assert hit is not None
    assert (new.id, hit.id) == ("tasks.new", "reader.next_hit")


def test_an_empty_list_takes_the_key_away() -> None:
    assert Keymap.build(overrides={"tasks.delete": []}).command("tasks", "D") is None


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"tasks.opne": "o"}, "no command 'tasks.opne', did you mean 'tasks.open'?"),
        ({"tasks.new": "x", "tasks.cancel": "x"}, "'x' is claimed by both tasks.new and tasks.cancel"),
        ({"tasks.new": list(COMMANDS["app.quit"].keys)}, "keys.app.quit: this command needs at least one key"),
        ({"tasks.sort": "ctrl+i"}, "same byte as 'tab'"),
        ({"tasks.sort": "entr"}, "'entr' is not a key, did you mean 'enter'?"),
        ({"tasks.sort": "ctrl+Q"}, "is not a key"),
        ({"tasks.sort": "\x1b"}, "is not a key"),
        ({"app.back": []}, "needs at least one key"),
    ],
)
def test_a_problem_names_command_and_remedy(overrides: Mapping[str, str | Sequence[str]], said: str) -> None:
    assert any(said in problem for problem in check(overrides))
    with pytest.raises(ConfigError):
        Keymap.build(overrides=overrides)


@pytest.mark.parametrize(
    ("former", "command_id"),
    [("answer.send", "checkpoint.send"), ("found.save", "search.save"), ("tasks.archive", "tasks.hide")],
)
def test_a_keymap_with_the_former_id_of_a_command_goes_on_working(former: str, command_id: str) -> None:
    assert Keymap.build(overrides={former: "f5"}).of(command_id) == ("f5",)
    assert Keymap.build(overrides={command_id: "f6", former: "f5"}).of(command_id) == ("f6",)
    assert check({former: "nokey"}) == [f"keys.{command_id}: 'nokey' is not a key"]


def test_all_problems_are_said_together() -> None:
    assert len(check({"nope": "a", "tasks.sort": "entr", "tasks.new": "b", "tasks.cancel": "b"})) == 3


def test_a_users_key_is_taken_from_the_command_that_has_it_by_default() -> None:
    keymap = Keymap.build(overrides={"tasks.new": "x"})
    new = keymap.command("tasks", "x")
    assert new is not None
    assert new.id == "tasks.new"
    assert "x" not in keymap.of("tasks.cancel")


@pytest.mark.parametrize("preset", PRESETS)
def test_no_default_of_this_or_a_later_version_refuses_a_key_of_the_users_own(preset: str) -> None:
    needed = {key for name in ("app.back", "app.quit") for key in Keymap.build(preset).of(name)}
    for context in COMMAND_SCOPES:
        first = next(command for command in commands_in(context) if command.id not in {"app.back", "app.quit"})
        for key in {key for command in commands_in(context) for key in command.keys} - needed:
            found = Keymap.build(preset, {first.id: key}).command(context, key)
            assert found is not None
            assert found.id == first.id


def test_an_unknown_preset_is_an_error() -> None:
    assert check({}, "vmi") == ["keys.preset: no preset 'vmi', did you mean 'vim'?"]


@pytest.mark.parametrize(
    ("key", "character", "spelled"),
    [
        ("question_mark", "?", "?"),
        ("G", "G", "G"),
        ("upper_g", "G", "G"),
        ("space", " ", "space"),
        ("enter", "\r", "enter"),
        ("ctrl+p", "\x10", "ctrl+p"),
        ("plus", "+", "+"),
        ("down", None, "down"),
    ],
)
def test_key_events_are_spelled_as_people_write_them(key: str, character: str | None, spelled: str) -> None:
    assert spelling(key, character) == spelled
