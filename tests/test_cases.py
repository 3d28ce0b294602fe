"""Every case says what it must give, and gives it: no more, no less."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from harinspect.har import load
from harinspect.har.model import Credentials, Exchange, Har
from harinspect.inspecting import Confidence, Finding
from harinspect.wire.headers import Headers
from tests.case_files import CASES, expected, inspector_of, told, verdicts, verdicts_on

SENSITIVE = frozenset({"cookie", "authorization", "set-cookie"})
ids = [case.stem for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_case_gives_what_it_says(case: Path) -> None:
    assert told(verdicts(case)) == expected(case)


@pytest.mark.parametrize("case", [c for c in CASES if ".ok-" in c.name], ids=lambda case: case.stem)
def test_ok_cases_expect_silence(case: Path) -> None:
    assert all(name.endswith("?") for name in expected(case))


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_knowing_less_never_accuses_more(case: Path) -> None:
    """With what is sensitive withheld, no rule speaks up above a hint that did not before."""
    full, poor = verdicts(case), verdicts_on(_withheld(load(case)), inspector_of(case))
    assert _accused(poor) <= _accused(full)


def _accused(found: tuple[object, ...]) -> set[str]:
    return {v.rule.cause for v in found if isinstance(v, Finding) and v.confidence is not Confidence.HINT}


def _withheld(har: Har) -> Har:
    """The same file as a sanitized export would have it."""
    exchanges = tuple(_stripped(exchange) for exchange in har.exchanges)
    return replace(har, source=replace(har.source, credentials=Credentials.REMOVED), exchanges=exchanges)


def _stripped(exchange: Exchange) -> Exchange:
    request = replace(exchange.request, headers=_without(exchange.request.headers))
    return replace(
        exchange, request=request, response=replace(exchange.response, headers=_without(exchange.response.headers))
    )


def _without(headers: Headers) -> Headers:
    return Headers([(n, v) for n, v in headers if n.lower() not in SENSITIVE], headers.withheld | SENSITIVE)
