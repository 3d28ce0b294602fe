"""What applications say in their own words: understood where it is a statement, left alone where it is loose."""

from __future__ import annotations

import pytest

from harinspect.har.model import Exchange, Request, Response
from harinspect.knowledge import who_answered
from harinspect.knowledge.readings import kebab, visible, words
from harinspect.wire.headers import Headers

JSON = (("content-type", "application/json"),)


def exchange(body: str, headers: tuple[tuple[str, str], ...]) -> Exchange:
    request = Request("GET", "https://app.example/thing", "h2", Headers())
    return Exchange(0, None, 10.0, request, Response(403, "Forbidden", Headers(headers), body=body))


def causes_of(found: Exchange) -> list[str]:
    return [one.record.cause for one in who_answered(found).blocked if one.record]


@pytest.mark.parametrize(
    "text",
    [
        "hotel country not found",
        "origin not found",
        "plan not found",
        "payment method not allowed",
        "email address blocked",
        "request body limit exceeded",
        "gift certificate expired",
        "field is read only",
        "driver location not found",
        "invalid request",
        "user not found",
        "device name not unique",
        "interest rate missing",
        "the last owner cannot be removed",
        "tokenizer failed",
        "expired",
        "denied",
        "limit",
    ],
)
@pytest.mark.parametrize("key", ["error", "message", "code", "detail", "title"])
def test_loose_words_accuse_nobody(key: str, text: str) -> None:
    assert who_answered(exchange(f'{{"{key}": "{text}"}}', JSON)).blocked == ()


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ('{"code":"auth/token-expired"}', "auth.token-expired"),
        (
            '{"type":"https://api.example/problems/missing-permission","title":"Forbidden","status":403}',
            "auth.role-denied",
        ),
        ('{"title":"Forbidden","detail":"Requires the \'editor\' role.","status":403}', "auth.role-denied"),
        ('{"error":{"code":"PERMISSION","requiredRole":"admin"}}', "auth.role-denied"),
        ('{"errors":[{"extensions":{"code":"RATE_LIMITED"}}]}', "rate.limited"),
        ('{"name":"TokenExpiredError","message":"jwt expired"}', "auth.token-expired"),
        ('{"error":"CsrfTokenMismatch"}', "csrf.token-mismatch"),
        ('{"error":"invalid_token","error_description":"The audience does not match"}', "auth.token-audience"),
        ('{"message":"Your account has been suspended."}', "auth.account-locked"),
        ('{"message":"This content is not available in your country."}', "server.geo-blocked"),
        ('{"message":"Origin https://b.example is not allowed"}', "cors.origin-rejected"),
        ('{"message":"Your IP address 203.0.113.7 is not allowed"}', "server.ip-denied"),
        ('{"message":"Daily quota exceeded"}', "rate.quota-exceeded"),
        ('{"message":"Your subscription does not include this report"}', "auth.role-denied"),
        ('{"message":"Multi-factor authentication required"}', "auth.step-up"),
        ('{"message":"Missing API key"}', "auth.missing-credentials"),
        ('{"message":"Hotlinking is not allowed"}', "referer.foreign"),
        ('{"message":"Files of this type are not allowed"}', "auth.content-policy"),
        ('"Token is malformed"', "auth.token-malformed"),
        ("invalid issuer", "auth.token-issuer"),
    ],
)
def test_an_applications_own_statement_is_understood(body: str, cause: str) -> None:
    blocked = who_answered(exchange(body, JSON)).blocked
    assert [(one.record.cause, one.basis) for one in blocked[:1] if one.record] == [(cause, "stated")], blocked


def test_an_empty_referer_is_told_from_a_foreign_one() -> None:
    body = (
        '{"error":{"code":403,"message":"Requests from referer %s are blocked.","status":"PERMISSION_DENIED",'
        '"details":[{"reason":"API_KEY_HTTP_REFERRER_BLOCKED"}]}}'
    )
    assert causes_of(exchange(body % "<empty>", JSON)) == ["referer.missing"]
    assert causes_of(exchange(body % "https://b.example/", JSON)) == ["referer.foreign"]


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("TokenExpired", "token-expired"),
        ("token_expired", "token-expired"),
        ("HTTPError", "http-error"),
        ("requiredRoleID", "required-role-id"),
        ("v2API", "v2-api"),
        ("A1b", "a1b"),
        ("SHA256sum of 3 Files", "sha256sum-of-3-files"),
        ("ÄnderungNötig", "nderung-n-tig"),
        ("-- \u2039", ""),
    ],
)
def test_words_are_told_apart_in_any_spelling(text: str, apart: str) -> None:
    assert kebab(text) == apart
    assert words(text) == frozenset(apart.split("-")) - {""}


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<h1>403 Forbidden</h1><!-- padding --><!-- padding -->", "403 Forbidden"),
        ("<p>denied<!-- <b>why</b> --> for now</p><!-- never closed", "denied for now"),
        ("<style>h1 > b</style><h1>no</h1><SCRIPT>x --> y</SCRIPT>", "no"),
        ("a --> b", "a --> b"),
    ],
)
def test_a_page_is_read_without_what_it_does_not_show(page: str, text: str) -> None:
    assert " ".join(visible(page).split()) == text
