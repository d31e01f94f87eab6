"""What a statement imports, asked of an interpreter that has imported nothing: started once, forked each time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Self

# Runs in the interpreter that is forked; what it imports itself must be in nobody's budget.
_PARENT = """
import json, os, sys, traceback

for line in sys.stdin:
    question = json.loads(line)
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        continue
    answers = os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.environ.update(question["environment"])
    try:
        exec(question["statement"], {"sys": sys})
        answer = [name for name in question["names"] if name in sys.modules]
    except BaseException:
        answer = traceback.format_exc()
    os.write(answers, json.dumps(answer).encode() + b"\\n")
    os._exit(0)
"""


class Fresh:
    """The interpreter; a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def imported(self, statement: str, names: Iterable[str]) -> set[str]:
        """Return which of the modules `names` are loaded after `statement`; an error in it fails the test."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        question = {"statement": statement, "names": [*names], "environment": dict(os.environ)}
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert isinstance(answer, list), answer
        return set(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
