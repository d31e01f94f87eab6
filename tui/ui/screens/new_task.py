"""The new-task form: brief, providers, modes, options, schema; checked per field, priced, confirmed, then sent once."""

import os
import shlex
import subprocess
import tempfile
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from textual.app import ComposeResult, SuspendNotSupported
from textual.widgets import TextArea

from tui.domain.task import Task
from tui.domain.text import one_line, plural
from tui.ui.commands import Situation
from tui.ui.drafts import Choice, Plan, over_budget, read_options, read_schema, total
from tui.ui.host import CommandScreen, app_of
from tui.ui.paint import Line, fit
from tui.ui.screens.dialogs import AskScreen, ConfirmScreen
from tui.ui.terminal import scrubbed
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.lines import LineView
from tui.ui.words import cost_text


class PlanLines(LineView):
    """Everything but the brief, one thing a line."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(name="plan")
        self.plan = plan
        self.troubles: dict[str, list[str]] = {}
        self.price = ""
        self._rows: list[tuple[str, Choice | None, str]] = []
        self.list_rows()

    def list_rows(self) -> None:
        """List the rows anew; the cursor stays on its line number."""
        rows: list[tuple[str, Choice | None, str]] = [("trouble", None, text) for text in self.troubles.get("", ())]
        for choice in self.plan.choices:
            rows.append(("account", choice, ""))
            if choice.chosen and not choice.unable:
                rows.append(("options", choice, ""))
            rows += [("trouble", choice, text) for text in self.troubles.get(choice.state.key, ())]
        rows += [("schema", None, ""), ("price", None, "")]
        self._rows = rows

    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def can_stop(self, number: int) -> bool:
        """Rest only where something can be changed."""
        return self._rows[number][0] in {"account", "options", "schema"}

    @property
    def current(self) -> tuple[str, Choice | None]:
        """What is under the cursor."""
        kind, choice, _ = self._rows[min(self.cursor, len(self._rows) - 1)]
        return kind, choice

    def line(self, number: int, width: int) -> Line:
        """Return one row."""
        kind, choice, text = self._rows[number]
        if kind == "trouble":
            return (("     ✗ ", "bad"), (text, "bad"))
        if kind == "schema":
            told = "none: free text" if self.plan.schema is None else plural(len(self.plan.schema), "member")
            return ((" output schema  ", "dim"), (told, "plain"), ("   enter: paste one, or name a file", "dim"))
        if kind == "price":
            return ((" costs  ", "dim"), (self.price or "nothing is chosen", "strong"))
        assert choice is not None
        return _account(choice) if kind == "account" else _options(choice)


def _account(choice: Choice) -> Line:
    info = choice.state.info
    name = info.title if choice.state.account == "default" else f"{info.title}:{choice.state.account}"
    if choice.unable:
        return ((" [-] ", "dim"), (fit(one_line(name), 16), "dim"), (one_line(choice.unable), "dim"))
    sign = (" [x] ", "accent") if choice.chosen else (" [ ] ", "plain")
    if not info.modes:
        return (sign, (fit(one_line(name), 16), "strong"))
    mode = info.modes[choice.mode]
    price = cost_text(mode.cost)
    arrows = "‹ › " if len(info.modes) > 1 else ""
    return (
        sign,
        (fit(one_line(name), 16), "strong" if choice.chosen else "plain"),
        (arrows, "key"),
        (fit(mode.name, 14), "plain"),
        (f"{price:<9}", "strong"),
        (one_line(mode.note), "dim"),
    )


def _options(choice: Choice) -> Line:
    told = ", ".join(f"{name}={value}" for name, value in choice.options.items()) or "none"
    return (("       options  ", "dim"), (one_line(told), "plain"), ("   enter changes", "dim"))


class NewTaskScreen(CommandScreen[None]):
    """Starts one task at one provider, or the same brief at several."""

    CONTEXT = "form"
    BEGINS_TYPING = True
    AUTO_FOCUS = "*"

    def __init__(self, like: Task | None = None) -> None:
        super().__init__()
        self._like = like
        self.brief = TextArea(like.prompt or "" if like else "", id="brief", placeholder="What should be found out?")
        self._sent = False

    def compose(self) -> ComposeResult:
        """Lay the form out."""
        like = self._like
        states = list(app_of(self).providers().values())
        self.plan = Plan.of(states, like.provider if like else "", like.mode if like else None)
        self.lines_view = PlanLines(self.plan)
        yield self.brief
        yield self.lines_view
        yield StatusLine()
        yield KeyBar(self.CONTEXT)

    def on_mount(self) -> None:
        """Begin with the brief."""
        self.brief.focus()
        self._again()

    def situation(self) -> Situation:
        """Return what can be chosen."""
        return Situation(providers=len(self.plan.choices))

    def _again(self) -> None:
        """Bring price, rows and status up to date."""
        self.plan.prompt = self.brief.text
        self.lines_view.price = total(self.plan.prices(app_of(self).services.drafting))
        self.lines_view.list_rows()
        self.lines_view.lines_changed()
        written = f"{len(self.plan.prompt):,} characters"
        self.query_one(StatusLine).place(
            (("new task  ", "strong"), (written, "dim")), (("tab: brief or choices ", "dim"),)
        )
        self.query_one(KeyBar).update(app_of(self).keymap, self.situation())

    def on_text_area_changed(self) -> None:
        """The price may depend on the brief."""
        self.lines_view.troubles = {}
        self._again()

    # Choices

    def action_change(self) -> None:
        """Choose a provider, or change what is under the cursor."""
        kind, choice = self.lines_view.current
        if kind == "account" and choice is not None:
            if choice.unable:
                app_of(self).say(choice.unable, problem=True)
            choice.chosen = not choice.chosen and not choice.unable
            self.lines_view.troubles = {}
            self._again()
        elif kind == "options" and choice is not None:
            self._ask_options(choice)
        elif kind == "schema":
            self._ask_schema()

    def on_line_view_chosen(self) -> None:
        """A double click chooses."""
        self.action_change()

    def action_next_mode(self) -> None:
        """The next mode of the provider under the cursor."""
        self._mode(1)

    def action_previous_mode(self) -> None:
        """The mode before."""
        self._mode(-1)

    def _mode(self, by: int) -> None:
        choice = self.lines_view.current[1]
        if choice is not None:
            choice.next_mode(by)
            self._again()

    def _ask_options(self, choice: Choice) -> None:
        def answered(text: str | None) -> None:
            if text is None:
                return
            try:
                choice.options = {} if text == "-" else read_options(text)
            except ValueError as error:
                app_of(self).say(str(error), problem=True)
            self._again()

        now = ", ".join(f"{name}={value}" for name, value in choice.options.items())
        hint = "name=value, name=value, or a JSON object; - for none. Names are the provider's own."
        self.app.push_screen(AskScreen(f"Options for {one_line(choice.state.info.title)}", hint, now), answered)

    def _ask_schema(self) -> None:
        def answered(text: str | None) -> None:
            if text is None:
                return
            try:
                self.plan.schema = None if text == "-" else read_schema(text)
            except ValueError as error:
                app_of(self).say(str(error), problem=True)
            self._again()

        self.app.push_screen(
            AskScreen("Output schema", "A JSON schema, or the path of a file with one; - for none."), answered
        )

    def action_editor(self) -> None:
        """Write the brief in the person's own editor."""
        editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
        with tempfile.TemporaryDirectory(prefix="divewatch-") as folder:
            path = Path(folder) / "brief.md"
            path.write_text(self.brief.text, "utf-8")
            try:
                with self.app.batch_update(), self.app.suspend():
                    done = subprocess.run([*editor, str(path)], env=scrubbed(os.environ), check=False)  # noqa: S603  the person's own editor
                text = path.read_text("utf-8", "replace") if done.returncode == 0 else self.brief.text
            except (OSError, SuspendNotSupported) as error:
                app_of(self).say(f"{editor[0]}: {error}", problem=True)
                return
        self.app.refresh()
        self.brief.text = text.rstrip("\n")

    # Sending

    def action_send(self) -> None:
        """Check every field, show the price, ask, then send once."""
        self.plan.prompt = self.brief.text
        drafting = app_of(self).services.drafting
        self.lines_view.troubles = self.plan.troubles(drafting)
        self._again()
        if self.lines_view.troubles:
            app_of(self).say("not sent: see the marked fields", problem=True)
            return
        prices = self.plan.prices(drafting)
        day, month = spent(list(app_of(self).tasks.values()), datetime.now(UTC))
        warnings = over_budget(prices, day, month, app_of(self).services.budget)
        names = ", ".join(key for key, _ in prices)
        question = f"To {names}: {total(prices)}. It is sent once and cannot be taken back from here."
        confirmation = uuid.uuid4().hex
        text = "\n".join(f"! {warning}" for warning in warnings)

        def answered(yes: bool | None) -> None:
            if yes:
                self._send(confirmation)
            else:
                app_of(self).say("nothing was sent")

        self.app.push_screen(ConfirmScreen("Start this task?", question, text, yes="send it"), answered)

    def _send(self, confirmation: str) -> None:
        app = app_of(self)
        if app.engine is None or self._sent:
            return
        self._sent = True
        chosen = self.plan.chosen
        group = confirmation if len(chosen) > 1 else None
        for choice in chosen:
            token = f"{confirmation}:{choice.state.key}"
            future = app.engine.create(choice.state.key, self.plan.draft(choice), confirmation=token)
            app.when_done(future, lambda task: app.started(task, group))
        app.say(f"sent to {plural(len(chosen), 'provider')}")
        self.dismiss(None)

    def action_back(self) -> None:
        """Leave; what was written is asked about first."""
        if not self.brief.text.strip() or (self._like and self.brief.text == self._like.prompt):
            self.dismiss(None)
            return

        def answered(yes: bool | None) -> None:
            if yes:
                self.dismiss(None)

        self.app.push_screen(ConfirmScreen("Leave the form?", "What you wrote is lost.", yes="leave"), answered)


def spent(tasks: Sequence[Task], now: datetime) -> tuple[float, float]:
    """Return dollars of this day and of this month (UTC), figures of every kind that are in dollars."""
    day = month = 0.0
    for task in tasks:
        if task.cost.amount is None or task.cost.unit != "USD" or task.created_at is None:
            continue
        created = task.created_at.astimezone(UTC)
        if (created.year, created.month) == (now.year, now.month):
            month += task.cost.amount
            day += task.cost.amount if created.day == now.day else 0.0
    return day, month
