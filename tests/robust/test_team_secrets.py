"""Canary keys and passwords on a shared archive, then every byte is searched: database, log, files, what was said."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.postgres import NoServer, Server, running
from tests.robust.session import environment
from tui.engine.archive import Archive
from tui.simulator.server import Simulator

KEYS = {"valyu": "val-CANARYoB8wKe4ZtY2qPj6M9", "yutori": "yt-CANARYhN3vRf6JcD1sXa5Gu7"}
PASSWORD, OF_KEY_FILE, WRONG = "CANARYpwQ3x8Lr5", "CANARYsslT6m1Wd", "CANARYwrongK9v2"
HEADER = "CANARYheaderZ7c4Hb"
CANARIES = (*KEYS.values(), PASSWORD, OF_KEY_FILE, WRONG, HEADER)


@dataclass
class Stage:
    """A server that logs every statement, people with keys and passwords, and everything that was said."""

    server: Server
    folder: Path
    services: Mapping[str, str]
    url: str
    written: list[bytes] = field(default_factory=list)

    def address(self, password: str) -> str:
        """The address with a password in it, and that of a key file."""
        return f"{self.url.replace('team@', f'nina:{password}@')}&sslpassword={OF_KEY_FILE}"

    def run(self, who: str, *arguments: str, keys: bool = False, **more: str) -> int:
        """Run a command, keeping what it writes."""
        named = {"VALYU_API_KEY": KEYS["valyu"], "YUTORI_API_KEY": KEYS["yutori"]} if keys else {}
        home = self.folder / who
        env = {**self.services, **named, "DIVEWATCH_PERSON": f"{who}@desk", "DIVEWATCH_ARCHIVE": self.address(PASSWORD)}
        done = subprocess.run(
            [sys.executable, "-m", "tui", *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            env={name: value for name, value in environment(home, {**env, **more}).items() if value},
            timeout=300,
            check=False,
        )
        self.written += [done.stdout, done.stderr]
        return done.returncode


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("team")
    try:
        with running() as server, Simulator(speed=600, keys=KEYS) as simulator:
            services = {name: value for name, value in simulator.exports.items() if name.endswith("_URL")}
            made = Stage(server, folder, services, server.url())
            _log_everything(made)
            _work(made, simulator)
            _go_wrong(made, simulator)
            yield made
    except NoServer as error:
        pytest.skip(str(error))


def _log_everything(stage: Stage) -> None:
    """Log each statement with its values, and ask for the password of nina."""
    data = stage.server.folder / "data"
    hba = data / "pg_hba.conf"
    hba.write_text(f"local all nina scram-sha-256\n{hba.read_text()}")
    with psycopg.connect(stage.url, autocommit=True) as db:
        verifier = db.pgconn.encrypt_password(PASSWORD.encode(), b"nina", b"scram-sha-256").decode()
        schema = db.execute("SELECT current_schema()").fetchone()
        assert schema is not None
        for statement in (
            "ALTER SYSTEM SET log_statement = 'all'",
            "ALTER SYSTEM SET log_min_duration_statement = 0",
            "ALTER SYSTEM SET log_parameter_max_length = -1",
            "ALTER SYSTEM SET log_connections = on",
            "ALTER SYSTEM SET log_error_verbosity = 'verbose'",
            f"CREATE ROLE nina LOGIN PASSWORD '{verifier}'",
            f"GRANT ALL ON SCHEMA {schema[0]} TO nina",
            "SELECT pg_reload_conf()",
        ):
            db.execute(statement.encode())


def _work(stage: Stage, simulator: Simulator) -> None:
    assert stage.run("ops", "sync", keys=True) == 0, stage.written[-1]
    options = ("-o", f'mcp_servers=[{{"url": "https://h.org/", "auth": {{"type": "bearer", "token": "{HEADER}"}}}}]')
    assert stage.run("ops", "new", "-p", "valyu", "-m", "fast", "--yes", *options, "with a credential", keys=True) == 0
    assert stage.run("ops", "new", "-p", "valyu", "-m", "fast", "--yes", "plain", keys=True) == 0, stage.written[-1]
    with Archive.open(stage.url) as holder:  # whoever has the key, and takes nothing
        holder.take_lease("valyu")
        assert stage.run("nina", "new", "-p", "valyu", "-m", "fast", "--yes", "queued") == 0, stage.written[-1]
        stage.run("nina", "new", "-p", "valyu", "-m", "fast", "--yes", *options, "with a credential")
    assert stage.run("ops", "watch", "--until-done", "--timeout", "200", keys=True) == 0, stage.written[-1]
    assert len(simulator.creates("valyu")) == 3, "what was queued was sent, what holds a credential was not queued"
    config = stage.folder / "nina" / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(f'[archive]\nurl = "{stage.address(PASSWORD)}"\n')
    for arguments in (
        ("config", "show"),
        ("config", "show", "--json"),
        ("config", "get", "archive.url"),
        ("list", "--json"),
        ("log", "--json"),
        ("doctor",),
        ("archive", "stats"),
        ("archive", "verify"),
        ("auth", "status"),
        ("cost", "--by", "person"),
    ):
        stage.run("nina", *arguments, DIVEWATCH_ARCHIVE="")
    stage.run("nina", "archive", "copy", "--from", stage.address(PASSWORD), "--to", str(stage.folder / "copy.db"))


def _go_wrong(stage: Stage, simulator: Simulator) -> None:
    for address in (
        stage.address(WRONG),
        f"postgresql://nina:{WRONG}@127.0.0.1:1/team?connect_timeout=2&sslpassword={OF_KEY_FILE}",
        f"postgresql://nina:{WRONG}@no-such-host.invalid/team?sslpassword={OF_KEY_FILE}",
        f"postgresql://nina:{WRONG}%zz@[broken/team",
        f"postgresql:///team?sslpassword={OF_KEY_FILE}&nonsense={WRONG}",
        f"postgresql://nina:{WRONG}@/team?sslmode={WRONG}",
    ):
        for arguments in (("list",), ("list", "--json"), ("sync",), ("doctor",), ("archive", "stats")):
            assert stage.run("nina", *arguments, keys=True, DIVEWATCH_ARCHIVE=address) or arguments == ("doctor",)
        stage.run("nina", "archive", "copy", "--from", address, "--to", address)
    for fault in ("401", "500", "error-in-200", "html", "create-lost"):
        simulator.faults.switch_on(fault)
        stage.run("ops", "sync", keys=True)
        stage.run("ops", "new", "-p", "valyu", "--yes", f"while {fault}", keys=True)
        simulator.faults.clear()


def test_no_secret_is_in_the_database_or_its_log_in_a_file_or_in_anything_said(stage: Stage) -> None:
    found = {str(path): path.read_bytes() for path in stage.server.folder.rglob("*") if path.is_file()}
    ours = stage.folder / "nina" / "config" / "config.toml"
    found |= {str(path): path.read_bytes() for path in stage.folder.rglob("*") if path.is_file() and path != ours}
    found["what was said"] = b"\n".join(stage.written)
    with Archive.open(stage.url) as archive:  # answers are compressed
        for task in archive.tasks():
            for version in archive.versions(task.id):
                found[f"answer of {task.id}"] = archive.raw(task.id, version.number)
    log = found[str(stage.server.folder / "log")]
    assert b"INSERT INTO queue" in log, "the log holds every statement"
    assert b"queued" in log
    for place, data in found.items():
        for canary in CANARIES:
            assert canary.encode() not in data, f"{canary} is in {place}"


def test_what_went_wrong_was_said_with_the_way_out(stage: Stage) -> None:
    said = b"\n".join(stage.written).decode("utf-8", "replace")
    assert "the server does not let you in" in said
    assert "cannot be reached" in said
    assert "the address of the archive cannot be read" in said
    assert "an option holds a key or password" in said
    assert stage.server.folder.name in said, "places are named"
