"""The new-task form: brief, providers, modes, options, schema; checked per field, priced, confirmed, then sent once."""

from collections.abc import Mapping

from textual.app import ComposeResult

from tui.domain import budget
from tui.domain.amounts import at_most
from tui.domain.detail import Json
from tui.domain.provider import Draft
from tui.domain.text import one_line, plural
from tui.ui.commands.command import Handlers
from tui.ui.commands.registry import CommandContext
from tui.ui.new_task.brief_form import BriefForm
from tui.ui.new_task.options import OptionsScreen
from tui.ui.new_task.plan import PlanLines
from tui.ui.new_task.planner import Choice, Plan, read_schema, schema_text
from tui.ui.new_task.templates import choose_template
from tui.ui.shell.shell import shell
from tui.ui.shell.text_dialog import WriteScreen
from tui.ui.widgets.bars import KeyBar, StatusLine


class NewTaskScreen(BriefForm):
    """Starts one task at one provider, or the same brief at several.

    Args:
        like: what the form begins with, by account key; e.g. what another task was started with.
        about: what it is, for the status line: "new task", "again", "follow-up of ...".
        kept: the name of the draft.
    """

    def __init__(self, like: Mapping[str, Draft] | None = None, about: str = "new task", kept: str = "") -> None:
        prompt = next((draft.prompt for draft in (like or {}).values()), "")
        super().__init__(prompt, "What should be found out?")
        self.kept = kept
        self._like = like
        self._about = about

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        app = shell(self)
        self.plan = Plan.of(list(app.providers().values()), self._like)
        self.lines_view = PlanLines(self.plan, app.services.drafting)
        yield self.brief
        yield self.lines_view
        yield StatusLine()
        yield KeyBar(self.CONTEXT)

    def situation(self) -> CommandContext:
        """Return what can be chosen."""
        return CommandContext(providers=len(self.plan.choices))

    def typed(self) -> Mapping[str, Json]:
        """Return the brief, and what was chosen."""
        return {**super().typed(), **self.plan.chosen_values()}

    def put(self, typed: Mapping[str, Json]) -> None:
        """Fill in the brief, and choose."""
        super().put(typed)
        self.plan.choose(typed)
        self.again()

    def again(self) -> None:
        """Bring price, rows and status up to date."""
        app, view = shell(self), self.lines_view
        self.plan.prompt = self.brief.text
        prices = self.plan.prices(app.services.drafting)
        view.price = at_most(cost for _, cost in prices)
        every = self.plan.choices
        view.prices = {choice.state.key: self.plan.price(choice, app.services.drafting) for choice in every}
        view.warnings = budget.warnings([cost for _, cost in prices], self.spent, app.services.budget)
        view.list_rows()
        view.lines_changed()
        written = f"{len(self.plan.prompt):,} characters"
        self.query_one(StatusLine).place(
            ((f"{one_line(self._about, 60)}  ", "strong"), (written, "dim")), (("tab: brief or choices ", "dim"),)
        )
        self.query_one(KeyBar).update(app.keymap, self.situation())
        self.changed()

    def on_text_area_changed(self) -> None:
        """The price may depend on the brief."""
        self.lines_view.troubles = {}
        self.again()

    # Choices

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "form.send": self.action_send,
        }

    def action_change(self) -> None:
        """Choose a provider, or change what is under the cursor."""
        kind, choice = self.lines_view.current
        if kind == "account" and choice is not None:
            if choice.unable:
                shell(self).say(choice.unable, problem=True)
            choice.chosen = not choice.chosen and not choice.unable
            self.lines_view.troubles = {}
            self.again()
        elif kind == "options" and choice is not None:
            self._change_options(choice)
        elif kind == "schema":
            self._ask_schema()
        elif kind == "template":
            choose_template(shell(self), self.brief.text, self._take_brief)

    def change_mode(self, by: int) -> None:
        """Take another mode of the provider under the cursor."""
        choice = self.lines_view.current[1]
        if choice is not None:
            choice.next_mode(by)
            self.again()

    def _take_brief(self, text: str) -> None:
        self.brief.text = text
        self.brief.move_cursor(self.brief.document.end)
        self.brief.focus()

    def _change_options(self, choice: Choice) -> None:
        drafting = shell(self).services.drafting
        assert drafting is not None, "there is no row of options otherwise"
        provider = drafting(choice.state.info.name)

        def check(options: dict[str, Json]) -> list[tuple[str, str]]:
            draft = self.plan.draft(choice)
            return list(provider.check(Draft(draft.prompt or "x", draft.mode, draft.output_schema, options)))

        def changed(options: dict[str, Json] | None) -> None:
            if options is not None:
                choice.options = options
            self.again()

        title = one_line(choice.state.info.title)
        shell(self).show(OptionsScreen(title, provider.options(), choice.options, check), changed)

    def _ask_schema(self) -> None:
        def answered(text: str | None) -> None:
            if text is not None:
                self.plan.schema = read_schema(text) if text else None
            self.again()

        hint = "Paste a JSON schema, or name a file that holds one; empty for none."
        text = schema_text(self.plan.schema)
        screen = WriteScreen("Output schema", hint, text, check=_check_schema, kept="schema")
        shell(self).show(screen, answered)

    # Sending

    def action_send(self) -> None:
        """Check every field, show the price, ask, then send once."""
        app, view = shell(self), self.lines_view
        self.plan.prompt = self.brief.text
        view.troubles = self.plan.troubles(app.services.drafting)
        self.again()
        if view.troubles:
            app.say("not sent: see the marked fields", problem=True)
            return
        prices = self.plan.prices(app.services.drafting)
        names = ", ".join(key for key, _ in prices)
        question = (
            f"To {names}: {at_most(cost for _, cost in prices)}. It is sent once and cannot be taken back from here."
        )
        text = "\n".join(f"! {warning}" for warning in view.warnings)
        title = "Start this task?" if len(prices) == 1 else f"Start {plural(len(prices), 'task')}?"
        self.ask_to_send(title, question, text, "send it", self._send)

    def _send(self, confirmation: str) -> None:
        app = shell(self)
        assert app.engine is not None, "nothing is sent without one"
        chosen = self.plan.chosen
        group = confirmation if len(chosen) > 1 else None
        for choice in chosen:
            token = f"{confirmation}:{choice.state.key}"
            future = app.engine.create(choice.state.key, self.plan.draft(choice), confirmation=token, group=group)
            app.when_done(future, app.started)
        app.say(f"sent to {plural(len(chosen), 'provider')}")


def _check_schema(text: str) -> None:
    if text.strip():
        read_schema(text)
