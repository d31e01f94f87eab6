"""The corpora: the project's own under `tests/data`, and a larger one beside the checkout where there is one.

Both have the same layout, so a test takes the fixture `corpus` and runs once for each; what needs a certain file of the
larger one takes the fixture `shared`. All that uses the larger one belongs to the deep tier.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

OWN = Path(__file__).resolve().parent / "data"
SHARED = Path(__file__).resolve().parents[2] / "shared"


def corpora() -> list[Path]:
    """Return the folders of the corpora that are here, our own first."""
    return [OWN, SHARED] if SHARED.is_dir() else [OWN]


def params() -> list[Any]:
    """Return the corpora as parameters of a fixture or test."""
    return [pytest.param(folder, id=folder.name, marks=marks(folder)) for folder in corpora()]


def marks(folder: Path) -> list[pytest.MarkDecorator]:
    """Return the markers of what comes from a corpus."""
    return [] if folder == OWN else [pytest.mark.corpus]


def cases(file: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the cases of one file of hostile inputs, each with the corpus it comes from."""
    for folder in corpora():
        path = folder / "hostile" / file
        if path.exists():
            for case in json.loads(path.read_text("utf-8"))["cases"]:
                yield folder, case


def case_params(file: str) -> list[Any]:
    """Return the cases of one file of hostile inputs as parameters of a test."""
    return [pytest.param(case, id=f"{folder.name}-{case['id']}", marks=marks(folder)) for folder, case in cases(file)]
