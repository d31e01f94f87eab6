"""The form that answers a checkpoint: question, answer, brief, time left; its result is the action to send."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tui.domain.actions import Action, Cancel
from tui.domain.amounts import cost_long
from tui.domain.capability import Capability
from tui.domain.cells import wrap
from tui.domain.detail import Interaction, Json
from tui.domain.possible import why_not
from tui.domain.task import Task, TaskStatus
from tui.domain.text import clean, one_line
from tui.ui.checkpoint.form import PlanVerdict, action_of, consequence, form_of, time_left
from tui.ui.checkpoint.lines import DomainLines, VerdictLines, waiting_line
from tui.ui.commands.command import handles
from tui.ui.commands.registry import CommandContext
from tui.ui.shell.box import Box
from tui.ui.shell.dialogs import ConfirmDialog, Dialog
from tui.ui.shell.editor import edited
from tui.ui.shell.form import FormScreen
from tui.ui.shell.shell import Asks, shell
from tui.ui.text.lines import EMPTY, Line, spread
from tui.ui.text.short_markdown import markdown_lines
from tui.ui.widgets.bars import KeyBar, LineBar, StatusLine
from tui.ui.widgets.item_list import TextLines

_ROOMY = 30  # lines of a screen that names others that wait: half as many as it has lines beyond the first twenty
_LOW = 16  # lines of a screen that has room for what is asked and its answer, and for nothing else
_INSTEAD = "Use this instead:\n\n"
_NEVER = datetime.max.replace(tzinfo=UTC)


class CheckpointScreen(FormScreen[Action], Dialog[Action]):
    """Answers one checkpoint.

    Args:
        asked: the checkpoint.
        kept: the name of the draft.
        task: whose it is, for its title, brief, provider and cost.
        answer_next: opens the form of another task that waits; None: this form does not know of others.
        asks: what another task asks, and its deadline.
    """

    DEFAULT_CLASSES = ""  # it fills the screen
    CONTEXT = "checkpoint"
    CHOSEN = "checkpoint.cycle"
    BEGINS_TYPING = True
    AUTO_FOCUS = ""  # it chooses itself

    def __init__(
        self,
        asked: Interaction,
        *,
        kept: str = "",
        task: Task | None = None,
        answer_next: Callable[[Task], None] | None = None,
        asks: Asks = lambda task: ("", None),
    ) -> None:
        super().__init__()
        self.kept = kept
        self._asked = asked
        self._about = task
        self._answer_next, self._asks = answer_next, asks
        self._form = form_of(asked)

    def compose(self) -> ComposeResult:
        """Yield the question, the fields of the answer, the box about the task, and the bars."""
        yield LineBar(name="head")
        with Container(id="parts", classes="-list" if self._form.domains else ""):
            if self._form.domains:
                yield Box(DomainLines(self._form), self._form.title, "asked-box")
            elif self._form.text:
                yield Box(TextLines(name="asked"), self._form.title, "asked-box")
            alone = not (self._form.text or self._form.domains)
            title = self._form.title if alone else "Your answer"
            with Vertical(id="side", classes="-alone" if alone else ""):
                if self._form.fields:
                    yield Box(Vertical(*self._fields(), id="answer"), title, "answer-box")
                about = TextLines(name="about")
                about.can_focus = False
                yield Box(about, "If you do nothing", "about-box")
        others = TextLines(name="others")
        others.can_focus = False
        yield Box(others, "Also waiting", "others-box")
        yield StatusLine()
        yield KeyBar(self)

    def _fields(self) -> Iterator[Widget]:
        if self._form.verdicts:
            self._verdicts = VerdictLines(can_stop_task=self._can_stop(), tool=self._form.tool)
            yield self._verdicts
        for number, field in enumerate(self._form.fields, 1):
            if self._form.verdicts:
                yield TextArea(field.value, id=f"field-{field.name}", placeholder=field.hint)
                continue
            count = f"{number}  " if len(self._form.fields) > 1 else ""
            yield Static(Content(f"{count}{field.label}"), classes="question")
            if field.hint:
                yield Static(Content(one_line(field.hint)), classes="hint")
            yield Input(field.value, id=f"field-{field.name}")

    def _can_stop(self) -> bool:
        return self._about is not None and self._allows(Capability.CANCEL, self._about)

    def on_mount(self) -> None:
        """Focus the first field, and count down every second."""
        keymap = shell(self).keymap
        self.query_one(KeyBar).update(keymap, self.command_context())
        self.query_one("#others-box", Box).say_keys(keymap, "checkpoint.next", typing=not self._form.domains)
        for box in self.query("#asked-box").results(Box):
            box.say_keys(keymap, *(("checkpoint.cycle", "checkpoint.all") if self._form.domains else ()))
        for box in self.query("#answer-box").results(Box):
            box.say_keys(keymap, *(("checkpoint.editor",) if self._form.verdicts else ()))
        for first in (*self.query(TextArea), *self.query(Input), *self.query(DomainLines))[:1]:
            first.focus()
        self._count_down()
        self.set_interval(1.0, self._count_down)

    def on_resize(self, event: events.Resize) -> None:
        """Leave out what is not needed to answer where the fields would have no room."""
        self.set_class(event.size.height < _LOW and bool(self._form.text), "-low")

    def command_context(self) -> CommandContext:
        """Return whether there are domains or a plan to decide about."""
        return CommandContext(
            sources=len(self._form.domains), verdicts=self._form.verdicts, waiting=len(self._waiting())
        )

    def _waiting(self) -> list[Task]:
        """Return the other tasks that wait and can be answered here: by deadline as in the list, from this one on."""
        if self._about is None or self._answer_next is None:
            return []
        waiting = [one for one in shell(self).tasks.values() if one.status is TaskStatus.WAITING]
        waiting.sort(key=lambda one: self._asks(one)[1] or _NEVER)
        at = next((place for place, one in enumerate(waiting) if one.id == self._about.id), -1)
        others = [one for one in (*waiting[at + 1 :], *waiting[: max(0, at)]) if one.id != self._about.id]
        return [one for one in others if self._allows(Capability.RESPOND, one)]

    def _allows(self, action: Capability, task: Task) -> bool:
        state = shell(self).providers().get(task.account_key)
        return state is not None and why_not(action, task, state.info) is None

    @property
    def _provider(self) -> str:
        return one_line(self._about.account_title) if self._about else "the provider"

    def on_line_view_fitted(self) -> None:
        """Wrap what is asked for the new width."""
        self._wrap()

    def _wrap(self) -> None:
        if self._form.domains:
            beside = self.has_class("-wide") or self.has_class("-broad")
            self.query_one("#asked-box").styles.height = "100%" if beside else len(self._form.domains) + 3
        for view in self.query("#asked").results(TextLines):
            width = max(10, view.size.width - 2)
            lines = markdown_lines(self._form.text, width)
            first = "".join(text for text, _ in lines[0]) if lines else ""
            if first and "title" in {tone for _, tone in lines[0]} and first.casefold() in self._form.title.casefold():
                lines = lines[1 + (lines[1:2] == [EMPTY]) :]  # the frame says it already
            view.set_lines([((" ", "plain"), *line) for line in lines])
        self._tell_about()
        self._tell_others()

    def _tell_about(self) -> None:
        """Show what happens without an answer, then brief and cost, as far as there is room."""
        for view in self.query("#about").results(TextLines):
            width = max(10, view.size.width - 2)
            lines: list[Line] = [((f" {text}", "plain"),) for text in wrap(self._nothing(), width)]
            if self._about is not None:
                cost = wrap(f"Cost of the task: {cost_long(self._about.cost)}", width)
                lines += [((f" {text}", "dim"),) for text in cost]
                if self._about.prompt:
                    brief = wrap(clean(self._about.prompt), width)
                    lines += [EMPTY, ((" Your brief", "title"),), *(((f" {line}", "plain"),) for line in brief)]
            if lines != view.items:
                view.show_items(lines)

    def _tell_others(self) -> None:
        """Show the other tasks that wait, the next one first, on a screen that is high enough."""
        waiting, now = self._waiting(), datetime.now(UTC)
        box, view = self.query_one("#others-box", Box), self.query_one("#others", TextLines)
        height = self.app.size.height
        box.display = bool(waiting) and height >= _ROOMY
        shown = waiting[: max(1, (height - 20) // 2)]
        box.styles.height = len(shown) + 2
        lines = [waiting_line(task, self._asks(task), now, view.size.width) for task in shown]
        if lines != view.items:
            view.show_items(lines)

    def _nothing(self) -> str:
        return consequence(self._asked, datetime.now(UTC), self._provider)

    def _count_down(self) -> None:
        now, task = datetime.now(UTC), self._about
        waiting = len(self._waiting())
        title = one_line(task.title or task.prompt or task.id, 200) if task else self._form.title
        who = one_line(f"{self._provider} {task.mode or ''}".rstrip()) if task else ""
        right: Line = ((f"{who}  ", "dim"), (f"{time_left(self._asked.deadline, now, held=self._asked.held)} ", "warn"))
        left: Line = ((" Answer  ", "title"), (title, "strong"))
        self.query_one("#head", LineBar).show_made(partial(spread, left, right))  # the time left is never cut
        views = self.query(DomainLines)
        state = views.first().summary(self._provider) if views else "sent once; escape keeps a draft"
        others = f"{waiting} more waiting" if waiting else ""
        self.query_one(StatusLine).place(((state, "dim"),), ((others, "warn"),))
        self._tell_about()
        self._tell_others()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Focus the next field; from the last one, send."""
        fields = list(self.query(Input))
        place = fields.index(event.input)
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self.action_send()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Let the written text choose between approving and changing."""
        for view in self.query(VerdictLines):
            if bool(event.text_area.text.strip()) != view.written:
                view.follow(event.text_area.text)

    def typed(self) -> Mapping[str, Json]:
        """Return the form's contents as a draft to save: fields and decisions."""
        kept: dict[str, Json] = {name: keep for view in self.query(DomainLines) for name, keep in view.kept.items()}
        verdict = next((view.chosen for view in self.query(VerdictLines)), None)
        chosen: dict[str, Json] = {} if verdict is None else {"verdict": verdict.value}
        return {**super().typed(), **({"domains": kept} if kept else {}), **chosen}

    def put(self, typed: Mapping[str, Json]) -> None:
        """Restore fields and decisions from a saved draft."""
        super().put(typed)
        domains, verdict = typed.get("domains"), typed.get("verdict")
        for view in self.query(DomainLines):
            decided = domains.items() if isinstance(domains, dict) else ()
            view.kept = {name: keep for name, keep in decided if isinstance(keep, bool) and name in self._form.domains}
            view.lines_changed()
        for verdicts in self.query(VerdictLines):
            verdicts.follow(next((area.text for area in self.query(TextArea)), ""))
            verdicts.chosen = next((one for one in PlanVerdict if one.value == verdict), None)

    @handles("checkpoint.cycle")
    def action_cycle(self) -> None:
        """Change the decision about the domain, or choose the verdict, under the cursor."""
        for domains in self.query(DomainLines):
            domains.cycle()
        for verdicts in self.query(VerdictLines):
            verdicts.choose()
        self._count_down()
        self.changed()

    @handles("checkpoint.all")
    def action_all(self) -> None:
        """Change the decision about all domains."""
        for view in self.query(DomainLines):
            view.cycle_all()
        self._count_down()
        self.changed()

    @handles("checkpoint.editor")
    def action_editor(self) -> None:
        """Edit the plan, or the answer to it, in $EDITOR."""
        for area in self.query(TextArea):
            if area.text.strip():
                area.text = edited(shell(self), area.text)
                continue
            changed = edited(shell(self), self._form.text)
            if changed.strip() != self._form.text.strip():
                area.text = f"{_INSTEAD}{changed}"

    @handles("checkpoint.next")
    def action_next(self) -> None:
        """Save the draft, and answer the next task that waits."""
        others = self._waiting()
        if others and self._answer_next is not None:
            self.action_back()
            self._answer_next(others[0])

    @handles("checkpoint.send")
    def action_send(self) -> None:
        """Return the answer as the screen's result if it is valid; ask first where it stops the task."""
        fields = (*self.query(Input), *self.query(TextArea))
        filled = {
            (one.id or "").removeprefix("field-"): one.text if isinstance(one, TextArea) else one.value
            for one in fields
        }
        kept = next((view.kept for view in self.query(DomainLines)), {})
        verdict = next((view.verdict for view in self.query(VerdictLines)), None)
        if verdict is PlanVerdict.STOP:
            self._ask_to_stop()
            return
        try:
            action = action_of(self._asked, filled, kept, verdict)
        except ValueError as error:
            self.query_one(StatusLine).say(str(error), problem=True)
            return
        self._hand_over(action)

    def _ask_to_stop(self) -> None:
        def answered(sure: bool | None) -> None:
            if sure:
                self._hand_over(Cancel())

        question = f"What it found so far may be lost at {self._provider}, and may be billed."
        shell(self).show(ConfirmDialog("Stop this task?", question, yes="stop it"), answered)

    def _hand_over(self, action: Action) -> None:
        self.finished()
        self.dismiss(action)
