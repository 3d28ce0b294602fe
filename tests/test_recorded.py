"""What a recording settles by itself: each fact where the file shows it, and none where it does not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harinspect.har.model import Credentials, Exchange, Har, Source
from harinspect.knowledge import guidance
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.case import Case
from harinspect.report.meaning import meaning
from harinspect.report.recorded import FACTS, shown
from harinspect.traffic.build import build
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.headers import Headers
from tests.builders import exchange
from tests.cases_of_guidance import CANARY, URL, bearer, case, refused
from tests.report_fixtures import denial as told

DATE = {"Date": "Mon, 02 Mar 2026 09:00:05 GMT"}


def fact(name: str, one: Case) -> str:
    return shown(one, (name,))


COOKIE = {"Cookie": f"sid={CANARY}"}
KEY = {"Authorization": bearer(exp=600, iat=-7, scope="items:read")}
FOUND: dict[str, tuple[Case, str]] = {
    "request": (case(), "#5 has all three; it began at 2026-03-02 09:00:05 UTC."),
    "answer": (
        case(about=refused(body="No.", got={"X-Request-Id": CANARY})),
        "#5 has the words of the answer, and `x-request-id` to find it by.",
    ),
    "masked": (case(), "They are masked in this report."),
    "alike": (case(refused(7), refused(8)), "The file has the same call again in #7, #8, refused alike."),
    "refused-again": (case(refused(7)), "The file has the same call again in #7, refused alike."),
    "twin": (case(exchange(3, URL)), "#3 went to the same address with the same method in this recording, and passed."),
    "other-credential": (
        case(exchange(3, URL, sent={"Authorization": "Bearer b"}), about=refused(sent={"Authorization": "Bearer a"})),
        "#3 went to the same address with another `Authorization`, and passed.",
    ),
    "passed-later": (
        case(exchange(9, URL)),
        "#9 made the same call later and passed, and nothing else was different in it.",
    ),
    "address-open": (case(exchange(3, f"{URL}?a=1")), "The address exists: #3 asked for it and passed."),
    "no-cookie": (case(), "The request carried no cookie, so none of them can be stale."),
    "other-cookies": (
        case(refused(9, sent={"Cookie": "sid=b"}), about=refused(sent=COOKIE)),
        "#9 made the same call with other cookies, and was refused alike.",
    ),
    "credential": (case(about=refused(sent=KEY)), "The request carried `authorization`."),
    "no-credential": (case(), "It carried neither a cookie nor `Authorization` nor a key of a usual name."),
    "token": (
        case(about=refused(sent=KEY)),
        "#5 sends a token in good form; it is valid until 2026-03-02 09:10:00 UTC; scopes items:read.",
    ),
    "fresh-token": (
        case(about=refused(sent=KEY)),
        "The token had been issued only 12 seconds before, and was refused all the same.",
    ),
    "uncached": (
        case(about=refused(sent={"Pragma": "no-cache"})),
        "The request told caches to ask the server (`no-cache`), and the answer bears no sign of a cache.",
    ),
    "host-open": (
        case(exchange(6, "https://api.example/other")),
        "#6 to the same host passed right after it, so the network as a whole is not shut out.",
    ),
    "nothing-sent": (case(), "The request has neither a body nor a query to leave out."),
    "browser-error": (
        case(about=exchange(5, URL, 0, error="net::ERR_BLOCKED_BY_CLIENT"), kind=DenialKind.BLOCKED),
        "The recording has the browser's own word: `net::ERR_BLOCKED_BY_CLIENT`.",
    ),
    "opened": (
        case(exchange(3, URL, sent={"Sec-Fetch-Dest": "document"})),
        "#3 opened the address itself, and passed.",
    ),
    "retried": (
        case(refused(50), about=refused(got={"Retry-After": "30"}), cause="rate.limited"),
        "#50 tried again after that time and was refused alike.",
    ),
    "told-when": (
        case(about=refused(got={"Retry-After": "30"}), cause="rate.limited"),
        "The answer says when to try again: 2026-03-02 09:00:35 UTC.",
    ),
    "clock": (case(about=refused(got=DATE)), "The clock of the recording and the `Date` of the answer agree."),
    "context": (
        case(about=refused(url="https://a.example/wp-admin/x", resource_type="fetch")),
        "#5 is a call that a script made. Its path looks like an administration area.",
    ),
    "tried": (
        case(cause="cors.missing-acao", verified=model.Verified(holds=True, how="x")),
        "The change was tried on the recording, and it holds.",
    ),
    "knows-who-asks": (
        case(about=refused(sent=KEY), cause="auth.role-denied"),
        "The request carried `authorization`, and it was refused all the same.",
    ),
    "meant": (
        case(cause="auth.role-denied", title="The role is missing", responsible="user"),
        "Found here: the role is missing.",
    ),
    "configured": (case(cause="ua.blocked", title="HTTPS is wanted"), "Found here: HTTPS is wanted."),
    "lasting": (case(cause="ua.blocked", title="A rule"), "Found here, and it stays until it is changed: a rule."),
    "passing": (case(cause="rate.limited", title="A limit", temporary="yes"), "Found here: a limit."),
    "stated": (case(cause="ua.blocked", basis="the response says so"), "Here the answer itself says why."),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_fact_is_told_where_the_file_shows_it(name: str) -> None:
    one, sentence = FOUND[name]
    assert fact(name, one) == sentence


def test_facts_of_preflights_and_redirects_are_told() -> None:
    asking = {"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}
    allow = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "PUT"}
    actual = exchange(5, URL, 403, method="PUT", sent={"Origin": "https://app.example"})
    for got, words in (
        (allow, "#4 is the preflight, and it was granted."),
        ({}, "#4 is the preflight, and its answer"),
    ):
        options = exchange(4, URL, 204, method="OPTIONS", sent=asking, got=got, resource_type="preflight")
        assert fact("preflight", case(options, about=actual)).startswith(words)
    page = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    first = exchange(4, "https://api.example/old", 302, sent=page, got={"Location": URL}, at=4)
    assert fact("chain", case(first, about=refused(sent=page))) == "The report has all 2 hops."


SILENT: dict[str, list[Case]] = {
    "answer": [case()],
    "alike": [
        case(),
        case(refused(5, at=5.2), about=refused(4, at=5)),  # a page that asks twice at once tries nothing
        case(refused(7, sent={"Authorization": "Bearer a"})),
        case(refused(7, method="POST")),
        case(exchange(7, URL, 500)),
        case(refused(7, got={"Age": "2"})),
        case(refused(7), about=refused(from_cache=True)),
    ],
    "refused-again": [case(), case(refused(7), cause="rate.limited", temporary="yes")],
    "twin": [case(), case(exchange(3, URL, method="POST")), case(exchange(3, URL, 302)), case(exchange(3, f"{URL}/x"))],
    "other-credential": [case(exchange(3, URL)), case(exchange(3, URL, sent=KEY), about=refused(sent=KEY))],
    "passed-later": [case(exchange(3, URL)), case(exchange(9, URL, sent=COOKIE))],
    "address-open": [case(), case(exchange(3, f"{URL}/x"))],
    "no-cookie": [case(about=refused(sent=COOKIE)), case(about=refused(provisional=True))],
    "other-cookies": [
        case(refused(9), about=refused()),
        case(refused(9, sent=COOKIE), about=refused(sent=COOKIE)),
        case(refused(9), about=refused(sent=COOKIE)),  # that may just be another kind of call
    ],
    "credential": [case(), case(about=refused(sent={"Cookie": "lang=en"}))],
    "no-credential": [case(about=refused(sent=KEY)), case(about=refused(provisional=True))],
    "token": [case(), case(about=refused(sent={"Authorization": "Bearer undefined"}))],
    "fresh-token": [
        case(),
        case(about=refused(sent={"Authorization": bearer(exp=600, iat=-3600)})),
        case(about=refused(sent={"Authorization": bearer(exp=600)})),
        case(about=refused(sent={"Authorization": bearer(exp=600, iat=90)})),
    ],
    "uncached": [
        case(),
        case(about=refused(sent={"Pragma": "no-cache"}, got={"Age": "9"})),
        case(about=refused(sent={"Pragma": "no-cache"}, from_cache=True)),
        case(about=exchange(5, URL, 0, sent={"Pragma": "no-cache"})),
        case(about=refused(sent={"Pragma": "no-cache"}), cause="cache.stale-403"),
    ],
    "host-open": [
        case(),
        case(exchange(3, "https://api.example/other")),
        case(exchange(90, "https://api.example/other")),
        case(exchange(6, "https://api.example/other", from_cache=True)),
        case(exchange(6, "https://api.example/other", got={"Age": "1"})),
        case(exchange(6, "https://api.example/other"), cause="server.ip-denied"),
        case(exchange(6, "https://api.example/other"), kind=DenialKind.BLOCKED),
    ],
    "nothing-sent": [case(about=refused(url=f"{URL}?a=1")), case(about=refused(method="POST"))],
    "browser-error": [
        case(),
        case(about=exchange(5, URL, 0, error="net::ERR_FAILED")),
        case(about=exchange(5, URL, 0, error=f"net::ERR_X {CANARY}")),
    ],
    "opened": [
        case(exchange(3, URL)),
        case(exchange(3, URL), about=refused(sent={"Sec-Fetch-Dest": "document"})),
    ],
    "preflight": [case()],
    "chain": [case()],
    "retried": [
        case(refused(9), about=refused(got={"Retry-After": "30"}), cause="rate.limited"),
        case(refused(50), about=refused(got={"Retry-After": "30"}), cause="auth.role-denied"),
    ],
    "told-when": [case(cause="rate.limited"), case(about=refused(got={"Retry-After": "30"}))],
    "clock": [case(), case(about=refused(got=DATE | {"Age": "3"})), case(about=refused(got=DATE, from_cache=True))],
    "context": [case(), case(about=refused(resource_type="image"))],
    "tried": [
        case(),
        case(cause="cors.missing-acao"),
        case(cause="cors.missing-acao", verified=model.Verified(holds=False, how="x")),
    ],
    "knows-who-asks": [
        case(about=refused(sent=KEY)),
        case(cause="auth.role-denied"),
        case(about=refused(sent=KEY), cause="auth.role-denied", confidence="hint"),
    ],
    "meant": [case(), case(cause="ua.blocked"), case(cause="auth.role-denied", responsible="user", confidence="hint")],
    "configured": [
        case(),
        case(cause="auth.role-denied", responsible="user"),
        case(cause="ua.blocked", confidence="hint"),
    ],
    "lasting": [case(), case(cause="x", temporary="maybe"), case(cause="x", confidence="hint")],
    "passing": [case(), case(cause="x"), case(cause="x", temporary="yes", confidence="hint")],
    "stated": [case(), case(cause="x"), case(cause="x", basis="the response says so", confidence="hint")],
}


@pytest.mark.parametrize(("name", "number"), [(name, n) for name, rows in SILENT.items() for n in range(len(rows))])
def test_a_fact_is_not_told_otherwise(name: str, number: int) -> None:
    assert fact(name, SILENT[name][number]) == ""


def test_every_fact_is_tried_both_ways() -> None:
    assert set(FACTS) == set(FOUND) | {"preflight", "chain"}
    assert set(FACTS) == set(SILENT) | {"request", "masked"}


def test_the_words_follow_what_was_recorded() -> None:
    over = case(about=refused(sent={"Authorization": bearer(exp=-60, scope="a b c d e")}))
    assert fact("token", over) == (
        "#5 sends a token in good form; it ended 2026-03-02 08:59:00 UTC, before this call; scopes a, b, c and 2 more."
    )
    assert fact("clock", case(about=refused(got={"Date": "Mon, 02 Mar 2026 09:10:05 GMT"}))).endswith(
        " 10 minutes apart."
    )
    assert fact("clock", case(about=refused(got={"Date": "Mon, 02 Mar 2026 14:10:05 GMT"}))).endswith(" 5 hours apart.")
    timeless = case(about=refused(sent={"Authorization": bearer(iss="x")}))
    assert fact("token", timeless) == "#5 sends a token in good form."
    assert fact("answer", case(about=refused(body="No."))) == "#5 has the words of the answer."
    assert fact("opened", case(refused(7, sent={"Sec-Fetch-Dest": "document"}))).endswith("and was refused alike.")
    passed = case(exchange(50, URL), about=refused(got={"Retry-After": "30"}), cause="rate.limited")
    assert fact("retried", passed) == "#50 tried again after that time and passed."
    assert fact("context", case(about=refused(sent={"Sec-Fetch-Dest": "document"}))) == "#5 is a page that was opened."
    said = case(cause="auth.role-denied", basis="the response says so")
    assert fact("knows-who-asks", said) == "The answer itself says that the right is missing."


def test_a_cache_that_was_ruled_out_answers_for_itself() -> None:
    innocent = model.RuledOut(cause="cache.stale-403", reason="A cache asked the server.")
    assert fact("uncached", case(ruled_out=(innocent,))) == "A cache asked the server."


def test_a_session_cookie_counts_as_a_credential() -> None:
    set_it = exchange(
        2, "https://api.example/login", method="POST", got={"Set-Cookie": "sessionid=a; HttpOnly; Path=/"}
    )
    one = case(set_it, about=refused(sent={"Cookie": "sessionid=a"}))
    assert fact("credential", one) == "The request carried a cookie that looks like a session."


@pytest.mark.parametrize("name", ["no-cookie", "no-credential", "passed-later"])
def test_what_a_file_withholds_is_not_taken_for_absent(name: str) -> None:
    def withheld(one: Exchange) -> Exchange:
        return replace(one, request=replace(one.request, headers=Headers((), {"cookie", "authorization"})))

    mine, later = withheld(refused()), withheld(exchange(9, URL))
    recording = build(Har(Source("x", 0, credentials=Credentials.REMOVED), (mine, later)))
    one = Case(Denial(mine, DenialKind.FORBIDDEN, recording), told(5, findings=()), ReportRedactor())
    assert fact(name, one) == ""
    assert "The file leaves open whether a credential was sent" in meaning(one)


def test_facts_that_the_data_names_exist_and_each_is_named() -> None:
    named = {name for check in guidance.checks().checks.values() for name in check.answered}
    named |= {name for step in guidance.steps().steps.values() for name in step.done}
    named |= {name for myth in guidance.myths() for name in myth.shown}
    assert named == set(FACTS)


def test_a_recording_without_times_tells_of_none() -> None:
    one = case(about=replace(refused(got={"Retry-After": "30"}), started=None), cause="rate.limited")
    for name in ("request", "alike", "token", "fresh-token", "host-open", "clock", "told-when", "retried"):
        assert fact(name, one) == ""
