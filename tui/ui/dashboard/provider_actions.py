"""The dashboard's commands on the selected task: actions at its provider, copying, its web page.

Every action goes through the engine, asks before it destroys or spends, and reports in one line what it did.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.domain.actions import (
    Action,
    BatchOutcome,
    Cancel,
    CancelBatch,
    Delete,
    Edit,
    Outcome,
    ReadBatch,
    Share,
    Shared,
    Steer,
    Stop,
    capability_of,
)
from tui.domain.amounts import cost_long
from tui.domain.capability import Capability
from tui.domain.task import Task
from tui.domain.text import one_line, plural
from tui.ui.commands.command import handles
from tui.ui.dashboard.dashboard import Actions
from tui.ui.shell.dialogs import ConfirmDialog, CopyDialog, InputDialog
from tui.ui.shell.form import FormScreen
from tui.ui.shell.shell import CheckpointRoute, VersionsRoute

if TYPE_CHECKING:
    from concurrent.futures import Future

    from textual.screen import Screen

    from tui.domain.detail import Detail

_CANCEL = (
    "{they} at {provider} for good: a cancelled task cannot be resumed. What was found so far may be lost there; "
    "what is saved here stays. Work done until now may be billed."
)


class ProviderActions(Actions):
    """Acts on the selected task at its provider; asks before it destroys or spends."""

    # At the provider

    def _act(self, task: Task, action: Action, form: "Screen[Any] | None" = None) -> None:
        """Send an action; if it could not be sent, the text typed into `form` is kept as a draft."""
        app = self.shell
        typed = form.typed() if isinstance(form, FormScreen) else {}

        def failed() -> None:
            if isinstance(form, FormScreen):
                form.keep_again(typed)

        if app.engine is None:
            failed()
            app.say("the engine is still starting", problem=True)
            return

        def done(outcome: Outcome) -> None:
            app.say(outcome.message)
            if isinstance(outcome, Shared) and outcome.web_url:
                app.copy(outcome.web_url, "public address")
                app.show(CopyDialog("Everyone with this address can read it", outcome.web_url))

        app.say("" if task.waits_in_queue else f"{capability_of(action).value}: sent to {task.account_title}")
        app.when_done(app.engine.act(task.id, action), done, failed)

    def _ask_then(self, title: str, question: str, yes: str, action: Action, *, task: Task | None = None) -> None:
        task = task or self.chosen
        dialog = ConfirmDialog(title, question, _named(task), yes=yes)
        self.shell.show(dialog, lambda _: self._act(task, action), "nothing was sent")

    @handles("tasks.cancel")
    def cancel(self) -> None:
        """Cancel at the provider: the selected task, or the whole batch of the selected row."""
        group = self.dashboard.group_tasks
        if group:
            active = [task for task in group if not task.status.is_final]
            self._ask_then(
                f"Cancel {plural(len(active), 'task')} of this batch?",
                _CANCEL.format(provider=group[0].account_title, they="They end"),
                "cancel them",
                CancelBatch(),
                task=next(task for task in active if task.remote_id is not None),
            )
            return
        if self.chosen.waits_in_queue:
            question = "It waits in the queue and was not sent yet: taken back, it is never sent and costs nothing."
            self._ask_then("Take this task back?", question, "take it back", Cancel())
            return
        question = _CANCEL.format(provider=self.chosen.account_title, they="It ends")
        state = self.shell.providers().get(self.chosen.account_key)
        if state is not None and Capability.STOP in state.info.capabilities:
            self._cancel_or_stop(self.chosen, question)
        else:
            self._ask_then("Cancel this task?", question, "cancel it", Cancel())

    def _cancel_or_stop(self, task: Task, question: str) -> None:
        """Ask whether to cancel, or to end early and keep the findings where a provider can do both."""
        about = one_line(task.title or task.prompt or task.id, 300)
        self.shell.show(
            ConfirmDialog("Cancel this task?", question, about, yes="cancel it", no="stop it, keep the report"),
            lambda cancel: self._act(task, Cancel() if cancel else Stop()),
            "nothing was sent",
        )

    def ask_about_batch(self) -> None:
        """Ask the provider about the selected group's batch: name, counts, cost; without a batch do nothing."""
        app = self.shell
        task = next((task for task in self.dashboard.group_tasks if task.batch_id and task.remote_id), None)
        state = app.providers().get(task.account_key) if task else None
        if task is None or state is None or app.engine is None or Capability.BATCH not in state.info.capabilities:
            return

        from tui.engine.commands.batches import counts_told

        def told(future: "Future[Outcome]") -> None:
            if future.cancelled() or future.exception() is not None:
                return  # nobody waits for it; the log has the reason
            outcome = future.result()
            for batch in outcome.batches if isinstance(outcome, BatchOutcome) else ():
                if batch.id == task.batch_id:
                    cost = f"; {cost_long(batch.cost)}" if batch.cost.amount is not None else ""
                    app.say(f"batch {batch.name or batch.id}: {counts_told(batch.counts) or batch.status}{cost}")

        future = app.engine.act(task.id, ReadBatch())
        future.add_done_callback(lambda done: app.call_on_ui_thread(lambda: told(done)))

    @handles("tasks.delete")
    def delete(self) -> None:
        """Delete the task at its provider."""
        question = f"{self.chosen.account_title} forgets it for good. The copy in your archive stays."
        self._ask_then("Delete it at the provider?", question, "delete it there", Delete())

    @handles("tasks.share")
    def share(self) -> None:
        """Share the report, or end sharing it."""
        task = self.chosen
        question = "A public report has an address that anybody can read. escape changes nothing."
        dialog = ConfirmDialog("Share this report?", question, _named(task), yes="make it public", no="make it private")
        self.shell.show(dialog, lambda public: self._act(task, Share(public)))

    @handles("tasks.steer")
    def steer(self) -> None:
        """Send a further instruction to a running task."""
        task = self.chosen
        hint = f"“{_named(task)}”\nSent to {task.account_title} while the task runs."
        form = InputDialog("Further instruction", hint, kept=f"steer.{task.id}")
        self.shell.show(form, lambda text: self._act(task, Steer(text), form))

    @handles("tasks.edit")
    def edit(self) -> None:
        """Have the report edited at the provider; the previous version stays."""
        from tui.ui.shell.text_dialog import TextDialog

        task = self.chosen

        def answered(text: str) -> None:
            if text:
                self._act(task, Edit(text), form)
            else:
                self.shell.say("nothing was sent")

        hint = f"What should {task.account_title} change? It makes a new version; the present one stays (v lists them)."
        form = TextDialog("Edit the report", hint, kept=f"edit.{task.id}")
        self.shell.show(form, answered)

    @handles("tasks.versions")
    def versions(self) -> None:
        """Show every version of the report."""
        self.shell.open(VersionsRoute(self.chosen, self.edit))

    @handles("tasks.answer")
    def answer(self) -> None:
        """Open the form that answers the checkpoint."""
        self.shell.say("reading the question")
        task = self.chosen
        self.with_detail(lambda detail: self._open_answer(task, detail))

    def _answer_next(self, task: Task) -> None:
        """Answer another task that waits."""
        app = self.shell
        if app.engine is not None:
            if not self.dashboard.table.select(task.id):  # the filter leaves it out
                self.dashboard.set_filter("")
                self.dashboard.table.select(task.id)
            app.when_done(app.engine.detail(task.id), lambda detail: self._open_answer(task, detail))

    def _asks(self, task: Task) -> tuple[str, datetime | None]:
        asked = self.dashboard.table.asks.get(task.id)
        return (asked.what, asked.deadline) if asked else ("", None)

    def _open_answer(self, task: Task, detail: "Detail | None") -> None:
        app = self.shell
        if not self.dashboard.is_active or self.dashboard.table.selected != task.id:
            return  # the person went on meanwhile: what is typed now is not meant for this
        if detail is None or detail.interaction is None:
            app.say("the question is not here yet; r asks the provider", problem=True)
            return
        app.say("")
        kept = f"answer.{task.id}.{detail.interaction.id}"
        route = CheckpointRoute(detail.interaction, kept, task, self._answer_next, self._asks)
        form = app.open(route, lambda action: self._act(task, action, form))

    @handles("tasks.track")
    def track(self) -> None:
        """Adopt a task that was started elsewhere, by its id or address."""
        app = self.shell

        def answered(text: str) -> None:
            account, _, reference = text.partition(" ") if " " in text else ("", "", text)
            accounts = [account] if account in app.providers() else list(app.providers())
            self._track(accounts, reference.strip() or text, partial(form.keep_again, form.typed()))

        hint = "Paste the task's id or web address. Write the provider in front if an id alone is ambiguous."
        form = InputDialog("Adopt a task", hint, kept="track")
        app.show(form, answered)

    def _track(self, accounts: list[str], reference: str, failed: Callable[[], None]) -> None:
        app = self.shell
        engine = app.engine
        if engine is None or not accounts:
            failed()
            app.say("the engine is still starting", problem=True)
            return
        account, *others = accounts
        future = engine.track(account, reference)

        def adopted(task: Task) -> None:
            app.say(f"adopted: {one_line(task.title or task.id, 80)}")

        def finished() -> None:
            if future.exception() is not None and others:
                self._track(others, reference, failed)
            else:
                app.when_done(future, adopted, failed)

        future.add_done_callback(lambda _: app.call_on_ui_thread(finished))

    # Here

    @handles("tasks.web")
    def web(self) -> None:
        """Open the task's web page."""
        self.shell.follow_link(self.chosen.web_url or "")

    @handles("tasks.copy_id")
    def copy_id(self) -> None:
        """Copy the task's id."""
        self.shell.copy(self.chosen.remote_id or self.chosen.id, "id")

    @handles("tasks.copy_report")
    def copy_report(self) -> None:
        """Copy the report as received."""

        def copy(detail: "Detail | None") -> None:
            if detail and detail.report:
                self.shell.copy(detail.report.text, "report")

        self.with_detail(copy)


def _named(task: Task) -> str:
    return one_line(task.title or task.prompt or task.id, 300)
