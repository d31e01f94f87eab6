"""Every policy has one home, with a table test of its own: nobody else does by hand what it is for."""

import re

import pytest

from tests.architecture.graph import ROOT

_OTHER_SIDE = ("simulator/", "testing/")  # they play the services
HOMES = {
    "what is the same source": (r"utm_|\bwww\.", ("domain/source_key.py", "report/")),
    "what an account is called": (r"\{[a-z_.]*provider\}:\{", ("domain/account.py", "config/keys.py")),
    "how an amount is written": (r"\$\{[a-z_.]+:[,.0-9]*f\}", ("domain/amounts.py",)),
    "how wide a text is": (r"import .*\bcell_len|wcwidth|east_asian_width", ("domain/cells.py",)),
    "how a file is replaced": (r"\bfsync\(|\bos\.replace\(", ("domain/atomic.py", "cli/doctor/local_checks.py")),
    "what is a secret": (
        r"(?i)\"(?:x-api-key|authorization|passwd|api_key)\"[,}\])]",
        ("domain/redact.py", "providers/"),
    ),
    "how long a time is": (r"divmod\([a-z_]+, 3600\)|:02\}:\{", ("domain/times.py",)),
}


@pytest.mark.parametrize("policy", HOMES)
def test_a_policy_is_written_once(policy: str) -> None:
    pattern, homes = HOMES[policy]
    found = [
        f"{name}:{number}: {line.strip()}"
        for path in sorted((ROOT / "tui").rglob("*.py"))
        if not (name := path.relative_to(ROOT / "tui").as_posix()).startswith((*homes, *_OTHER_SIDE))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line) and '"""' not in line and "from tui.domain" not in line
    ]
    assert found == []
