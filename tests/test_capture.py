"""What is asked of the customer: only with a reason, in the words of their browser, the most useful first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harinspect.har.model import Credentials, Exchange, Har, Problem
from harinspect.report.capture import advice
from tests.report_fixtures import exchange, har

START = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def page(index: int = 0, url: str = "https://app.example/", **more: object) -> Exchange:
    return exchange(index, url, resource_type="document", started=at(index), **more)  # type: ignore[arg-type]


def refusal(index: int = 1, **more: object) -> Exchange:
    fields = {"status": 403, "body": "no", "resource_type": "fetch", "started": at(index)} | more
    return exchange(index, "https://app.example/api", **fields)  # type: ignore[arg-type]


def only(recording: Har) -> str:
    told = advice(recording, True)
    assert len(told) == 1, told
    return told[0]


def test_a_recording_that_leaves_nothing_to_wish_asks_for_nothing() -> None:
    assert advice(har(page(), refusal()), True) == ()


def test_removed_credentials_are_asked_for_in_the_menus_of_chrome() -> None:
    told = only(har(page(), refusal(), credentials=Credentials.REMOVED))
    for words in (
        "Settings > Preferences > Network",
        '"Allow to generate HAR with sensitive data"',
        '"Export HAR (with sensitive data)…"',
        "only to a person they trust, over a private channel",
    ):
        assert words in told
    assert "were removed from" in told


def test_credentials_that_may_have_been_removed_are_not_called_removed() -> None:
    assert "are nowhere in this export" in only(har(page(), refusal(), credentials=Credentials.UNKNOWN))


def test_another_tools_masking_is_not_blamed_on_the_browser() -> None:
    told = only(har(page(), refusal(), exporter="charles", credentials=Credentials.REMOVED))
    assert "taken out of this file after the export" in told
    assert "DevTools" not in told
    assert advice(har(page(), refusal(), exporter="firefox", credentials=Credentials.UNKNOWN), True) == ()


def test_a_damaged_file_comes_first() -> None:
    told = advice(har(page(), refusal(), lost=3, credentials=Credentials.REMOVED), True)
    assert told[0].startswith("The file is cut off or damaged, and 3 of its entries could not be read")
    assert len(told) == 2


def test_a_cut_file_may_have_lost_no_whole_entry() -> None:
    assert "a part of it" in only(har(page(), refusal(), problems=(Problem("byte 99", "it ends here"),)))
    assert advice(har(page(), refusal(), problems=(Problem("/log", "damaged around"),)), True) == ()


@pytest.mark.parametrize(
    ("exporter", "words"),
    [
        ("chrome", 'tick "Preserve log" in the Network panel of DevTools'),
        ("firefox", 'choose "Persist Logs" in the gear menu of the Network Monitor'),
        ("safari", 'tick "Preserve Log" in the Network tab of Web Inspector'),
        ("unknown", '"Preserve log" (Chrome, Edge), "Persist Logs" (Firefox)'),
    ],
)
def test_a_late_start_asks_for_the_log_to_be_kept(exporter: str, words: str) -> None:
    told = only(har(refusal(), exporter=exporter))
    assert told.startswith("The recording begins in the middle")
    assert words in told
    assert "from the first page on" in told


def test_a_proxys_recording_has_no_log_to_preserve() -> None:
    assert advice(har(refusal(), exporter="charles"), True) == ()


def test_time_not_place_in_the_file_decides_what_is_first() -> None:
    assert advice(har(refusal(5), page(0)), True) == ()


@pytest.mark.parametrize(
    ("sent", "mime", "late"),
    [
        ((("sec-fetch-dest", "document"),), "", False),
        ((("Sec-Fetch-Dest", "empty"),), "", True),
        ((("accept", "text/html,*/*"),), "", False),
        ((("accept", "application/json"),), "", True),
        ((), "text/html", False),
        ((), "", False),
    ],
)
def test_without_a_type_the_headers_tell_a_page(sent: tuple[tuple[str, str], ...], mime: str, late: bool) -> None:
    first = exchange(0, sent=sent, started=at(0))
    answered = Exchange(
        **{name: getattr(first, name) for name in first.__struct_fields__} | {"response": _html(first, mime)}
    )
    assert bool(advice(har(answered, refusal()), True)) is late


def _html(first: Exchange, mime: str) -> object:
    response = first.response
    return type(response)(response.status, "", response.headers, mime_type=mime)


def test_undated_exchanges_do_not_show_a_late_start() -> None:
    assert advice(har(refusal(started=None)), True) == ()


def test_a_redirect_into_nothing_asks_for_the_log_to_be_kept() -> None:
    posted = page(0, method="POST", status=302, answered=(("Location", "/welcome#top"),))
    assert "Exchange #0 sends the browser to a page that is not in the recording" in only(har(posted, refusal()))
    assert advice(har(posted, page(1, "https://app.example/welcome"), refusal(2)), True) == ()


def test_a_redirect_to_an_app_or_of_an_image_is_no_reason() -> None:
    away = page(0, status=302, answered=(("location", "myapp://open"),))
    image = exchange(1, status=302, answered=(("location", "/x"),), resource_type="image", started=at(1))
    assert advice(har(away, image, refusal(2)), True) == ()


def test_cookies_from_before_the_recording_ask_for_the_sign_in() -> None:
    told = only(har(page(sent=(("Cookie", "sid=1; flag; theme=2"),)), refusal()))
    assert told.startswith("Cookies such as sid, theme were sent but set before the recording began")
    assert "record from signing in on" in told


def test_cookies_that_were_set_before_they_were_sent_are_no_reason() -> None:
    first = page(answered=(("Set-Cookie", "sid=1; Path=/"),))
    assert advice(har(first, refusal(sent=(("cookie", "sid=1"),))), True) == ()


def test_a_late_start_with_old_cookies_is_one_advice() -> None:
    assert "from signing in on" in only(har(refusal(sent=(("cookie", "sid=1"),))))


@pytest.mark.parametrize(
    ("exporter", "words"),
    [
        ("chrome", "while the refused page is still open"),
        ("firefox", "devtools.netmonitor.har.includeResponseBodies"),
        ("safari", "before the page is left"),
        ("charles", "with content (bodies)"),
    ],
)
def test_missing_texts_of_refusals_are_asked_for(exporter: str, words: str) -> None:
    told = only(har(page(), refusal(body=None, body_size=120), exporter=exporter))
    assert told.startswith("The text of a refusal is not in the file")
    assert words in told


def test_several_missing_texts_are_counted_once() -> None:
    told = only(har(page(), refusal(1, body=None, body_size=9), refusal(2, body=None, body_size=9)))
    assert told.startswith("The texts of 2 refusals are not")


def test_texts_that_are_empty_elsewhere_or_never_there_are_not_missed() -> None:
    rows = (
        refusal(1, body=None, body_size=0),
        refusal(2, body=None, body_size=9, method="HEAD"),
        refusal(3, body=None, body_size=9, error="net::ERR_ABORTED"),
    )
    assert advice(har(page(), *rows), True) == ()
    assert advice(har(page(), refusal(body=None, body_size=9), body=lambda index: "kept"), True) == ()


def test_blocked_requests_ask_for_the_console() -> None:
    told = only(har(page(), refusal(7, status=0, error="net::ERR_FAILED")))
    assert "the messages in the Console of the developer tools" in told
    assert "exchange #7" in told
    assert "Web Inspector" in only(har(page(), refusal(status=0), exporter="safari"))
    assert advice(har(page(), refusal(status=0), exporter="charles"), True) == ()
    for error in ("net::ERR_ABORTED", "net::ERR_NAME_NOT_RESOLVED"):
        assert advice(har(page(), refusal(status=0, error=error)), True) == ()


@pytest.mark.parametrize(
    ("exporter", "words"),
    [("chrome", '"Disable cache" ticked'), ("firefox", '"Disable Cache" ticked'), ("other", "cache switched off")],
)
def test_a_refusal_from_the_cache_asks_for_one_without(exporter: str, words: str) -> None:
    told = only(har(page(), refusal(from_cache=True), exporter=exporter))
    assert told.startswith("Exchange #1 came from the browser's cache")
    assert words in told


def test_nothing_refused_asks_for_a_recording_of_the_refusal_and_for_no_secrets() -> None:
    told = advice(har(page(), credentials=Credentials.REMOVED), False)
    assert len(told) == 1
    assert told[0].startswith("Nothing in this file was refused")


def test_an_empty_recording_is_no_error() -> None:
    assert len(advice(har(lost=1), False)) == 2


def test_at_most_five_each_of_at_most_two_sentences() -> None:
    rows = (
        refusal(1, body=None, body_size=9),
        refusal(2, status=0, error="net::ERR_FAILED"),
        refusal(3, from_cache=True),
    )
    told = advice(har(*rows, lost=1, credentials=Credentials.REMOVED), True)
    assert len(told) == 5
    assert all(text.count(". ") + text.count("? ") <= 1 for text in told), told
    assert "cut off" in told[0]
    assert "Cookie, Set-Cookie" in told[1]
