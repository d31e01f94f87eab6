"""Actions that people without a key ask for are the same when they are read again."""

import pytest

from tui.domain.action_text import ASKABLE, read, written
from tui.domain.actions import Action, Approve, Cancel, Respond, RespondJson, Select, Steer, Stop
from tui.domain.errors import UsageError

ACTIONS = [
    Cancel(),
    Stop(),
    Steer("hurry, Zoë \n\x00"),
    Respond("i1", (("why?", "because"), ("", ""))),
    Respond("i1", ()),
    Approve("i1", approved=True, changes="more of it"),
    Select("i1", ("a.org",), ()),
    RespondJson("i1", {"deep": [1, None, {"x": True}]}),
]


@pytest.mark.parametrize("action", ACTIONS)
def test_what_is_written_is_read_again(action: Action) -> None:
    assert read(written(action)) == action


def test_every_kind_is_tried() -> None:
    assert {type(action) for action in ACTIONS} == ASKABLE


@pytest.mark.parametrize("text", ['{"action": "Delete"}', '{"action": "Steer", "instruction": "x", "more": 1}', "{}"])
def test_what_this_program_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="another version"):
        read(text)
