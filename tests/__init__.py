"""The tests. Compiled modules are kept for them even where Python is told to write none: two thirds of what collecting
and every short program cost is compiling. They are then kept apart from the sources, so these stay clean.
"""

import os
import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().parents[1] / ".pytest_cache" / "bytecode"

if sys.dont_write_bytecode:
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(_FOLDER)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the workers, and programs that tests start
    os.environ["PYTHONPYCACHEPREFIX"] = str(_FOLDER)
