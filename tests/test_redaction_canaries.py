"""No canary survives, wherever a secret may stand; and any text whatever can be redacted, twice with one result."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harinspect.redaction.values import Redactor

PASSWORDS = st.text(
    alphabet="abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=8, max_size=40
).filter(lambda text: any(c.isdigit() for c in text) and any(c.isalpha() for c in text))

HEADERS: list[tuple[str, str]] = [
    ("Cookie", "{}"),
    ("cookie", "a={}; b=2"),
    ("cookie", 'a=1; b="{}"'),
    ("Cookie", "a=x.{}.y"),
    ("Set-Cookie", "a={}; Path=/"),
    ("set-cookie", "a=1; Path=/\nb={}"),
    ("set-cookie", "a=1, b={}; HttpOnly"),
    ("Set-Cookie2", "a={}"),
    ("Authorization", "Bearer {}"),
    ("authorization", "bearer\t{}"),
    ("authorization", "{}"),
    ("AUTHORIZATION", "Bearer Bearer {}"),
    ("authorization", "Token token={}"),
    ("authorization", 'Token token="{}", x="y"'),
    ("authorization", "Bearer '{}'"),
    ("authorization", "AWS4-HMAC-SHA256 Credential={}/20261121/eu/s3/aws4_request, Signature={}"),
    ("authorization", 'Digest username="u", response="{}"'),
    ("Proxy-Authorization", "Negotiate {}"),
    ("x-api-key", "{}"),
    ("X_API_KEY", "{}"),
    ("apikey", "{}"),
    ("X-Auth-Token", "{}"),
    ("x-csrf-token", "{}"),
    ("X-XSRF-TOKEN", "{}"),
    ("x-amz-security-token", "{}"),
    ("Ocp-Apim-Subscription-Key", "{}"),
    ("openai-sentinel-proof-token", "{}"),
    ("x-session-id", "{}"),
    ("x-forwarded-for", "{}"),
    ("Location", "/cb?code={}&x=1"),
    ("Location", "https://a.example/cb?state={}"),
    ("Location", "https://a.example/cb#access_token={}"),
    ("Location", "https://u:{}@a.example/"),
    ("Referer", "https://a.example/?sid={}"),
    (":path", "/x?sig={}"),
    ("Content-Location", "/a;jsessionid={}"),
    ("Link", "</x?token={}>; rel=next, <https://a.example/?token={}>"),
    ("Refresh", "5;url=/x?token={}"),
    ("x-note", "password={}"),
    ("x-note", '{{"secret":"{}"}}'),
    ("x-note", "Bearer {}"),
]
ADDRESSES = [
    "https://a.example/?token={}",
    "https://a.example/?access_token={}&x=1",
    "/x?Api-Key={}",
    "/x?X-Amz-Signature={}",
    "/x?X-Amz-Credential={}%2F20261121%2Feu%2Fs3%2Faws4_request",
    "/x?x-amz-security-token={}",
    "/x?sv=1&sig={}",
    "/x?id_token={}",
    "/x?code={}",
    "/x?state={}",
    "/x?nonce={}",
    "/x?a=1;session={}",
    "/x?user%5Bpassword%5D={}",
    "/x?pass%77ord={}",
    "https://{}:pw@a.example/",
    "https://user:{}@a.example/x?y#z",
    "//u:{}@a.example/",
    "https://a.example/#{}",
    "/x?next=https%3A%2F%2Fb.example%2F%3Ftoken%3D{}",
    "/x?next=%2Fcb%3Fa%3D%252Fd%253Fcode%253D{}",
    "data:text/plain,{}",
    "blob:https://a.example/?token={}",
]
TEXTS = [
    '{{"password":"{}"}}',
    '{{"a":{{"apiKey" : "{}"}}}}',
    '{{"token":"{}',
    '{{"tokens":["x1","{}"]}}',
    '{{"x":"{{\\"access_token\\":\\"{}\\"}}"}}',
    '{{"x":"{{\\\\\\"access_token\\\\\\":\\\\\\"{}\\\\\\"}}"}}',
    '[{{"name":"password","value":"{}"}}]',
    "user=a&password={}",
    "password={}&user=a",
    "SAMLResponse={}&RelayState=x",
    "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n{}\r\n--b--",
    "<input type=hidden name=csrf_token value={}>",
    '<input value="{}" type="hidden" name="__RequestVerificationToken">',
    '<meta name="csrf-token" content="{}">',
    "<SessionToken>{}</SessionToken>",
    "<div data-csrf-token='{}'>",
    "window.csrfToken = `{}`;",
    "const apiKey='{}'",
    "apiSecret: '{}',",
    "go to https://a.example/?token={} now",
    "go to https://u:{}@a.example/ now",
    "authorization: Bearer {}",
    "curl -H 'X-Api-Key: {}'",
    "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n{}",
    "sk_live_{}",
    "ghp_0123456789abcdef{}",
    "AKIAIOSF{}",
    "{}@customer.example",
]  # fmt: skip


def survives(canary: str, shown: str) -> bool:
    return canary in shown or quote(canary) in shown


@given(PASSWORDS)
@pytest.mark.parametrize(("name", "template"), HEADERS)
@settings(max_examples=15)
def test_no_canary_survives_in_a_header(name: str, template: str, canary: str) -> None:
    assert not survives(canary, Redactor().header(name, template.format(canary, canary)))


@given(PASSWORDS)
@pytest.mark.parametrize("template", ADDRESSES)
@settings(max_examples=15)
def test_no_canary_survives_in_an_address(template: str, canary: str) -> None:
    address = template.format(canary)
    assert not survives(canary, Redactor().url(address))
    assert not survives(canary, Redactor().text(f"at {address} it failed")) or not address.startswith("http")


@given(PASSWORDS)
@pytest.mark.parametrize("template", TEXTS)
@settings(max_examples=15)
def test_no_canary_survives_in_a_text(template: str, canary: str) -> None:
    if "AKIA" in template:
        canary = canary.upper()[:24]
    assert not survives(canary, Redactor().text(template.format(canary)))


@pytest.mark.parametrize(
    "wrap", ["{}", "x={}", "/a/{}/b", '{{"x":"{}"}}', "a {} b", "https://a.example/{}?x=1", "<p>{}</p>"]
)
@given(st.binary(min_size=30, max_size=80))
@settings(max_examples=15)
def test_long_random_text_survives_nowhere(wrap: str, raw: bytes) -> None:
    """Only where it is random indeed: many different bytes."""
    for encode in (bytes.hex, lambda b: base64.urlsafe_b64encode(b).decode().rstrip("=")):
        token = encode(raw)
        redactor = Redactor()
        if len(set(raw)) > 24:
            assert token not in redactor.text(wrap.format(token))
            assert token not in redactor.url(wrap.format(token))


def test_the_signature_and_the_other_claims_of_a_jwt_survive_nowhere() -> None:
    def part(member: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(member).encode()).decode().rstrip("=")

    payload = part({"sub": "person-77", "exp": 1700000000, "iss": "me@customer.example"})
    token = f"{part({'alg': 'HS256'})}.{payload}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV"
    places: list[Callable[[Redactor], str]] = [
        lambda r: r.header("authorization", f"Bearer {token}"),
        lambda r: r.header("cookie", f"t={token}"),
        lambda r: r.header("x-anything", f"{token} and more"),
        lambda r: r.url(f"https://a.example/{token}/x?y={token}"),
        lambda r: r.text(f'{{"x":"{token}"}} {token}'),
        lambda r: r.text(token[:-10]),
    ]
    for place in places:
        shown = place(Redactor())
        assert not [part for part in ("SflKxw", payload[:12], "person-77", "customer.example") if part in shown], shown


ANYTHING = st.text(max_size=120) | st.text(alphabet="ab1=&?/:;,.%2F\"'{}[]<>@# ‹›~token\\-_\n", max_size=120)


@given(
    ANYTHING,
    st.sampled_from(["cookie", "set-cookie", "authorization", "x-api-key", "location", "link", "x-any", "etag"]),
)
@settings(max_examples=200)
def test_redacting_twice_is_redacting_once(value: str, name: str) -> None:
    redactor = Redactor()
    for redact in (lambda text: redactor.header(name, text), redactor.url, redactor.text):
        once = redact(value)
        assert redact(once) == once


@given(ANYTHING)
def test_the_value_of_a_mark_is_a_mark(value: str) -> None:
    redactor = Redactor()
    mark = redactor.value("cookie", value)
    assert redactor.text(mark) == mark or not value
    assert redactor.url(mark) == mark or not value
