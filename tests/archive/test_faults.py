"""Full disks: what was saved stays, what was not is said, and saving works again when there is room."""

import random
import subprocess
import sys
from pathlib import Path

from tests.archive.make import NOW, a_task, filled, save
from tui.domain.errors import ArchiveError
from tui.engine.archive import Archive

LIMITED = """
import resource, signal, sys
sys.path[:0] = {path!r}
from pathlib import Path
from tests.archive.make import *
from tui.domain.errors import ArchiveError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
archive = Archive.open(Path({file!r}))
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, resource.RLIM_INFINITY))
import random
noise = random.Random(1).randbytes(3_000_000)
big = archive.save_answer("t001", noise, received_at=NOW, final=True)
small = archive.put_tasks([a_task("small")])
print(type(big.exception(20)).__name__, big.exception().message.split(":")[1].split("(")[0].strip())
print(small.exception(20))
print(archive.raw("t001") == {body!r}, len(archive.tasks()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
archive.save_answer("t001", noise, received_at=NOW, final=True).result(60)
print(archive.raw("t001", 2) == noise, archive.maintenance.verify().problems, archive.close(20))
"""


def test_a_write_that_fails_in_the_middle_loses_nothing_and_can_be_repeated(path: Path) -> None:
    bodies = filled(path, 5)
    code = LIMITED.format(path=sys.path, file=str(path), limit=1_000_000, body=bodies["t001"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "ArchiveError the disk is full, or a quota or file size limit is reached",
        "None",
        "True 6",
        "True () True",
    ]


def test_a_full_disk_is_said_and_old_rows_stay(archive: Archive) -> None:
    save(archive, a_task("old"), "kept")
    pages = archive._store.write(lambda db: db.execute("PRAGMA page_count").fetchone()[0]).result(60)
    archive._store.write(lambda db: db.execute(f"PRAGMA max_page_count = {pages + 5}").fetchone()).result(60)
    body = random.Random(1).randbytes(200_000)
    error = archive.save_answer("old", body, received_at=NOW, final=True).exception(10)
    assert isinstance(error, ArchiveError)
    assert "disk is full" in error.message
    assert "tried again" in error.hint
    assert archive.raw("old") == b"kept"
    archive._store.write(lambda db: db.execute("PRAGMA max_page_count = 100000").fetchone()).result(60)
    archive.save_answer("old", body, received_at=NOW, final=True).result(60)
    assert archive.raw("old", 2) == body
    assert archive.maintenance.verify().problems == ()
