"""Fills a brief from a template, asking for its variables, or saves a brief as a template."""

from collections.abc import Callable
from pathlib import Path

from tui.domain.cells import fit
from tui.domain.errors import DivewatchError
from tui.domain.text import clean, one_line
from tui.engine.files import templates
from tui.ui.shell.choice_dialog import ChoiceDialog
from tui.ui.shell.dialogs import InputDialog
from tui.ui.shell.shell import Shell
from tui.ui.text.lines import Line


def choose_template(app: Shell, brief: str, take: Callable[[str], None]) -> None:
    """Offer the templates, and to save `brief` as one; `take` is called with the filled text."""
    folder = app.services.templates
    if folder is None:
        app.say("templates: there is no folder for them", problem=True)
        return
    names = templates.names(folder)
    lines: list[Line] = [((f" {fit(clean(name), 30)} ", "plain"),) for name in names]
    keeping = bool(brief.strip())
    if keeping:
        lines.append(((" + keep this brief as a template", "key"),))
    if not lines:
        app.say("there is no template yet: write a brief, then keep it as one; {{name}} is asked for when it is used")
        return

    def chosen(number: int) -> None:
        if number == len(names):
            _keep(app, folder, brief)
            return
        try:
            text = templates.read(folder, names[number])
        except DivewatchError as error:
            app.say_error(error)
            return
        _fill(app, text, {}, take)

    app.show(ChoiceDialog("Templates", lines), chosen)


def _fill(app: Shell, text: str, values: dict[str, str], take: Callable[[str], None]) -> None:
    """Ask for the next variable without a value; leaving the dialog keeps the brief as it was."""
    left = [name for name in templates.variables(text) if name not in values]
    if not left:
        take(templates.fill(text, values))
        return

    title = f"{left[0]} ({len(values) + 1} of {len(values) + len(left)})"
    about = one_line(templates.fill(text, values), 300)
    app.show(
        InputDialog(title, about, kept=f"fill.{left[0]}"),
        lambda value: _fill(app, text, {**values, left[0]: value}, take),
        "the brief is as it was",
    )


def _keep(app: Shell, folder: Path, brief: str) -> None:
    def answered(name: str) -> None:
        try:
            path = templates.save(folder, name, brief)
        except DivewatchError as error:
            app.say_error(error)
            return
        app.say(f"kept as {path}")

    hint = "Its name. Write {{name}} in a brief for what is asked when it is used."
    app.show(InputDialog("Keep this brief as a template", hint, kept="template"), answered)
