"""The batch form: several briefs at one provider, one under the other; priced, confirmed, sent once."""

from collections.abc import Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.content import Content

from tui.domain import budget
from tui.domain.account import account_title
from tui.domain.amounts import at_most
from tui.domain.capability import Capability
from tui.domain.cells import fit
from tui.domain.detail import Json
from tui.domain.provider import Draft
from tui.domain.task import IN_QUEUE, Cost, Task
from tui.domain.text import one_line, plural
from tui.engine.api import BatchPlan
from tui.engine.commands.batches import briefs_in
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.new_task.brief_form import BriefForm
from tui.ui.new_task.outcome import queued_by
from tui.ui.new_task.planner import Choice
from tui.ui.shell.box import Box
from tui.ui.shell.dialogs import InputDialog
from tui.ui.shell.shell import shell
from tui.ui.text.lines import Line
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.item_list import TextLines
from tui.ui.widgets.list_view import LineView

_AROUND = 10  # lines of the form beside its rows: frames, a brief, a line of what is sent, the bars
_LONGEST = 300  # characters of a brief in the preview, which is one line each


class BatchLines(LineView):
    """The rows of the form: provider, mode, name of the batch, price."""

    def __init__(self, choices: list[Choice]) -> None:
        super().__init__(name="plan")
        self.choices = choices
        self.at = 0
        self.batch_name = ""
        self.price = ""
        self.notes: list[str] = []

    @property
    def choice(self) -> Choice:
        """The account that the batch is sent to."""
        return self.choices[self.at]

    @property
    def mode(self) -> str | None:
        """The chosen mode."""
        modes = self.choice.state.info.modes
        return modes[self.choice.mode].name if modes else None

    def line_count(self) -> int:
        """Return the number of rows."""
        return 4 + len(self.notes)

    def can_stop(self, number: int) -> bool:
        """Whether the cursor can be on a row: only where something can be changed."""
        return number < 3

    def line(self, number: int, width: int) -> Line:
        """Return one row."""
        info = self.choice.state.info
        mode = info.modes[self.choice.mode] if info.modes else None
        rows: list[Line] = [
            ((" provider  ", "dim"), (one_line(account_title(self.choice.state.key)), "strong")),
            (
                (" mode      ", "dim"),
                ("‹ ", "key"),
                (fit(mode.name, 9) if mode else "-", "plain"),
                ("› ", "key"),
                (one_line(mode.note) if mode else "", "dim"),
            ),
            ((" name      ", "dim"), (one_line(self.batch_name) or "none", "plain")),
            ((" costs     ", "dim"), (self.price or "nothing is written yet", "strong")),
        ]
        rows += [((" ! ", "warn"), (note, "warn")) for note in self.notes]
        return rows[number]


