"""The parts of a provider: specification, client, and the readers' base."""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class LateModule(ModuleType):
    """Stands for a module until something of it is used, which imports the real one: whoever asks finds that."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


# Pydantic imports it for fields of a kind that no contract has; OpenSSL comes with it, 3.5 MB.
sys.modules.setdefault("secrets", LateModule("secrets"))
