"""What every example body means: one entry per file of each corpus, asserted value by value in `test_examples`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests import corpora
from tests.providers.expected.extruct import EXTRUCT
from tests.providers.expected.own import OWN
from tests.providers.expected.valyu import VALYU
from tests.providers.expected.yutori import YUTORI

MEANINGS: Mapping[Path, Mapping[str, Any]] = {corpora.OWN: OWN, corpora.SHARED: EXTRUCT | YUTORI | VALYU}
EXAMPLES = Path("contracts", "examples")
