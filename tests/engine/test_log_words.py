"""How the event log tells what a person did: in words, without the spelling of a program."""

import pytest

from tui.domain.actions import Action, Approve, Cancel, Respond, Select
from tui.engine.commands.create import described


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (Cancel(), "cancel"),
        (
            Respond("i", (("Who reads it?", "engineers"), ("Where?", ""))),
            "respond (answers Who reads it?: engineers; Where?:)",
        ),
        (Approve("i", True), "respond (approved yes)"),
        (Select("i", ("a.org", "b.org")), "respond (included a.org; b.org)"),
    ],
)
def test_an_action_is_told_in_words(action: Action, told: str) -> None:
    assert described(action) == told
