"""What every example body means: one entry per file, asserted value by value in `test_examples`."""

from collections.abc import Mapping
from typing import Any

from tests.providers.expected.extruct import EXTRUCT
from tests.providers.expected.valyu import VALYU
from tests.providers.expected.yutori import YUTORI

MEANINGS: Mapping[str, Any] = EXTRUCT | YUTORI | VALYU
