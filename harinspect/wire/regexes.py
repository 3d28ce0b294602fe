"""Regexes that cost nothing until they are asked: few recordings meet all that may stand in one."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def regex(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, but compiled when it is first asked, which is also when re.error is raised.

    What is asked thousands of times in every recording is better off with `re.compile`.
    """
    return cast("re.Pattern[AnyStr]", _Regex(source, flags))


class _Regex:
    """A pattern that takes its methods from the compiled one, each when it is first called."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found
