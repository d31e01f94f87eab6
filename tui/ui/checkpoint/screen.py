"""The form that answers a checkpoint, with its countdown; the result is the action that answers it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tui.domain.actions import Action
from tui.domain.cells import fit, wrap
from tui.domain.detail import Interaction, Json
from tui.ui.checkpoint.form import Form, action_of, form_of
from tui.ui.commands.command import Handlers
from tui.ui.commands.registry import CommandContext
from tui.ui.shell.dialogs import Dialog
from tui.ui.shell.form import FormScreen
from tui.ui.shell.shell import shell
from tui.ui.text.formatting import ago
from tui.ui.text.lines import Line
from tui.ui.widgets.bars import KeyBar, StatusLine
from tui.ui.widgets.list_view import LineView, TextLines

_CYCLE: Mapping[bool | None, bool | None] = {None: True, True: False, False: None}
_SIGNS = {None: ("  ·  ", "dim"), True: (" keep", "good"), False: (" drop", "bad")}


class DomainLines(LineView):
    """Domains, each kept, dropped or left to the provider."""

    def __init__(self, form: Form) -> None:
        super().__init__(name="domains")
        self._form = form
        self.kept: dict[str, bool] = {}

    def line_count(self) -> int:
        """Return the number of domains."""
        return len(self._form.domains)

    def line(self, number: int, width: int) -> Line:
        """Return one domain with the person's decision."""
        name = self._form.domains[number]
        about = (self._form.about or {}).get(name, "")
        return (_SIGNS[self.kept.get(name)], (f"  {fit(name, 34)}", "plain"), (f"  {about}", "dim"))

    def cycle(self) -> None:
        """Decide the other way about the domain under the cursor."""
        name = self._form.domains[self.cursor]
        decided = _CYCLE[self.kept.get(name)]
        if decided is None:
            self.kept.pop(name, None)
        else:
            self.kept[name] = decided
        self.line_changed(self.cursor)


class AnswerScreen(FormScreen[Action], Dialog[Action]):
    """Answers one checkpoint; what is typed is kept as a draft under `kept`."""

    CONTEXT = "answer"
    BEGINS_TYPING = True
    AUTO_FOCUS = ""  # it chooses itself

    def __init__(self, asked: Interaction, *, kept: str = "") -> None:
        super().__init__()
        self.kept = kept
        self._asked = asked
        self._form = form_of(asked)

    def compose(self) -> ComposeResult:
        """Lay out what is asked, and the fields."""
        with Vertical(classes="dialog tall") as box:
            box.border_title = Content(self._form.title)
            if self._form.text:
                yield TextLines(name="asked")
            if self._form.domains:
                yield DomainLines(self._form)
            for field in self._form.fields:
                yield Static(Content(field.label), classes="question")
                yield Input(field.value, placeholder=field.hint.replace("\n", " "), id=f"field-{field.name}")
            yield StatusLine()
            yield KeyBar(self.CONTEXT)

    def on_mount(self) -> None:
        """Begin with the first field, and count down."""
        self.query_one(KeyBar).update(shell(self).keymap, self.situation())
        for first in (*self.query(Input), *self.query(DomainLines))[:1]:
            first.focus()
        self._count_down()
        self.set_interval(1.0, self._count_down)

    def situation(self) -> CommandContext:
        """Return whether there are domains to decide about."""
        return CommandContext(sources=len(self._form.domains))

    def on_resize(self, event: events.Resize) -> None:
        """Wrap what is asked for the new width."""
        super().on_resize(event)
        for view in self.query(TextLines):
            self.call_after_refresh(self._wrap, view)

    def _wrap(self, view: TextLines) -> None:
        view.set_lines([((f" {line}", "plain"),) for line in wrap(self._form.text, max(10, view.size.width - 2))])

    def _count_down(self) -> None:
        deadline, now = self._asked.deadline, datetime.now(UTC)
        if deadline is None:
            text = "no deadline was given"
        elif deadline <= now:
            after = "it is on hold until you answer" if self._asked.held else "an answer may come too late"
            text = f"the deadline passed {ago(deadline, now)}; {after}"
        else:
            text = f"the deadline is {ago(deadline, now)}"
        self.query_one(StatusLine).place(((text, "warn"),))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next field; from the last one, send."""
        fields = list(self.query(Input))
        place = fields.index(event.input)
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self.action_send()

    def command_handlers(self) -> Handlers:
        """Return the functions of the commands here, by command id."""
        return {
            **super().command_handlers(),
            "answer.send": self.action_send,
            "answer.cycle": self.action_cycle,
        }

    def typed(self) -> Mapping[str, Json]:
        """Return the fields, and what was decided about the domains."""
        kept: dict[str, Json] = {name: keep for view in self.query(DomainLines) for name, keep in view.kept.items()}
        return {**super().typed(), **({"domains": kept} if kept else {})}

    def put(self, typed: Mapping[str, Json]) -> None:
        """Fill fields and domains."""
        super().put(typed)
        domains = typed.get("domains")
        for view in self.query(DomainLines):
            decided = domains.items() if isinstance(domains, dict) else ()
            view.kept = {name: keep for name, keep in decided if isinstance(keep, bool) and name in self._form.domains}
            view.lines_changed()

    def action_cycle(self) -> None:
        """Decide about the domain under the cursor."""
        for view in self.query(DomainLines):
            view.cycle()
            self.changed()

    def on_line_view_chosen(self) -> None:
        """Decide about the clicked domain."""
        self.action_cycle()

    def action_send(self) -> None:
        """Hand the answer over, if it can be sent."""
        filled = {(field.id or "").removeprefix("field-"): field.value for field in self.query(Input)}
        kept = next((view.kept for view in self.query(DomainLines)), {})
        try:
            action = action_of(self._asked, filled, kept)
        except ValueError as error:
            self.query_one(StatusLine).say(str(error), problem=True)
            return
        self.finished()
        self.dismiss(action)
