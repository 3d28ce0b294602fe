"""The redactor of reports: what it hides beyond that of single values, and its last look at what was written."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from harinspect.har.model import Exchange, Request, Response
from harinspect.pipeline import analyse
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.exchanges import exchange_part
from harinspect.wire.headers import Headers
from tests.har_files import document, entry
from tests.privacy.canaries import ENCODINGS

SECRET = "q8w7e6r5t4z3u2i1"


def evidence(value: str) -> model.Evidence:
    return model.Evidence(exchange=1, part="response.body", name="x", value=value)


def test_a_secret_is_taken_out_of_what_was_written_before_it_was_known() -> None:
    redactor = ReportRedactor()
    mark = redactor.header("Cookie", f"sid={SECRET}").partition("=")[2]
    last = redactor.last_look()
    assert last.part(evidence(f"before {SECRET} after")).value == f"before {mark} after"
    assert mark.startswith("‹cookie:16-31:")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_it_is_found_in_each_encoding(encoding: str) -> None:
    shown = ENCODINGS[encoding](SECRET)
    redactor = ReportRedactor()
    redactor.header("Cookie", f"sid={SECRET}")
    seen = redactor.last_look().part(evidence(f"before {shown} after")).value
    assert seen.startswith("before ")
    assert seen.endswith(" after")
    assert "‹cookie:16-31:" in seen


def test_what_holds_no_secret_is_not_made_anew() -> None:
    redactor = ReportRedactor()
    part = evidence("nothing")
    assert redactor.last_look().part(part) is part
    redactor.header("Cookie", f"sid={SECRET}")
    assert redactor.last_look().part(part) is part


def test_words_that_programs_go_by_stay() -> None:
    """A cookie may be called as a rule is: the rule keeps its name, and other texts do not show the cookie."""
    redactor = ReportRedactor()
    redactor.header("Cookie", "sid=cookie.domain-mismatch-2")
    ruled_out = model.RuledOut(cause="cookie.domain-mismatch-2", reason="cookie.domain-mismatch-2", evidence=())
    seen = redactor.last_look().part(ruled_out)
    assert seen.cause == "cookie.domain-mismatch-2"
    assert seen.reason.startswith("‹cookie:")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("customer-4711.har", "customer-4711.har"),
        ("www.shop.example_Archive [26-11-21 10-11-12].har", "www.shop.example_Archive [26-11-21 10-11-12].har"),
        ("20261121T101112Z.har", "20261121T101112Z.har"),
        ("cookie-samesite-lax-sanitized.har", "cookie-samesite-lax-sanitized.har"),
        ("a_max@mail.example", "‹email:"),
        (f"export-{SECRET}.har", "export-‹random:"),
        (f"{SECRET}_2.har", "‹random:"),
    ],
)
def test_the_name_of_a_file(name: str, shown: str) -> None:
    redactor = ReportRedactor()
    seen = redactor.file_name(name)
    assert seen == shown or ("‹" in shown and seen.startswith(shown))
    assert redactor.file_name(seen) == seen
    assert SECRET not in seen


def test_words_of_the_browser_stay_and_titles_go() -> None:
    redactor = ReportRedactor()
    blocked = "net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep"
    assert redactor.word(blocked) == blocked
    assert redactor.word("Forbidden") == "Forbidden"
    assert redactor.word(f"Forbidden {SECRET}").startswith("Forbidden ‹random:")
    assert redactor.title("Orders of Ada Lovelace").startswith("‹title:")
    assert redactor.title("https://a.example/x") == "https://a.example/x"


def test_what_is_asked_for_again_is_shown_as_before() -> None:
    redactor = ReportRedactor()
    for text in ("X-Request-Id", f"X-{SECRET}", "Forbidden", "", SECRET):
        shown = redactor.word(text)
        assert SECRET not in shown
        assert redactor.word(text) == shown
    for address in ("81.2.69.142", "[2001:db8::7]:443", "127.0.0.1", f"host {SECRET}"):
        shown = redactor.address(address)
        assert shown.startswith("‹")
        assert redactor.address(address) == shown


def test_a_field_that_was_learnt_shows_nothing_that_was_learnt_after_it() -> None:
    line = "theme=dark1; Path=/of/abcdef-1"
    assert ReportRedactor().header("Set-Cookie", line).endswith("; Path=/of/abcdef-1")
    redactor = ReportRedactor()
    redactor.learn([("Set-Cookie", line), ("Cookie", "lang=en; sid=abcdef-1")])
    assert "; Path=/of/‹cookie:8-15:" in redactor.header("Set-Cookie", line)
    assert redactor.text("said abcdef-1").startswith("said ‹cookie:")


@pytest.mark.parametrize(
    ("url", "path", "shown"),
    [
        ("https://a.example/of?x=1", "/of?x=1", "/of?x=1"),
        (f"https://a.example/of?token={SECRET}", f"/of?token={SECRET}", "/of?token=‹token:16-31:"),
        (f"https://a.example/verify/{SECRET}/b", "/b", "/b"),  # maybe of another address: judged by itself
        (f"https://a.example/b?{SECRET}", f"?{SECRET}", "?‹random:"),
        (f"https://{SECRET}@a.example/of?sid={SECRET}", f"/of?sid={SECRET}", "/of?sid=‹session:"),
        ("https://a.example/of", f"/of?sid={SECRET}", "/of?sid=‹session:"),
        ("https://a.example/of", f"//u:{SECRET}@b.example/", "//‹"),
        (f"https://hooks.a.example/of/{SECRET}", f"/of/{SECRET}", "/of/‹token:16-31:"),
        ("https://a.example/", "", ""),
    ],
)
def test_the_path_of_a_request_is_masked_as_its_address_is(url: str, path: str, shown: str) -> None:
    request = Request("GET", url, "h2", Headers([(":path", path), ("x-path", path)]))
    one = exchange_part(Exchange(0, None, 1.0, request, Response(403, "", Headers())), ReportRedactor())
    field = one.request_headers[0]
    assert field.name == ":path"
    assert field.value.startswith(shown)
    assert SECRET not in repr(one)


def test_nothing_of_an_exchange_goes_past_it() -> None:
    """Parts that are words in any honest recording, and hold whatever an exporter writes there."""
    made: Any = entry(0)
    made["request"] |= {"method": f"GET {SECRET}", "httpVersion": SECRET}
    made["request"]["headers"].append({"name": f"X-{SECRET}", "value": "1"})
    made["response"] |= {"statusText": SECRET, "status": 403}
    made |= {"serverIPAddress": "81.2.69.142", "_resourceType": SECRET, "pageref": SECRET}
    (report,) = analyse(BytesIO(document(0, entries=[made]).encode()), name=f"{SECRET}.har")
    written = repr(report)
    assert SECRET not in written
    assert "81.2.69.142" not in written
    assert "net=public" in written
