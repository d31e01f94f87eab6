"""JSON of the actions that people without a key may queue on a shared archive."""

import json

from tui.domain.actions import Action, Approve, Cancel, Respond, RespondJson, Select, Steer, Stop
from tui.domain.errors import UsageError

ASKABLE: frozenset[type[Action]] = frozenset({Approve, Cancel, Respond, RespondJson, Select, Steer, Stop})
_BY_NAME = {kind.__name__: kind for kind in ASKABLE}


def written(action: Action) -> str:
    """Return `action`, one of `ASKABLE`, as JSON."""
    values = {name: getattr(action, name) for name in action.__dataclass_fields__}
    return json.dumps({"action": type(action).__name__, **values}, ensure_ascii=False)


def read(text: str) -> Action:
    """Parse the JSON of `written`.

    Raises:
        UsageError: it is none that this program knows.
    """
    values = json.loads(text)
    kind = _BY_NAME.get(values.pop("action", ""))
    if kind is None or values.keys() - kind.__dataclass_fields__.keys():
        raise UsageError("another version of divewatch asked for something that this one does not know")
    for name in {"included", "excluded"} & values.keys():
        values[name] = tuple(values[name])
    if "answers" in values:
        values["answers"] = tuple((question, answer) for question, answer in values["answers"])
    return kind(**values)
