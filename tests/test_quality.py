"""How well a refusal is made: said of answers that the file shows, and of nothing else."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from harinspect.har.model import Exchange
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.answered import Answered
from harinspect.report.quality import remarks
from harinspect.traffic.model import Denial, DenialKind
from tests import builders
from tests.report_fixtures import denial, denied, exchange, finding

URL = "https://api.example/v1/orders"
SCRIPT = (("Sec-Fetch-Dest", "empty"),)
JSON = (("Content-Type", "application/json"),)
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def refused(status: int = 403, **more: object) -> Exchange:
    return exchange(3, URL, status=status, **more)  # type: ignore[arg-type]


def remarked(about: Exchange | Denial, *causes: str, confidence: str = "certain") -> tuple[model.Remark, ...]:
    case = denied(about) if isinstance(about, Exchange) else about
    redactor = ReportRedactor()
    told = denial(3, findings=tuple(finding(cause=cause, confidence=confidence) for cause in causes))
    return remarks(case, told, Answered(case.exchange, redactor), redactor)


def of(point: str, found: tuple[model.Remark, ...]) -> list[tuple[bool, str]]:
    return [(remark.good, remark.text) for remark in found if remark.point == point]


def only(point: str, found: tuple[model.Remark, ...]) -> model.Remark:
    (remark,) = (remark for remark in found if remark.point == point)
    return remark


@pytest.mark.parametrize(
    "body",
    [
        "Forbidden",
        "<html><title>403 Forbidden</title><center><h1>403 Forbidden</h1></center><hr><center>nginx</center></html>",
        "<h1>Forbidden</h1><p>You don't have permission to access /v1/orders on this server.</p>",
        '{"error": "Forbidden", "message": "Forbidden resource", "statusCode": 403}',
        '{"detail": "You do not have permission to perform this action."}',
        "Access denied",
        '{"id": 17}',
    ],
)
def test_a_bare_refusal_is_named(body: str) -> None:
    remark = only("reason", remarked(refused(body=body)))
    assert not remark.good
    assert remark.advice


@pytest.mark.parametrize(
    "body",
    [
        '{"error": "insufficient_scope", "message": "The scope orders:write is missing"}',
        "The role auditor is required",
        '{"detail": "CSRF Failed: CSRF token missing."}',
        '{"error":"forbidden","required_role":"bookkeeper","your_role":"reader"}',
    ],
)
def test_a_reason_is_praised(body: str) -> None:
    remark = only("reason", remarked(refused(body=body)))
    assert remark.good
    assert not remark.advice
    assert remark.evidence[0].value


def test_a_page_is_praised_only_where_its_words_are_known() -> None:
    assert of("reason", remarked(refused(body="<p>Welcome to our shop, dear visitor</p>"))) == []
    stated = "<p>CSRF verification failed. Request aborted.</p><p>CSRF token missing.</p>"
    assert of("reason", remarked(refused(body=stated)))[0][0]


def test_nothing_is_said_of_a_body_that_the_file_lacks() -> None:
    assert remarked(refused(answered=HTML)) == ()
    assert of("reason", remarked(refused(method="HEAD", answered=(("Content-Length", "0"),)))) == []
    empty = refused(answered=(("Content-Length", "0"),))
    assert of("reason", remarked(empty)) == [(False, "The answer has no body, and so no reason.")]


def test_nothing_is_said_where_no_server_refused() -> None:
    assert remarked(refused(0)) == ()
    assert remarked(refused(200, body="Forbidden")) == ()
    assert remarked(refused(body="Forbidden"), "client.service-worker") == ()


@pytest.mark.parametrize(
    ("body", "what", "quoted"),
    [
        ("Traceback (most recent call last):\n  File", "a stack trace", "Traceback (most recent call last)"),
        ("cannot read /var/www/shop/rules.php", "a path on the server", "/var/www/shop/rules.php"),
        ("<center>nginx/1.18.0</center>", "a product with its version", "nginx/1.18.0"),
        ("SQLSTATE[42501]: no", "a message of the database", "SQLSTATE[42501]"),
        ("because you have <code>DEBUG = True</code>", "that it runs with debugging on", "DEBUG = True"),
    ],
)
def test_what_leaks_is_quoted(body: str, what: str, quoted: str) -> None:
    remark = only("leak", remarked(refused(body=body)))
    assert remark.text == f"The answer gives away {what}."
    assert quoted in remark.evidence[0].value
    assert remark.advice


def test_a_version_in_a_header_is_a_leak_without_any_body() -> None:
    remark = only("leak", remarked(refused(answered=(("Server", "Apache/2.4.1 (Unix)"),))))
    assert (remark.evidence[0].name, remark.evidence[0].value) == ("server", "Apache/2.4.1")
    assert of("leak", remarked(refused(answered=(("Server", "cloudflare"),)))) == []


def test_a_body_without_leaks_is_praised() -> None:
    assert of("leak", remarked(refused(body="Forbidden"))) == [
        (True, "The answer gives no versions, paths or traces away.")
    ]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("Access denied for user 'erin_q8W7e6'@'localhost'", "erin_q8W7e6"),
        ('File "/home/erin.q8W7e6/shop/guard.py"', "erin.q8W7e6"),
        ("arn:aws:iam::000000000000:user/erin_q8W7e6 is not authorized", "erin_q8W7e6"),
    ],
)
def test_a_leaked_name_is_masked(body: str, name: str) -> None:
    found = remarked(refused(body=body))
    leak = only("leak", found)
    assert "‹" in leak.evidence[0].value
    assert name not in leak.evidence[0].value


def test_no_secret_is_quoted() -> None:
    secret = "k/8+Qz=2mN&7rT4v"
    body = f"/var/www/shop/{secret}.php\nat System.Web.Step(token={secret})\n" + json.dumps({"password": secret})
    about = refused(
        sent=(("Authorization", f"Bearer {secret}"), ("Cookie", f"sid={secret}")),
        answered=(("Server", f"nginx/1.2.3 {secret}"), ("Content-Type", f"text/html; token={secret}"), *SCRIPT),
        body=body,
    )
    redactor = ReportRedactor()
    redactor.learn(about.request.headers)
    told = denial(3, findings=())
    whole = repr(remarks(denied(about), told, Answered(about, redactor), redactor))
    assert "/var/www/shop" in whole
    for form in (secret, quote(secret, safe=""), quote(secret)):
        assert form not in whole


def test_a_leak_inside_of_a_secret_is_not_quoted() -> None:
    body = "password=/var/www/shop/rules.php&x=1"
    remark = only("leak", remarked(refused(body=body)))
    assert "rules.php" not in remark.evidence[0].value


@pytest.mark.parametrize(
    ("answered", "body", "good", "words"),
    [
        ((("Content-Type", "application/problem+json"),), "{}", True, "problem+json"),
        (HTML, "<p>no", False, "a page for people"),
        (JSON, "<p>no", False, "calls itself JSON"),
        ((("Content-Type", "text/plain"),), "no", False, "plain text"),
    ],
)
def test_the_format_fits_who_asked(answered: tuple[tuple[str, str], ...], body: str, good: bool, words: str) -> None:
    remark = only("format", remarked(refused(sent=SCRIPT, answered=answered, body=body)))
    assert remark.good is good
    assert words in remark.text


def test_the_format_is_no_matter_for_pages_and_plain_json() -> None:
    assert of("format", remarked(refused(answered=HTML, body="<p>no"))) == []
    assert of("format", remarked(refused(sent=SCRIPT, answered=JSON, body='{"a": 1}'))) == []
    assert of("format", remarked(refused(sent=SCRIPT, body="<p>no"))) == []
    asked = (("Accept", "application/json"),)
    assert of("format", remarked(refused(sent=asked, answered=HTML))) == [
        (False, "A call of a script is answered with a page for people.")
    ]
    assert of("format", remarked(refused(resource_type="xhr", answered=HTML)))


@pytest.mark.parametrize(
    ("cause", "better"),
    [
        ("auth.missing-credentials", "401"),
        ("auth.session-expired", "401"),
        ("auth.token-expired", "invalid_token"),
        ("auth.step-up", "RFC 9470"),
        ("rate.limited", "429"),
        ("server.method-denied", "405"),
        ("server.url-typo", "404"),
    ],
)
def test_another_status_would_fit_better(cause: str, better: str) -> None:
    remark = only("status", remarked(refused(body="x"), cause))
    assert not remark.good
    assert better in remark.advice
    assert of("status", remarked(refused(body="x"), cause, confidence="hint")) == []
    assert of("status", remarked(refused(401, body="x"), cause)) == []


@pytest.mark.parametrize(("cause", "words"), [("auth.role-denied", "403 fits"), ("server.geo-blocked", "451 says so")])
def test_403_fits(cause: str, words: str) -> None:
    remark = only("status", remarked(refused(), cause))
    assert remark.good
    assert words in remark.text
    assert of("status", remarked(refused(), "waf.rule")) == []


def test_419_is_in_no_standard() -> None:
    assert "no standard" in only("status", remarked(refused(419))).text


@pytest.mark.parametrize(
    ("status", "name"), [(401, "WWW-Authenticate"), (407, "Proxy-Authenticate"), (429, "Retry-After"), (451, "Link")]
)
def test_a_status_wants_its_header(status: int, name: str) -> None:
    assert f"`{name}` is missing" in only("headers", remarked(refused(status))).text
    there = of("headers", remarked(refused(status, answered=((name, "x"),))))
    assert [good for good, _ in there] == ([] if name == "Link" else [True])


def test_a_limit_behind_403_wants_its_header_too() -> None:
    assert "`Retry-After` is missing" in only("headers", remarked(refused(), "rate.limited")).text


def test_a_header_that_the_file_withholds_is_not_missing() -> None:
    about = refused(401)
    silent = exchange(3, URL, status=401)
    hidden = silent.response.headers.withholding(("www-authenticate",))
    assert of("headers", remarked(about))
    withheld = replace(silent, response=replace(silent.response, headers=hidden))
    assert of("headers", remarked(withheld)) == []


def test_a_stored_refusal_wants_no_store() -> None:
    assert "cache" in only("headers", remarked(refused(), "cache.stale-403")).text
    kept = refused(answered=(("Cache-Control", "max-age=60"),))
    assert only("headers", remarked(kept, "cache.stale-403")).evidence[0].name == "cache-control"
    assert of("headers", remarked(refused(answered=(("Cache-Control", "no-store"),)), "cache.stale-403")) == []
    assert of("headers", remarked(refused(), "cache.stale-403", confidence="hint")) == []


def test_an_error_that_the_page_cannot_read_is_named() -> None:
    asked = {"Origin": "https://app.example", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "cross-site"}
    row = builders.exchange(3, URL, 403, sent=asked, got={"Content-Type": "text/html"}, resource_type="fetch")
    about = Denial(row, DenialKind.FORBIDDEN, builders.traffic(row))
    assert "cannot read" in only("headers", remarked(about)).text


def test_a_preflight_wants_an_ok_status_and_nothing_else() -> None:
    sent = {"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}
    row = builders.exchange(3, URL, 403, method="OPTIONS", sent=sent, got={"Content-Type": "text/html"}, body="no")
    about = Denial(row, DenialKind.FORBIDDEN, builders.traffic(row))
    assert [remark.point for remark in remarked(about) if not remark.good] == ["status"]
