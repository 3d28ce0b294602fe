"""Every family of cases, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.agreement.cases import Family
from tests.agreement.cookies import Cookies
from tests.agreement.cors import Cors
from tests.agreement.referer import Referer

FAMILIES: Final[Mapping[str, Family[Any]]] = {family.name: family for family in (Cors(), Cookies(), Referer())}
