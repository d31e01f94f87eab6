"""The commands that work on every screen, and how any screen says something, copies, or opens a link."""

from typing import TYPE_CHECKING, cast

from textual.app import SuspendNotSupported

from tui.domain.errors import ConfigError
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.terminal.handoff import HandoffResult
from tui.ui.text import themes
from tui.ui.widgets.bars import StatusLine

if TYPE_CHECKING:
    from tui.ui.app import DivewatchApp


class Everywhere:
    """Mixed into the application."""

    @property
    def _app(self) -> "DivewatchApp":
        return cast("DivewatchApp", self)

    # Saying

    def say(self, message: str, *, problem: bool = False) -> None:
        """Show one line in the status line of the top screen that has one."""
        if line := self._status_line():
            line.say(message, problem=problem)

    def news(self, message: str) -> None:
        """Say what happened by itself, unless a key was just refused: that reason stays; the log has the news, too."""
        line = self._status_line()
        if line and not line.has_problem:
            line.say(message)

    def _status_line(self) -> StatusLine | None:
        lines = (line for screen in reversed(self._app.screen_stack) for line in screen.query(StatusLine))
        return next(lines, None)

    def told(self, told: HandoffResult) -> None:
        """Show what became of a copy or an open; where nothing arrived, or it went to a far terminal, also the text."""
        self.say(told.message, problem=not told.ok)
        if told.text and not told.ok and not told.ask:
            from tui.ui.shell.dialogs import TextScreen

            self._app.push_screen(TextScreen(told.message, told.text))

    def copy(self, text: str, what: str) -> None:
        """Copy by every way there is and say how."""
        self._app.terminal.copy(text, what, self.told)

    def follow_link(self, url: str) -> None:
        """Open a link by its verdict; where the host could deceive, ask first; over SSH show it to take by hand."""

        def tell(told: HandoffResult) -> None:
            if told.ask:
                self._ask(url, told)
            else:
                self.told(told)
                if told.ok and "opened" not in told.message:
                    from tui.ui.shell.dialogs import TextScreen

                    self._app.push_screen(TextScreen(told.message, url))

        self._app.terminal.open_url(url, tell)

    def _ask(self, url: str, told: HandoffResult) -> None:
        from tui.ui.shell.dialogs import ConfirmScreen

        def answered(yes: bool | None) -> None:
            if yes:
                self._app.terminal.open_url(url, self.told, confirmed=True)
            else:
                self.say("not opened")

        question = f"{told.ask}. The host is really {told.host or 'unknown'}"
        self._app.push_screen(ConfirmScreen("Open this link?", question, told.text, yes="open"), answered)

    # Commands

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from tui.ui.help.help_screen import HelpScreen

        screen = self._app.screen
        if isinstance(screen, CommandScreen) and not isinstance(screen, HelpScreen):
            self._app.push_screen(HelpScreen(screen.CONTEXT, screen.situation()))

    def action_palette(self) -> None:
        """Choose a command by name."""
        from tui.ui.help.command_palette import PaletteScreen

        screen = self._app.screen
        if not isinstance(screen, CommandScreen) or isinstance(screen, PaletteScreen):
            return

        def chosen(command_id: str | None) -> None:
            from tui.ui.commands.registry import COMMANDS

            if command_id:
                screen.run_command(COMMANDS[command_id], (*self._app.keymap.of(command_id), "")[0])

        self._app.push_screen(PaletteScreen(screen.CONTEXT, screen.situation()), chosen)

    def action_leave(self) -> None:
        """Leave; what the providers do goes on."""
        self._app.exit(return_code=0)

    def action_refresh(self) -> None:
        """Ask the providers now."""
        if self._app.engine is None:
            self.say("the engine is still starting", problem=True)
            return
        self._app.engine.refresh()
        self.say("asking the providers now")

    def action_pause(self) -> None:
        """Stop or resume asking by itself."""
        if self._app.engine is None:
            return
        self._app.paused = not self._app.paused
        self._app.engine.pause(self._app.paused)
        self.say("paused: nothing is asked until p or r" if self._app.paused else "asking again")

    def action_theme(self) -> None:
        """Use the next theme and remember it."""
        app = self._app
        names = [name for name in app.available_themes if name in themes.NAMES or name in self._own_themes()]
        following = names[(names.index(app.theme) + 1) % len(names)] if app.theme in names else names[0]
        app.theme = following
        app.services.archive.remember("theme", following)
        self.say(f"theme: {following}")

    def action_log(self) -> None:
        """Show the event log."""
        from tui.ui.history.log import LogScreen

        if not isinstance(self._app.screen, LogScreen):
            self._app.push_screen(LogScreen())

    def action_suspend(self) -> None:
        """Go into the background, as other programs do on ctrl+z."""
        try:
            self._app.action_suspend_process()
        except SuspendNotSupported:
            self.say("this terminal cannot suspend", problem=True)

    # Themes

    def _own_themes(self) -> list[str]:
        folder = self._app.services.looks.themes
        return sorted(path.stem for path in folder.glob("*.toml")) if folder and folder.is_dir() else []

    def _use_theme(self, wish: str) -> None:
        """Register the user's themes and use the wished one, or raise `ConfigError`."""
        app = self._app
        folder = app.services.looks.themes
        for name in self._own_themes():
            if folder:
                try:
                    app.register_theme(themes.load(folder / f"{name}.toml"))
                except ConfigError as error:
                    if name == wish:
                        raise
                    app.log.warning(error.message)
        chosen = themes.choose(wish)
        if chosen not in app.available_themes:
            raise ConfigError(f"ui.theme: no theme {chosen!r}", hint=f"there are auto, {', '.join(themes.NAMES)}")
        if app.is_running:
            app.theme = chosen
        else:
            self._begin_with_theme(chosen)

    def _begin_with_theme(self, name: str) -> None:
        """Set the theme before anything is drawn, quietly: watched, it would have every style sheet parsed twice."""
        app = self._app
        app.set_reactive(type(app).theme, name)
        app.set_class(app.current_theme.dark, "-dark-mode", update=False)
        app.set_class(not app.current_theme.dark, "-light-mode", update=False)
        app.stylesheet.set_variables(app.get_css_variables())
        app._refresh_truecolor_filter(app.ansi_theme)
