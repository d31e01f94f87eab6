"""The commands that work on every screen; copying, opening links, themes."""

import time
from typing import Any

from tui.domain.errors import ConfigError
from tui.ui.commands.command import Argument, handles
from tui.ui.shell.command_screen import CommandScreen
from tui.ui.shell.shell import Shell
from tui.ui.terminal.handoff import HandoffResult
from tui.ui.text import themes

_SECOND_INTERRUPT = 3.0  # seconds within which a second ctrl+c leaves


class AppActions(Shell):
    """The commands of every screen, as a part of the application."""

    _interrupted = float("-inf")  # when ctrl+c was last pressed

    @property
    def command_screens(self) -> list[CommandScreen[Any]]:
        """The open screens, the lowest first."""
        return [screen for screen in self.screen_stack if isinstance(screen, CommandScreen)]

    def news(self, message: str, tone: str = "good") -> None:
        """Show an event that is also in the log, unless a message is shown that the user needs more.

        That is the reason why a key was refused, help for somebody who types, or what a dialog says in its own line.
        """
        line = self._status_line()
        helps = getattr(self.screen, "typing", False) or (line and self.screen.is_modal and line.screen is self.screen)
        if line and not line.has_problem and not helps:
            line.say(message, news=tone)

    def show_handoff(self, told: HandoffResult) -> None:
        """Show the result of a copy or of opening a link; where it may not have arrived, also the text itself."""
        self.say(told.message, problem=not told.ok)
        if told.text and not told.ok and not told.ask:
            from tui.ui.shell.dialogs import CopyDialog

            self.push_screen(CopyDialog(told.message, told.text))

    def copy(self, text: str, what: str) -> None:
        """Copy by every available way and show which of them worked."""
        self.terminal.copy(text, what, self.show_handoff)

    def follow_link(self, url: str) -> None:
        """Open a link by its verdict; where the host could deceive, ask first; over SSH show it to take by hand."""

        def tell(told: HandoffResult) -> None:
            if told.ask:
                self._ask(url, told)
            else:
                self.show_handoff(told)
                if told.ok and "opened" not in told.message:
                    from tui.ui.shell.dialogs import CopyDialog

                    self.push_screen(CopyDialog(told.message, url))

        self.terminal.open_url(url, tell)

    def _ask(self, url: str, told: HandoffResult) -> None:
        from tui.ui.shell.dialogs import ConfirmDialog

        question = f"{told.ask}. The host is really {told.host or 'unknown'}"
        self.show(
            ConfirmDialog("Open this link?", question, told.text, yes="open"),
            lambda _: self.terminal.open_url(url, self.show_handoff, confirmed=True),
            "not opened",
        )

    # Commands

    @handles("app.help")
    @handles("dialog.help")
    def action_help(self) -> None:
        """Show the keys of this screen."""
        from tui.ui.help.help_screen import HelpScreen

        screen = self.screen
        if isinstance(screen, CommandScreen) and not isinstance(screen, HelpScreen):
            self.push_screen(HelpScreen(screen.CONTEXT, screen.command_context()))

    @handles("app.palette")
    def action_palette(self) -> None:
        """Choose a command by name."""
        from tui.ui.help.command_palette import PaletteChoice, PaletteScreen

        screen = self.screen
        if not isinstance(screen, CommandScreen) or isinstance(screen, PaletteScreen):
            return

        arguments = {**screen.arguments(), "theme": self._theme_argument()}

        def chosen(choice: PaletteChoice) -> None:
            from tui.ui.commands.registry import COMMANDS

            if choice.argument:
                arguments[choice.argument].take(choice.value)
            else:
                screen.run_command(COMMANDS[choice.command], (*self.keymap.of(choice.command), "")[0])

        self.show(PaletteScreen(screen.CONTEXT, screen.command_context(), arguments), chosen)

    def _theme_argument(self) -> Argument:
        """Return the themes as an argument of the palette; the highlighted one is applied until it is left."""
        before = self.theme

        def wear(name: str) -> None:
            self.theme = name or before

        return Argument("Use the theme", tuple(self._theme_names()), self._take_theme, wear)

    @handles("app.quit")
    @handles("dialog.quit")
    def action_leave(self) -> None:
        """Quit; tasks at the providers go on."""
        self.exit(return_code=0)

    @handles("app.interrupt")
    @handles("dialog.interrupt")
    def action_interrupt(self) -> None:
        """Copy the mouse selection; without one show how to quit, and quit at the second press."""
        typed = getattr(self.focused, "selected_text", "")
        if selected := typed or self.screen.get_selected_text():
            self.copy(selected, "selection")
            return
        now = time.monotonic()
        if now - self._interrupted < _SECOND_INTERRUPT:
            self.action_leave()
            return
        self._interrupted = now
        self.say("ctrl+c once more leaves; tasks go on at their providers")

    @handles("app.refresh")
    def action_refresh(self) -> None:
        """Poll all providers now."""
        if self.engine is None:
            self.say("the engine is still starting", problem=True)
            return
        self.engine.refresh()
        self.say("asking the providers now")

    @handles("app.pause")
    def action_pause(self) -> None:
        """Pause or resume polling."""
        if self.engine is None:
            return
        self.paused = not self.paused
        self.engine.pause(self.paused)
        self.say("paused: nothing is asked until p or r" if self.paused else "asking again")

    @handles("app.theme")
    def action_theme(self) -> None:
        """Use the next theme and remember it."""
        names = self._theme_names()
        self._take_theme(names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0])

    def _theme_names(self) -> list[str]:
        return [name for name in self.available_themes if name in themes.NAMES or name in self._own_themes()]

    def _take_theme(self, name: str) -> None:
        self.theme = name
        self.services.archive.remember("theme", name)
        self.say(f"theme: {name}")

    @handles("app.log")
    def action_log(self) -> None:
        """Show the event log."""
        from tui.ui.log.screen import LogScreen

        def show_task(task_id: str) -> None:
            for screen in self.command_screens:
                screen.show_task(task_id)

        if not isinstance(self.screen, LogScreen):
            self.show(LogScreen(), show_task)

    @handles("app.suspend")
    def action_suspend(self) -> None:
        """Suspend the process as ctrl+z does in a shell."""
        from tui.ui.terminal.job_control import has_shell

        stop = getattr(self._driver, "stop", None)
        if stop is None:
            self.say("only a terminal can put it into the background", problem=True)
        elif not has_shell():
            self.say("no shell would bring it back: ctrl+z does nothing here", problem=True)
        else:
            stop(group=True)

    # Themes

    def _own_themes(self) -> list[str]:
        folder = self.services.looks.themes
        return sorted(path.stem for path in folder.glob("*.toml")) if folder and folder.is_dir() else []

    def _use_theme(self, wish: str) -> None:
        """Register the user's themes and apply the chosen one, or raise `ConfigError`."""
        folder = self.services.looks.themes
        for name in self._own_themes():
            if folder:
                try:
                    self.register_theme(themes.load(folder / f"{name}.toml"))
                except ConfigError as error:
                    if name == wish:
                        raise
                    self.log.warning(error.message)
        chosen = themes.choose(wish)
        if chosen not in self.available_themes:
            raise ConfigError(f"ui.theme: no theme {chosen!r}", hint=f"there are auto, {', '.join(themes.NAMES)}")
        if self.is_running:
            self.theme = chosen
        else:
            self._begin_with_theme(chosen)

    def _begin_with_theme(self, name: str) -> None:
        """Set the theme before the first paint without its watcher, which would parse every style sheet twice."""
        self.set_reactive(type(self).theme, name)
        self.set_class(self.current_theme.dark, "-dark-mode", update=False)
        self.set_class(not self.current_theme.dark, "-light-mode", update=False)
        self.stylesheet.set_variables(self.get_css_variables())
        self._refresh_truecolor_filter(self.ansi_theme)
