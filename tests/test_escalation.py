"""What is sent on: to whom, complete, masked, short, and safe to paste into a ticket."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from markdown_it import MarkdownIt

from harinspect.har.model import Credentials
from harinspect.report import model
from harinspect.report.recipients import ACTORS, RECIPIENTS
from harinspect.traffic.model import Denial, DenialKind
from tests import builders
from tests.messages import CANARY, FIRST, passed_on, refused, text_of, token
from tests.report_fixtures import HOSTILE, denied, exchange, finding


@pytest.mark.parametrize("layer", sorted(RECIPIENTS))
def test_the_layer_decides_whom_to_ask(layer: str) -> None:
    told = passed_on(denied(refused()), layer=layer)
    assert told.to == RECIPIENTS[layer]
    assert f"Answered by: {layer}" in told.text


def test_an_unknown_layer_goes_to_whoever_runs_the_server() -> None:
    told = passed_on(denied(refused()))
    assert told.to == "whoever runs the server that was asked"
    assert "Answered by" not in told.text


@pytest.mark.parametrize(
    ("layer", "responsible", "cause", "to"),
    [
        ("browser", "server-config", "cors.preflight-status", "whoever runs the server that was asked"),
        ("browser", "client-code", "cors.null-origin", ACTORS["client-code"]),
        ("application", "client-code", "auth.token-malformed", ACTORS["client-code"]),
        ("application", "identity-provider", "auth.token-not-yet-valid", ACTORS["identity-provider"]),
        ("unknown", "network", "server.proxy-denied", ACTORS["network"]),
        ("waf", "application", "waf.rule", RECIPIENTS["waf"]),
        ("application", "user", "auth.role-denied", "whoever grants access to this application"),
        ("cdn", "user", "auth.role-denied", RECIPIENTS["cdn"]),
    ],
)
def test_who_has_to_act_is_asked(layer: str, responsible: str, cause: str, to: str) -> None:
    fix = model.Fix(audience="developer", effort="easy", text="Change it.")
    found = finding(responsible=responsible, cause=cause, fixes=(fix,))
    assert passed_on(denied(refused()), layer=layer, findings=(found,)).to == to


def test_a_change_on_the_server_is_not_asked_of_the_pages_developers() -> None:
    fix = model.Fix(audience="admin", effort="easy", text="Raise the limit.")
    found = finding(responsible="client-code", cause="rate.limited", fixes=(fix,))
    assert passed_on(denied(refused()), layer="application", findings=(found,)).to == RECIPIENTS["application"]


def test_the_message_has_what_a_log_search_needs() -> None:
    wall = model.Responder(name="Wall", layer="waf")
    told = passed_on(denied(refused(error="net::ERR_FAILED")), layer="waf", responder=wall, findings=(finding(),))
    for part in (
        "A request of our customer was refused with 403 by Wall. Please tell which rule matched",
        "Request: POST https://api.example/x?token=‹token:8-15:",
        "Time (UTC): 2026-11-21T03:08:53.123Z",
        "Status: 403 (net::ERR_FAILED)",
        "X-Request-Id: 9e107d9d372bb6826bd81d3542a419d6 (the server's access log)",
        "Answered by: Wall (waf)",
        "User: ‹token:8-15:",
        "Server address: ‹ip:8-15:",
        "Finding: The answer allows another origin (certain)",
        "Proposed: Allow `https://app.example`.",
        "Risk: It decides which sites may read the answers.",
        "Way back: Keep the old header lines",
        "Test after: Repeat the call from the page",
    ):
        assert part in told.text
    assert "Time (local)" not in told.text
    assert "Not in the recording" not in told.text
    assert "- Time (UTC): `2026-11-21T03:08:53.123Z`" in told.markdown
    assert told.curl in told.markdown


def test_local_time_is_told_with_the_offset_of_the_recording() -> None:
    text = text_of(refused(started=FIRST))
    assert "Time (UTC): 2026-11-20T21:38:53.123Z" in text
    assert "Time (local): 2026-11-21 03:08:53.123+05:30" in text


def test_no_line_is_empty_and_the_message_stays_short() -> None:
    for text in (text_of(refused(), findings=(finding(),)), text_of(exchange(1, status=403))):
        assert len(text.splitlines()) <= 40
        assert not [line for line in text.splitlines() if line.endswith(": ") or "None" in line]


def test_a_request_id_comes_with_the_name_of_its_log() -> None:
    edge = (("CF-Ray", "8a1b2c3d4e5f6071-AMS"), ("Server", "cloudflare"), ("Traceparent", "00-1-2-01"))
    text = text_of(refused(answered=edge, sent=(("X-Correlation-Id", "order-77"),)))
    assert "Ray ID: 8a1b2c3d4e5f6071-AMS (Cloudflare dashboard, Security > Events)" in text
    assert text.count("8a1b2c3d4e5f6071") == 1
    assert "Traceparent: 00-1-2-01" in text
    assert "X-Correlation-ID: order-77 (sent with the request)" in text or "X-Correlation-Id: order-77" in text
    assert "In the path: Cloudflare" in passed_on(denied(refused(answered=edge)), present=("Cloudflare",)).text


def test_a_reference_may_stand_in_the_body() -> None:
    body = "The requested URL was rejected. Please consult with your administrator. Your support ID is: 1234567890"
    text = text_of(refused(answered=(), body=body))
    assert "Support ID: 1234567890 (BIG-IP, Security > Event Logs > Application > Requests)" in text


def test_the_way_the_headers_and_the_words_of_the_answer_are_told() -> None:
    got = (("Via", "1.1 gate"), ("Retry-After", "30"), ("WWW-Authenticate", 'Bearer error="x"'), ("X-Other", "no"))
    sent = (("Origin", "https://app.example"), ("User-Agent", "Made/1.0"), ("Accept", "*/*"))
    text = text_of(refused(answered=got, sent=sent, body='{"error": "not yours"}', from_cache=True))
    assert "Via: 1.1 gate" in text
    assert "Out of: the browser's own cache" in text
    assert "It says: not yours" in text
    assert "Headers sent:\n  Origin: https://app.example\n  User-Agent: Made/1.0\n" in text
    assert 'Headers received:\n  WWW-Authenticate: Bearer error="x"\n  Retry-After: 30' in text
    assert "Accept" not in text
    assert "X-Other" not in text
    assert "Out of: the page's service worker" in text_of(refused(from_service_worker=True))


def test_the_headers_of_the_proof_come_first() -> None:
    proof = (model.Evidence(exchange=3, part="request.header", name="x-shop"),)
    text = text_of(
        refused(sent=(("Origin", "https://a.example"), ("X-Shop", "7"))), findings=(finding(evidence=proof),)
    )
    assert "Headers sent:\n  X-Shop: 7\n  Origin:" in text


def test_what_was_tried_is_told_from_the_traffic() -> None:
    url, login = "https://app.example/report", "https://app.example/login"
    rows = (
        builders.exchange(0, url, 403, body="no"),
        builders.exchange(1, login, 302, method="POST"),
        builders.exchange(2, url, 403, body="no"),
        builders.exchange(3, url, 200),
        builders.exchange(4, "https://app.example/home", 200),
    )
    told = passed_on(Denial(rows[0], DenialKind.FORBIDDEN, builders.traffic(*rows)))
    assert "this call failed 2 times, the last at 09:00:02 UTC; a sign-in lay between" in told.text
    assert "the same call was allowed once; 2 other requests to this host were allowed" in told.text
    assert "cannot be reproduced at will" in " ".join(told.reasons)


def test_checks_that_are_open_are_named() -> None:
    open_, done = model.Check(text="Repeat it.", tells="x"), model.Check(text="Wait.", tells="x", answered="It did.")
    look = model.Check(text="Look it up.", tells="x")
    assert "Not tried yet: Repeat it." in text_of(refused(), checks=(look, done, open_))
    assert "Not tried yet" not in text_of(refused(), checks=(look, done))


def test_a_compared_call_and_a_proven_fix_are_told() -> None:
    rows = (
        model.Difference(part="request.header", name="origin", here="a", there="b"),
        model.Difference(part="request.method", name="", here="a", there="b"),
        model.Difference(part="timing", name="", here="", there="later"),
    )
    proven = finding(verified=model.Verified(holds=True, how="It was run again."))
    text = text_of(refused(), findings=(proven,), contrast=model.Contrast(exchange=1, differences=rows))
    assert "A call that passed differs in: origin, request method" in text
    assert "Tried on the recording: It was run again." in text
    none = model.Contrast(exchange=1, differences=rows[2:])
    assert "differs in" not in text_of(refused(), findings=(proven,), contrast=none)


def test_a_hint_and_a_look_at_a_log_are_no_proposals() -> None:
    text = text_of(refused(), findings=(finding(confidence="hint"),))
    assert "To be looked at: Allow" in text
    assert "Risk" not in text
    look = model.Fix(audience="admin", effort="easy", text="Look the Ray ID up.")
    text = text_of(refused(), findings=(finding(fixes=(look,)),))
    assert "Proposed: Look the Ray ID up." in text
    assert "Risk" not in text
    only_user = finding(fixes=(model.Fix(audience="user", effort="easy", text="Wait."),))
    assert "Proposed" not in text_of(refused(), findings=(only_user,))


def test_the_recipes_own_words_come_before_the_general_ones() -> None:
    fix = model.Fix(audience="admin", effort="easy", text="Add it.", undo="Take it out.", verify="Ask again.")
    text = text_of(refused(), findings=(finding(fixes=(fix,)),))
    assert "Way back: Take it out.\nTest after: Ask again." in text


def test_the_unexplained_is_no_finding() -> None:
    text = text_of(refused(), findings=(finding(cause="server.unexplained-403", confidence="hint"),))
    assert "Finding:" not in text


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "does not show for certain"),
        ({"findings": (finding(cause="waf.rule"),)}, "A protective rule refused it"),
        ({"findings": (finding(cause="auth.role-denied", responsible="user"),)}, "It may be meant so"),
        ({"findings": (finding(cause="server.geo-blocked", responsible="policy"),)}, "It may be meant so"),
        ({"findings": (finding(),)}, "not the caller's to make"),
        (
            {
                "quality": (
                    model.Remark(
                        point="leak",
                        good=False,
                        text="The answer gives away a stack trace.",
                    ),
                )
            },
            "gives internals away",
        ),
    ],
)
def test_reasons_to_pass_it_on(fields: dict[str, object], reason: str) -> None:
    assert any(reason in row for row in passed_on(denied(refused()), **fields).reasons)


def test_what_the_user_can_settle_has_no_reason() -> None:
    found = finding(cause="auth.session-expired", responsible="user")
    leak = model.Remark(point="leak", good=False, text="The answer gives away a product with its version.")
    assert passed_on(denied(refused()), findings=(found,), quality=(leak,)).reasons == ()


def test_a_call_that_passed_with_another_cookie_is_another_call() -> None:
    url = "https://app.example/report"
    rows = tuple(builders.exchange(n, url, 403 if n else 200, sent={"Cookie": f"sid=s{n}"}) for n in range(2))
    told = passed_on(Denial(rows[1], DenialKind.FORBIDDEN, builders.traffic(*rows)))
    assert "at will" not in " ".join(told.reasons)


def test_several_calls_refused_alike_are_a_reason() -> None:
    rows = tuple(builders.exchange(n, f"https://app.example/{n}", 403) for n in range(3))
    told = passed_on(Denial(rows[0], DenialKind.FORBIDDEN, builders.traffic(*rows)))
    assert any("Several different calls" in row for row in told.reasons)


def test_a_blocked_request_without_answer_is_told_as_such() -> None:
    bare = exchange(1, "blob:https://a.example/1", status=0)
    told = passed_on(denied(bare, DenialKind.BLOCKED, Credentials.REMOVED), layer="browser")
    assert told.text.startswith("A request of our customer was blocked by the browser before an answer was recorded.")
    assert "Time (UTC): not recorded" in told.text
    assert "Status: none" in told.text
    assert "cookies and Authorization headers, which this export leaves out" in told.text
    assert "User:" not in told.text
    assert told.curl == ""
    assert "To repeat it" not in told.markdown


def test_an_answer_that_the_browser_keeps_back_is_told_as_such() -> None:
    kept = exchange(1, "https://a.example/1", status=200)
    text = passed_on(denied(kept, DenialKind.BLOCKED)).text
    assert text.startswith("The browser of our customer kept an answer (status 200) from the page.")


def test_no_secret_is_sent_on() -> None:
    """In the address, headers, cookies, bodies and tokens; as it is and percent-encoded."""
    secret = "k/8+Qz=2mN&7rT4v"
    everywhere = refused(
        sent=(
            ("Cookie", f"sid={secret}"),
            ("Authorization", f"Bearer {token(sub=secret, email=f'{CANARY}@mail.example')}"),
            ("X-Api-Key", secret),
            ("X-User", CANARY),
            ("Referer", f"https://app.example/?access_token={quote(secret, safe='')}"),
            ("X-Correlation-Id", secret),
        ),
        answered=(("Set-Cookie", f"a={secret}"), ("Location", f"/login?code={quote(secret, safe='')}")),
        body=json.dumps({"message": f"token={secret} is bad", "password": CANARY, "session_id": secret}),
    )
    proof = (model.Evidence(exchange=3, part="request.header", name="cookie"),)
    told = passed_on(denied(everywhere), findings=(finding(evidence=proof),))
    whole = told.text + told.markdown + told.curl + "".join(told.reasons)
    for form in (secret, quote(secret, safe=""), quote(secret), CANARY):
        assert form not in whole


def test_hostile_values_stay_in_their_place() -> None:
    hostile = refused(
        method=HOSTILE,
        answered=(("Server", HOSTILE), ("X-Request-Id", HOSTILE), ("Via", HOSTILE)),
        body=HOSTILE,
        server_ip=HOSTILE,
        error=HOSTILE,
    )
    told = passed_on(denied(hostile), findings=(finding(),))
    assert "\x1b" not in told.text + told.markdown
    kinds = {child.type for token_ in MarkdownIt("commonmark").parse(told.markdown) for child in token_.children or ()}
    assert kinds <= {"text", "code_inline", "softbreak", "strong_open", "strong_close"}
