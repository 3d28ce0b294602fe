"""The stand-alone file, and what the pages make of a report's parts."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import msgspec
import pytest

from harinspect.render import as_html, words
from harinspect.render.addresses import address
from harinspect.render.anchors import Served, Standalone, anchor, slug
from harinspect.render.environment import clock, day, plain, prose, zone
from harinspect.render.exchange_view import view_exchange
from harinspect.render.views import ReportView
from harinspect.report.model import Evidence, Field
from tests.page_fixtures import clear_report, full_report


def test_the_file_needs_nothing_else():
    text = as_html.render(full_report())
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!#|https://)', text)
    assert "url(" not in text


def test_its_style_is_the_only_thing_its_policy_allows():
    text = as_html.render(clear_report())
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in text.replace("&#39;", "'").replace("&#43;", "+")
    assert "unsafe" not in text


def test_it_holds_every_exchange_and_its_links_arrive():
    text = as_html.render(full_report())
    ids = set(re.findall(r' id="([^"]+)"', text))
    links = set(re.findall(r'href="#([^"]+)"', text))
    assert "exchange-6-response-header-access-control-allow-headers" in links
    assert links - ids == set()


def test_prose_escapes_everything_but_code():
    assert prose("a `<b>` & <i>") == "a <code>&lt;b&gt;</code> &amp; &lt;i&gt;"
    assert prose("one\n\ntwo `x`") == "<p>one</p><p>two <code>x</code></p>"
    assert prose("an odd ` tick") == "an odd ` tick"
    assert prose("") == ""
    assert plain("say `x`") == "say x"


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://a.test/b?c=d", ("a.test", "/b", "?c=d")),
        ("http://a.test:81", ("http://a.test:81", "/", "")),
        ("wss://a.test/s", ("wss://a.test", "/s", "")),
        ("data:text/plain,x", ("", "data:text/plain,x", "")),
        ("http://[broken", ("", "http://[broken", "")),
    ],
)
def test_addresses(url, parts):
    assert address(url) == parts


def test_times():
    assert clock("2026-11-20T10:04:05.120+00:00") == "10:04:05"
    assert day("2026-11-20T10:04:05.120+00:00") == "20 Nov 2026, 10:04 UTC"
    assert day("2026-11-20T10:04:05+05:30") == "20 Nov 2026, 10:04 UTC+05:30"
    assert day("2026-11-20T10:04:05") == "20 Nov 2026, 10:04"
    assert (clock(None), day(None), zone(None)) == ("", "an unknown time", "")
    assert (clock("soon"), day("soon"), zone("soon")) == ("soon", "soon", "")


def test_words():
    assert [words.size(n) for n in (0, 999, 1500, 150_000, 2_000_000, 3_000_000_000)] == [
        "0 bytes",
        "999 bytes",
        "1.5 kB",
        "150 kB",
        "2.0 MB",
        "3.0 GB",
    ]
    assert [words.milliseconds(n) for n in (-1, 12.3, 1500)] == ["unknown", "12 ms", "1.5 s"]
    assert words.count(1, "entry", "entries") + words.count(2, "entry", "entries") == "1 entry2 entries"
    assert [words.status_tone(n) for n in (0, 204, 302, 403)] == ["none", "good", "moved", "bad"]
    assert words.cors_words("SomethingNewHere") == "Something new here"
    assert words.cors_words("ok") == "Allowed"


def test_anchors():
    assert anchor("response.header", "Access-Control-Allow-Origin") == "response-header-access-control-allow-origin"
    assert anchor("request.cookie", "sid") == "request-header-cookie"
    assert anchor("response.cookie", "sid") == "response-header-set-cookie"
    assert anchor("response.header") == "response-header"
    assert anchor("server_ip") == "server-ip"
    assert slug("  A--B ") == "a-b"


def test_links_served_and_alone():
    piece = Evidence(exchange=3, part="response.status")
    assert Served("r").evidence(piece) == "/reports/r/exchanges/3#response-status"
    assert Standalone().evidence(piece) == "#exchange-3-response-status"
    assert Standalone().denial(3) == "#denial-3"


def test_repeated_headers_share_no_anchor():
    exchange = msgspec.structs.replace(
        ReportView(full_report()).exchanges[2],
        response_headers=(Field(name="Set-Cookie", value="a=1"), Field(name="set-cookie", value="b=2")),
    )
    view = view_exchange(exchange, [Evidence(exchange=2, part="response.cookie", name="b", note="the second")])
    assert [(row.place, row.notes) for row in view.response_headers] == [
        ("response-header-set-cookie", ("the second",)),
        ("", ()),
    ]


def test_marks_split_the_text_where_evidence_quotes_it():
    exchange = ReportView(full_report()).exchanges[20]
    pieces = [
        Evidence(exchange=20, part="response.body", value=value, note="n") for value in ("denied", "no", "denied")
    ]
    marked = view_exchange(exchange, pieces).marked("response-body", "denied: no, denied")
    assert marked == (("denied", True), (": no, ", False), ("denied", True))


def test_groups_lead_with_the_surest_and_end_with_the_related():
    titles = [group.title for group in ReportView(full_report()).groups]
    assert titles[0] == "The preflight does not allow a header that the page sends"
    assert titles[-2:] == ["The file does not tell why", "Too many requests in a short time"]


def test_an_exchange_knows_the_denial_behind_it():
    view = ReportView(full_report())
    found = [view.denial_behind(index) for index in (6, 12, 31)]
    assert [denial.exchange if denial else None for denial in found] == [5, 12, None]


def test_what_is_not_in_the_report_is_none():
    view = ReportView(full_report())
    assert (view.exchange(7), view.group_of(7), view.chain_of(7), view.preflight_of(7)) == (None, None, None, None)


def test_a_preflight_without_its_exchanges():
    report = msgspec.structs.replace(full_report(), exchanges=())
    pair = ReportView(report).preflights[0]
    assert (pair.answered, pair.url, pair.passed) == (0, "", False)
    assert "It breaks here." in as_html.render(report)


def test_the_drawing_names_an_error_status_before_missing_headers():
    view = next(view for view in ReportView(full_report()).preflights if not view.passed)
    assert view.options
    pair = msgspec.structs.replace(view.pair, verdict="PreflightMissingAllowOriginHeader")
    refused = replace(view, pair=pair, options=msgspec.structs.replace(view.options, status=403))
    assert "answered 403" in refused.trouble
    assert "Access-Control-Allow-Origin" in replace(refused, options=None).trouble
