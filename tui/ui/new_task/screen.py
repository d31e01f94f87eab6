"""The new-task form: brief, providers, modes, options, schema; checked per field, priced, confirmed, then sent once."""

from collections.abc import Mapping
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content

from tui.domain import budget
from tui.domain.account import account_title
from tui.domain.amounts import at_most
from tui.domain.detail import Detail, Json
from tui.domain.provider import Draft
from tui.domain.task import Cost, Task
from tui.domain.text import join, one_line, plural
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.new_task.brief_form import BriefForm
from tui.ui.new_task.earlier import EarlierLines, SimilarBriefs, usual_times
from tui.ui.new_task.options import OptionsScreen
from tui.ui.new_task.outcome import mode_lines, modes_in_brief, outcome_lines, queued_by, way_back
from tui.ui.new_task.plan import PlanLines
from tui.ui.new_task.planner import Choice, Plan, read_schema, schema_text
from tui.ui.new_task.templates import choose_template
from tui.ui.shell.box import Box
from tui.ui.shell.dialogs import InputDialog
from tui.ui.shell.shell import ReportRoute, shell
from tui.ui.shell.text_dialog import TextDialog
from tui.ui.text.lines import EMPTY
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.item_list import TextLines
from tui.ui.widgets.list_view import LineView

_BRIEF = 5  # least lines of the brief, with its edges
_ROOMY_BRIEF = 10  # where there is room for all parts; it grows with its text
_OUTCOME = 7  # lines of what will happen where it stands below, with its edges
_EARLIER = 5  # least lines of similar tasks where they fill what is left
_ROOM_FOR_OUTCOME = 18  # lines of the screen from which there is room for it
_ROOM_FOR_EARLIER = 34
_WIDE = 100  # columns from which the parts stand side by side


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
        """Yield the brief, the rows, the boxes beside them and the bars."""
        app = shell(self)
        self._usual = usual_times(app.tasks.values())
        self._similar = SimilarBriefs(())
        self.plan = Plan.of(list(app.providers().values()), self._like)
        self.lines_view = PlanLines(self.plan, app.services.drafting, self._usual)
        self.outcome = TextLines(name="outcome")
        self.outcome.can_focus = False  # it is short: tab goes from what can be changed to what can be changed
        self.earlier = EarlierLines()
        self.parts = {
            "brief": Box(self.brief, "Brief", "brief-box"),
            "plan": Box(self.lines_view, "Ask whom", "plan-box"),
            "outcome": Box(self.outcome, "What will happen", "outcome-box"),
            "earlier": Box(self.earlier, "", "earlier-box"),
        }
        yield self.parts["brief"]
        asked = Container(self.parts["plan"], self.parts["earlier"], id="asking")
        yield Container(asked, self.parts["outcome"], id="choices")
        yield StatusLine()
        yield KeyBar(self)

    def on_mount(self) -> None:
        """Set the titles of the boxes and their keys."""
        keymap, parts = shell(self).keymap, self.parts
        parts["brief"].say_keys(keymap, "form.editor", "form.template")
        parts["plan"].say_keys(keymap, "form.toggle", "form.next_mode", "form.options", "form.all")
        tasks = list(shell(self).tasks.values())
        shell(self).in_background(lambda: SimilarBriefs(tasks), self.while_open(self._look_for_similar))

    def _look_for_similar(self, similar: SimilarBriefs) -> None:
        self._similar = similar
        self.again()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the boxes for the new size."""
        super().on_resize(event)
        self.call_after_refresh(self._arrange)

    def command_context(self) -> CommandContext:
        """Return what can be chosen."""
        return CommandContext(providers=len(self.plan.choices))

    def typed(self) -> Mapping[str, Json]:
        """Return the form's contents as a draft to save: brief and choices."""
        return {**super().typed(), **self.plan.chosen_values()}

    def put(self, typed: Mapping[str, Json]) -> None:
        """Restore brief and choices from a saved draft."""
        super().put(typed)
        self.plan.choose(typed)
        self.again()

    def again(self) -> None:
        """Update price, rows and status line."""
        app, view = shell(self), self.lines_view
        self.plan.prompt = self.brief.text
        every = self.plan.choices
        view.prices = {choice.state.key: self.plan.price(choice, app.services.drafting) for choice in every}
        view.list_rows()
        view.lines_changed()
        self.parts["plan"].border_title = Content(f"Ask whom: {len(self.plan.chosen)} of {len(view.shown)}")
        similar = self._similar.find(self.brief.text)
        if similar != self.earlier.items:
            self.earlier.show_items(similar)
        written = plural(len(self.plan.prompt), "character")
        self.query_one(StatusLine).place(
            ((f"{one_line(self._about, 60)}  ", "strong"), (written, "dim")),
            (("nothing is sent before you say yes", "dim"),),
        )
        self.query_one(KeyBar).update(app.keymap, self.command_context())
        self._arrange()
        self.changed()

    def _arrange(self) -> None:
        """Share the height: each box gets its lines, the brief the rest; large screens also list similar tasks."""
        height, parts, rows = self.size.height - 2, self.parts, self.lines_view.line_count() + 3
        wide, similar = self.size.width >= _WIDE, len(self.earlier.items)
        roomy = wide and height >= _ROOMY_BRIEF + rows + _EARLIER
        parts["earlier"].display = roomy or (similar > 0 and height >= _ROOM_FOR_EARLIER)
        parts["earlier"].styles.height = "1fr" if roomy else similar + 2
        before = "You asked something like this before" if similar else "You asked nothing like this before"
        parts["earlier"].border_title = Content(before if self.brief.text.strip() else "Before you write")
        parts["earlier"].border_subtitle = Content("enter opens its report" if similar else "")
        self.earlier.can_focus = similar > 0
        parts["plan"].styles.height = rows if roomy else "1fr"
        below = similar + 2 if parts["earlier"].display and not roomy else 0
        parts["outcome"].display = height - below >= _ROOM_FOR_OUTCOME
        beside = 0 if wide or not parts["outcome"].display else _OUTCOME
        wanted = max(rows, _OUTCOME * 2 if wide else 0) + beside + below
        crowded = wanted > height - _BRIEF and not wide
        parts["outcome"].styles.height = "100%" if wide else _OUTCOME - 2 * crowded
        if roomy:
            written = self.brief.wrapped_document.height + 4
            wanted = height - max(_ROOMY_BRIEF, min(written, height - rows - _EARLIER))
        self.query_one("#choices").styles.height = max(4, min(wanted, height - _BRIEF + crowded))
        self._tell_outcome()

    def on_line_view_fitted(self, event: LineView.Fitted) -> None:
        """Say it in the width there is."""
        if event.view is self.outcome:
            self._tell_outcome()

    def _tell_outcome(self) -> None:
        """Show what sending does, and the modes of the provider under the cursor."""
        app, width = shell(self), max(20, self.outcome.size.width)
        drafting, chosen = app.services.drafting, self.plan.chosen
        prices = self.plan.prices(drafting)
        lines = outcome_lines(prices, chosen, self.spent, app.services.budget, width)
        choice = self.lines_view.current[1]
        if choice is not None:

            def price(mode: str) -> Cost:
                return self.plan.price(choice, drafting, mode)

            title = one_line(choice.state.info.title)
            if self.size.width >= _WIDE:
                lines += [EMPTY, ((f" {title}", "title"),), *mode_lines(choice, price, self._usual, width)]
            else:
                lines += modes_in_brief(choice, price, width, max(1, self.outcome.size.height - len(lines)))
        self.outcome.set_lines(lines)

    on_line_view_moved = _tell_outcome

    def on_text_area_changed(self) -> None:
        """Update the price, which may depend on the brief."""
        self.lines_view.troubles = {}
        self.again()

    # Choices

    def action_change(self) -> None:
        """Choose a provider, or change the row under the cursor."""
        if self.focused is self.earlier:
            self._open_earlier()
            return
        kind, choice = self.lines_view.current
        if kind == "account" and choice is not None:
            if choice.unable:
                shell(self).say(choice.unable, problem=True)
            choice.chosen = not choice.chosen and not choice.unable
            self.lines_view.troubles = {}
            self.again()
        elif kind == "schema":
            self._ask_schema()
        elif kind == "template":
            self.action_template()

    @handles("form.template")
    def action_template(self) -> None:
        """Fill the brief from a template, or save it as one."""
        choose_template(shell(self), self.brief.text, self._take_brief)

    @handles("form.all")
    def choose_all(self) -> None:
        """Choose every provider, or none."""
        self.plan.choose_all()
        self.lines_view.troubles = {}
        self.again()

    @handles("form.options")
    def change_options(self) -> None:
        """Open the options of the provider under the cursor."""
        choice = self.lines_view.current[1]
        if choice is None or not self.lines_view.options(choice):
            shell(self).say("options: there are none here", problem=True)
        else:
            self._change_options(choice)

    @handles("form.type_mode")
    def type_mode(self) -> None:
        """Ask for a mode, where the provider takes others than the listed ones."""
        choice = self.lines_view.current[1]
        if choice is None or not choice.state.info.open_modes:
            shell(self).say("type mode: it has the modes shown and no others", problem=True)
            return

        def answered(text: str) -> None:
            choice.take_mode(one_line(text, 200))
            self.again()

        title = f"{one_line(choice.state.info.title)}: mode"
        hint = "Its name, as the provider knows it. Its price is not known here."
        shell(self).show(InputDialog(title, hint, choice.mode_name or ""), answered)

    def _open_earlier(self) -> None:
        """Open the report of the similar task under the cursor over the form."""
        app, task = shell(self), self.earlier.current
        if app.engine is None or task is None:
            return

        def read(detail: Detail | None) -> None:
            if detail is not None and detail.report is not None and self.is_active:
                app.open(ReportRoute(detail))
            elif self.is_active:
                app.say("this task has no report", problem=True)

        app.when_done(app.engine.detail(task.id), read)

    def change_mode(self, by: int) -> None:
        """Switch to the next or previous mode of the provider under the cursor."""
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

        def changed(options: dict[str, Json]) -> None:
            choice.options = options
            self.again()

        title = one_line(choice.state.info.title)
        shell(self).show(OptionsScreen(title, provider.options(), choice.options, check), changed)

    def _ask_schema(self) -> None:
        def answered(text: str) -> None:
            self.plan.schema = read_schema(text) if text else None
            self.again()

        hint = "Paste a JSON schema, or name a file that holds one; empty for none."
        text = schema_text(self.plan.schema)
        screen = TextDialog("Output schema", hint, text, check=_check_schema, kept="schema")
        shell(self).show(screen, answered)

    # Sending

    @handles("form.send")
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
        names = ", ".join(one_line(account_title(key)) for key, _ in prices)
        queued = list(dict.fromkeys(queued_by(one.state.sender) for one in self.plan.chosen if one.state.sender))
        back = "; until then x takes it back." if queued else way_back(self.plan.chosen)
        how = " ".join([f"{text}." for text in queued])
        total = at_most(prices)
        question = f"To {names}: {total}. {how} It is sent once{back}".replace("  ", " ")
        warnings = budget.warnings(prices, self.spent, app.services.budget)
        text = "\n".join(f"! {warning}" for warning in warnings)
        title = "Start this task?" if len(prices) == 1 else f"Start {plural(len(prices), 'task')}?"
        self.ask_to_send(title, question, text, "send it", self._send)

    def _send(self, confirmation: str) -> None:
        app = shell(self)
        assert app.engine is not None, "nothing is sent without one"
        chosen, refused, places = self.plan.chosen, set[str](), list[str]()
        group = confirmation if len(chosen) > 1 else None
        brief = super().typed()

        def began(title: str, task: Task) -> None:
            """Say of one brief at several services where all it runs, not only where it began last."""
            if task.remote_id is not None and title not in places:
                places.append(title)
            app.started(task, join(places))

        def failed(key: str) -> None:
            """The draft is kept for those that did not start it: the others are not asked twice."""
            refused.add(key)
            for choice in self.plan.choices:
                choice.chosen = choice.state.key in refused
            self.keep_again({**brief, **self.plan.chosen_values()})

        for choice in chosen:
            token = f"{confirmation}:{choice.state.key}"
            future = app.engine.create(choice.state.key, self.plan.draft(choice), confirmation=token, group=group)
            app.when_done(future, partial(began, one_line(choice.state.info.title)), partial(failed, choice.state.key))
        waits = any(choice.state.sender for choice in chosen)
        app.say("queued" if waits else f"sent to {plural(len(chosen), 'provider')}")


def _check_schema(text: str) -> None:
    if text.strip():
        read_schema(text)
