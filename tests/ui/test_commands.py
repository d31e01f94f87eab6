"""The registry: one place for keys, and nothing in it that does not work."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from tests.ui.fakes import info, task
from tui.domain.capability import Capability
from tui.domain.possible import why_not
from tui.domain.task import TaskStatus
from tui.ui.accounts.screen import AccountsScreen
from tui.ui.app import DivewatchApp
from tui.ui.checkpoint.screen import CheckpointScreen
from tui.ui.commands.command import handled_by
from tui.ui.commands.keymap import PRESETS, Keymap
from tui.ui.commands.registry import COMMAND_SCOPES, COMMANDS, TITLES, Command, CommandContext, commands_in, footer
from tui.ui.compare.screen import CompareScreen
from tui.ui.costs.screen import CostsScreen
from tui.ui.dashboard.annotation_actions import AnnotationActions
from tui.ui.dashboard.list_actions import ListActions
from tui.ui.dashboard.navigation_actions import NavigationActions
from tui.ui.dashboard.note_dialog import NoteDialog
from tui.ui.dashboard.provider_actions import ProviderActions
from tui.ui.dashboard.screen import DashboardScreen
from tui.ui.help.command_palette import PaletteScreen
from tui.ui.help.help_screen import HelpScreen
from tui.ui.log.screen import LogScreen
from tui.ui.new_task.options import OptionsScreen
from tui.ui.new_task.screen import NewTaskScreen
from tui.ui.reader.citations import ReaderCitations
from tui.ui.reader.copying import ReaderCopying
from tui.ui.reader.hints import ReaderHints
from tui.ui.reader.lists import ReaderLists
from tui.ui.reader.navigation import ReaderNavigation
from tui.ui.reader.screen import ReaderScreen
from tui.ui.reader.search_bar import ReaderSearch
from tui.ui.reader.views import ReaderViews
from tui.ui.search.results import SearchScreen
from tui.ui.search.sources import SourcesScreen
from tui.ui.shell.choice_dialog import ChoiceDialog
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.dialogs import ConfirmDialog, Dialog, InputDialog
from tui.ui.shell.text_dialog import TextDialog
from tui.ui.versions.screen import VersionsScreen
from tui.ui.widgets.list_view import LineView

SCREENS: dict[str, type[CommandScreen[Any]]] = {
    "tasks": DashboardScreen,
    "reader": ReaderScreen,
    "sources": SourcesScreen,
    "search": SearchScreen,
    "log": LogScreen,
    "compare": CompareScreen,
    "costs": CostsScreen,
    "accounts": AccountsScreen,
    "form": NewTaskScreen,
    "help": HelpScreen,
    "ask": InputDialog,
    "checkpoint": CheckpointScreen,
    "note": NoteDialog,
    "choose": ChoiceDialog,
    "options": OptionsScreen,
    "write": TextDialog,
    "versions": VersionsScreen,
    "confirm": ConfirmDialog,
    "palette": PaletteScreen,
    "dialog": Dialog,
    "app": CommandScreen,
}
ACTIONS: dict[str, tuple[type, ...]] = {
    "tasks": (ListActions, AnnotationActions, NavigationActions, ProviderActions),
    "reader": (ReaderNavigation, ReaderCitations, ReaderLists, ReaderHints, ReaderCopying, ReaderSearch, ReaderViews),
}


def test_every_context_has_a_screen_that_says_so() -> None:
    assert SCREENS.keys() == COMMAND_SCOPES.keys()
    assert {name: screen.CONTEXT for name, screen in SCREENS.items()} == {name: name for name in COMMAND_SCOPES}


@pytest.mark.parametrize("context", COMMAND_SCOPES)
def test_every_command_of_a_screen_is_bound_to_a_function(context: str) -> None:
    places: list[type] = [SCREENS[context], LineView, DivewatchApp, *ACTIONS.get(context, ())]
    bound = {name for place in places for name in handled_by(place)}
    assert [one.id for one in commands_in(context) if one.id not in bound] == []


def test_a_double_click_runs_a_command_of_its_screen() -> None:
    for context, screen in SCREENS.items():
        assert not screen.CHOSEN or screen.CHOSEN in {command.id for command in commands_in(context)}, context


@pytest.mark.parametrize("context", COMMAND_SCOPES)
def test_no_key_means_two_things_on_one_screen(context: str) -> None:
    keys = [key for command in commands_in(context) for key in command.keys]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("context", COMMAND_SCOPES)
def test_every_screen_can_be_left_and_shows_at_most_six_keys(context: str) -> None:
    assert any("escape" in command.keys for command in commands_in(context))
    assert 0 < len(footer(context)) <= 6


@pytest.mark.parametrize("context", [context for context in COMMAND_SCOPES if context not in {"app", "confirm"}])
def test_way_out_or_help_is_always_in_the_footer(context: str) -> None:
    assert {command.id for command in footer(context)} & {"app.help", "dialog.close"}


def test_ids_are_context_and_verb() -> None:
    assert all(command.id == name and command.context in TITLES for name, command in COMMANDS.items())


def test_no_default_key_is_lost_in_tmux() -> None:
    lost = {"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+["}
    assert not [command.id for command in COMMANDS.values() if set(command.keys) & lost]
    assert not [
        command.id for command in COMMANDS.values() if any("alt+" in key or "shift+ctrl" in key for key in command.keys)
    ]


def test_every_help_is_one_sentence_that_fits_a_table() -> None:
    assert not [command.id for command in COMMANDS.values() if not 3 < len(command.help) < 80 or "\n" in command.help]
    assert not [command.id for command in COMMANDS.values() if len(command.label) > 16]


def why(command_id: str, now: CommandContext) -> str | None:
    return COMMANDS[command_id].why_not(now)


def test_a_missing_capability_is_explained_in_the_providers_words() -> None:
    now = CommandContext(task=task(1), provider=info("valyu", Capability.CANCEL), tasks=1)
    assert why("tasks.cancel", now) == "Valyu offers no way to cancel a task"


def test_a_finished_task_cannot_be_cancelled_and_a_running_one_not_deleted() -> None:
    running = CommandContext(task=task(1), provider=info("valyu"), tasks=1)
    done = running._replace(task=task(1, TaskStatus.DONE))
    assert why("tasks.cancel", running) is None
    assert why("tasks.cancel", done) == "the task has already ended"
    assert why("tasks.delete", done) is None
    assert why("tasks.delete", running) is not None


def test_only_a_waiting_task_can_be_answered() -> None:
    waiting = CommandContext(task=task(1, TaskStatus.WAITING), provider=info("valyu"))
    assert why("tasks.answer", waiting) is None
    assert why("tasks.answer", waiting._replace(task=task(1))) == "the task is not waiting for an answer"


def test_a_task_that_ended_there_and_waits_for_an_answer_has_nothing_to_stop() -> None:
    service = replace(info("valyu"), ended_words=frozenset({"completed"}))
    plan = CommandContext(task=task(1, TaskStatus.WAITING, provider_status="completed"), provider=service)
    assert "has ended there" in str(why("tasks.cancel", plan))
    assert why("tasks.answer", plan) is None
    asks = plan._replace(task=task(1, TaskStatus.WAITING, provider_status="requires_action"))
    assert why("tasks.cancel", asks) is None
    assert why_not(Capability.CANCEL, plan.task or task(1), service) == why("tasks.cancel", plan)


def test_an_orphan_cannot_be_steered() -> None:
    assert why("tasks.steer", CommandContext(task=task(1, remote_id=None), provider=info("valyu"))) is not None


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_every_predicate_answers_the_empty_situation(command: Command) -> None:
    reason = command.why_not(CommandContext())
    assert reason is None or (reason and "\n" not in reason)


def test_registry_keymap_and_tables_come_without_textual() -> None:
    code = "import sys, tui.ui.commands.keymap, tui.ui.terminal.checks as _; "
    code += "print('textual' in sys.modules, 'httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == [
        "False",
        "False",
    ]


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_can_be_built(preset: str) -> None:
    assert Keymap.build(preset).of("app.quit")


def test_a_task_is_not_started_again_without_any_key() -> None:
    again = COMMANDS["tasks.again"]
    assert again.why_not(CommandContext(tasks=1, task=task(1))) == "no provider has a key: A takes one"
    assert again.why_not(CommandContext(tasks=1, task=task(1), providers=1)) is None
