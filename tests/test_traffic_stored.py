"""CORS requests that failed on an answer out of the browser's cache: seen by what the earlier answer allows."""

from __future__ import annotations

import pytest

from harinspect.har.model import Exchange
from harinspect.traffic.stored import Reused
from tests.builders import exchange, traffic

PAGE, FILE = "https://app.example/", "https://files.example/a.svg"
DAY = {"Cache-Control": "max-age=86400"}
OLD = {"Date": "Mon, 02 Mar 2026 09:00:00 GMT", "Last-Modified": "Mon, 02 Feb 2026 09:00:00 GMT"}


def first(got: dict[str, str], **rest: object) -> Exchange:
    kept: dict[str, object] = {"sent": {"Referer": PAGE, "Sec-Fetch-Mode": "no-cors"}, "server_ip": "203.0.113.1"}
    return exchange(0, FILE, got=got, **(kept | rest))  # type: ignore[arg-type]


def again(**rest: object) -> Exchange:
    kept: dict[str, object] = {
        "status": 0,
        "sent": {"Referer": PAGE},
        "error": "net::ERR_FAILED",
        "provisional": True,
        "resource_type": "fetch",
        "at": 30,
    }
    return exchange(5, FILE, **(kept | rest))  # type: ignore[arg-type]


def reused(*exchanges: Exchange) -> Reused | None:
    return traffic(*exchanges).reused.get(5)


@pytest.mark.parametrize(
    "got",
    [
        DAY,
        OLD,
        DAY | {"Vary": "Accept-Encoding"},
        {"Date": "Mon, 02 Mar 2026 09:00:00 GMT", "Expires": "Mon, 02 Mar 2026 10:00:00 GMT"},
    ],
)
def test_a_fresh_answer_without_grants_is_used_again(got: dict[str, str]) -> None:
    built = traffic(first(got), again())
    assert built.reused[5] == Reused(5, 0, "MissingAllowOriginHeader", "")
    assert built.cors[5].verdict == "MissingAllowOriginHeader"


@pytest.mark.parametrize(
    "got",
    [
        {},
        {"Cache-Control": "no-store"},
        {"Cache-Control": "no-cache, max-age=9"},
        {"Cache-Control": "max-age=10"},
        {"Cache-Control": "max-age=soon"},
        {"Date": "yesterday", "Expires": "0"},
        {"Date": "Mon, 02 Mar 2026 09:00:00 -0000", "Last-Modified": "Mon, 02 Feb 2026 09:00:00 -0000"},
        DAY | {"Vary": "Accept, Origin"},
        DAY | {"Vary": "*"},
        DAY | {"Access-Control-Allow-Origin": "*"},
    ],
)
def test_what_is_not_stored_or_would_have_passed_explains_nothing(got: dict[str, str]) -> None:
    assert reused(first(got), again()) is None


def test_an_answer_for_another_origin_is_told_with_what_it_grants() -> None:
    other = first(
        DAY | {"Access-Control-Allow-Origin": "https://www.app.example"}, sent={"Origin": "https://www.app.example"}
    )
    assert reused(other, again()) == Reused(5, 0, "AllowOriginMismatch", "https://www.app.example")


@pytest.mark.parametrize(
    "rest",
    [
        {"error": "net::ERR_ABORTED"},
        {"provisional": False},
        {"sent": {}},
        {"sent": {"Referer": "https://files.example/page"}},
        {"sent": {"Referer": "https://elsewhere.test/"}},
        {"resource_type": "document"},
        {"server_ip": "203.0.113.1", "status": 200},
        {"method": "POST"},
    ],
)
def test_other_failures_are_left_alone(rest: dict[str, object]) -> None:
    assert reused(first(DAY), again(**rest)) is None


def test_nothing_was_loaded_before() -> None:
    assert reused(again()) is None


def test_a_server_that_never_grants_is_to_blame_itself() -> None:
    bare = exchange(
        1, "https://files.example/b.json", sent={"Origin": "https://app.example", "Sec-Fetch-Mode": "cors"}, at=2
    )
    assert reused(first(DAY), bare, again()) is not None  # that one may have come from the cache as well
    asked = exchange(
        1,
        "https://files.example/b.json",
        sent={"Origin": "https://app.example", "Sec-Fetch-Mode": "cors"},
        at=2,
        server_ip="203.0.113.1",
    )
    assert reused(first(DAY), asked, again()) is None


def test_without_marks_an_answer_that_took_no_network_counts() -> None:
    quiet = again(
        status=200, error=None, provisional=False, sent={"Origin": "https://app.example", "Sec-Fetch-Mode": "cors"}
    )
    assert reused(first(DAY), quiet) is not None