class BatchScreen(BriefForm):
    """The form that starts a batch."""

    def __init__(self) -> None:
        super().__init__("", "One brief, a blank line, the next brief")
        self.kept = "batch"

    def compose(self) -> ComposeResult:
        """Yield the briefs, the rows and the bars."""
        states = shell(self).providers().values()
        choices = [Choice(state) for state in states if Capability.BATCH in state.info.capabilities]
        ready = [choice for choice in choices if not choice.unable] or choices
        for choice in ready:
            choice.mode = next((n for n, mode in enumerate(choice.state.info.modes) if mode.default), 0)
        self.view = BatchLines(ready)
        self.preview = TextLines([], name="preview")
        self.preview.can_focus = False
        self.sent = Box(self.preview, "", "sent-box")
        yield Box(self.brief, "Briefs, with a blank line between two", "brief-box")
        yield Box(self.view, "One batch", "plan-box")
        yield self.sent
        yield StatusLine()
        yield KeyBar(self)

    def on_resize(self, event: events.Resize) -> None:
        """Leave out what will be sent where the bars would have no room."""
        self.set_class(event.size.height < self.view.line_count() + _AROUND, "-low")

    def command_context(self) -> CommandContext:
        """Return how many accounts can start a batch."""
        count = len(self.view.choices)
        return CommandContext(providers=count, batches=count)

    def typed(self) -> Mapping[str, Json]:
        """Return the form's contents as a draft to save: briefs and choices."""
        choice = self.view.choice
        chosen: dict[str, Json] = {"account": choice.state.key, "mode": self.view.mode, "name": self.view.batch_name}
        return {**super().typed(), **chosen}

    def put(self, typed: Mapping[str, Json]) -> None:
        """Restore briefs and choices from a saved draft."""
        super().put(typed)
        view, name = self.view, typed.get("name")
        view.at = next((n for n, one in enumerate(view.choices) if one.state.key == typed.get("account")), view.at)
        modes = [mode.name for mode in view.choice.state.info.modes]
        view.choice.mode = modes.index(mode) if (mode := typed.get("mode")) in modes else view.choice.mode
        view.batch_name = name if isinstance(name, str) else ""
        self.again()

    @property
    def _prompts(self) -> list[str]:
        return briefs_in(self.brief.text)

    def _prices(self) -> list[tuple[str, Cost]]:
        drafting = shell(self).services.drafting
        key, name = self.view.choice.state.key, self.view.choice.state.info.name
        drafts = [Draft(prompt, self.view.mode) for prompt in self._prompts]
        return [(key, drafting(name).cost_at_most(draft) if drafting else Cost()) for draft in drafts]

    def again(self) -> None:
        """Count and price the briefs again."""
        app, view = shell(self), self.view
        prices = self._prices()
        view.price = f"{plural(len(prices), 'task')}: {at_most(prices)}" if prices else ""
        view.notes = budget.warnings(prices, self.spent, app.services.budget)
        view.lines_changed()
        view.parent.styles.height = view.line_count() + 2  # type: ignore[union-attr]  # it stands in a box
        written = plural(len(prices), "brief")
        self.sent.border_title = Content(f"What will be sent: {written}")
        self.preview.set_lines(_numbered(self._prompts))
        self.query_one(StatusLine).place(
            (("new batch  ", "strong"), (written, "plain")), (("nothing is sent before you say yes ", "dim"),)
        )
        self.query_one(KeyBar).update(app.keymap, self.command_context())

    on_text_area_changed = again

    def action_change(self) -> None:
        """Switch to the next provider or mode, or type another name."""
        view = self.view
        if view.cursor == 0:
            view.at = (view.at + 1) % len(view.choices)
        elif view.cursor == 1:
            self.change_mode(1)
        elif view.cursor == 2:
            self._ask_name()
        self.again()

    def _ask_name(self) -> None:
        def answered(name: str) -> None:
            self.view.batch_name = name
            self.again()

        shell(self).show(InputDialog("Name of the batch", "Shown at the provider.", self.view.batch_name), answered)

    def change_mode(self, by: int) -> None:
        """Switch to the next or previous mode that supports batches."""
        choice, limits = self.view.choice, self.view.choice.state.info.batch
        for _ in choice.state.info.modes:
            choice.next_mode(by)
            if limits is None or self.view.mode not in limits.without_modes:
                break
        self.again()

    # Sending

    def _trouble(self) -> str:
        prompts, drafting = self._prompts, shell(self).services.drafting
        if self.view.choice.unable:
            return self.view.choice.unable
        if not prompts:
            return "no brief is written yet"
        limits = self.view.choice.state.info.batch
        if limits is not None and len(prompts) > limits.most:
            return f"{len(prompts):,} briefs; at most {limits.most}"
        for number, prompt in enumerate(prompts, 1):
            draft = Draft(prompt, self.view.mode)
            wrong = drafting(self.view.choice.state.info.name).check(draft) if drafting else ()
            if wrong:
                return one_line(f"brief {number}: {wrong[0][0]} {wrong[0][1]}", 200)
        return ""

    @handles("form.send")
    def action_send(self) -> None:
        """Check, show the price, ask, then send once."""
        app = shell(self)
        trouble = self._trouble()
        if trouble:
            app.say(f"not sent: {trouble}", problem=True)
            return
        prices = self._prices()
        key, sender = self.view.choice.state.key, self.view.choice.state.sender
        how = f" {queued_by(sender)}." if sender else ""
        question = f"To {one_line(account_title(key))}: {at_most(prices)}. All are sent at once, or none.{how}"
        text = "\n".join([f"{n}. {one_line(prompt, 60)}" for n, prompt in enumerate(self._prompts[:8], 1)])
        notes = "".join(f"\n! {note}" for note in self.view.notes)
        title = f"Start {plural(len(prices), 'task')}?"
        self.ask_to_send(title, question, text + notes, "send them", self._send)

    def _send(self, confirmation: str) -> None:
        app = shell(self)
        assert app.engine is not None, "nothing is sent without one"
        typed, plan = self.typed(), BatchPlan(tuple(self._prompts), self.view.mode, self.view.batch_name)
        future = app.engine.batch(self.view.choice.state.key, plan, confirmation=confirmation)

        def started(tasks: Sequence[Task]) -> None:
            for task in tasks:
                app.started(task)
            queued = any(task.waits_in_queue for task in tasks)
            app.say(f"batch of {plural(len(tasks), 'task')} {IN_QUEUE if queued else 'sent'}")

        app.when_done(future, started, lambda: self.keep_again(typed))
        app.say(f"sending {plural(len(plan.prompts), 'task')}")


def _numbered(prompts: Sequence[str]) -> list[Line]:
    """Return each brief in one line with its number, as it will be sent."""
    if not prompts:
        return [((" write a brief, a blank line, then the next one", "dim"),)]
    return [
        ((f" {number:>3}  ", "dim"), (one_line(prompt, _LONGEST), "plain")) for number, prompt in enumerate(prompts, 1)
    ]
