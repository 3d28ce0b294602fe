"""Credentials in a header and what a JSON Web Token says."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.redaction.marks import Marker
from harinspect.redaction.shapes import jwt_fields
from harinspect.wire.tokens import Credentials, Jwt, holder_of, looks_like_jwt, parse_authorization

HEADER = {"alg": "RS256", "typ": "JWT", "kid": "k1"}
CLAIMS = {
    "iss": "https://login.example",
    "aud": ["https://api.example", "other"],
    "exp": 1_700_000_060,
    "nbf": 1_700_000_000.5,
    "iat": 1_700_000_000,
    "scope": "read write",
    "sub": "u1",
}


def part(members: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")


def token(claims: object = CLAIMS, header: object = HEADER, signature: str = "c2ln") -> str:
    return f"{part(header)}.{part(claims)}.{signature}"


TOKEN = token()


@pytest.mark.parametrize(
    ("value", "scheme", "rest"),
    [
        (f"Bearer {TOKEN}", "Bearer", TOKEN),
        ("bearer  abc.def ", "bearer", "abc.def"),
        ("Basic dTpw", "Basic", "dTpw"),
        ('Digest username="u", realm="r"', "Digest", 'username="u", realm="r"'),
        ("AWS4-HMAC-SHA256 Credential=a/b, Signature=c", "AWS4-HMAC-SHA256", "Credential=a/b, Signature=c"),
        ('Token token="abc"', "Token", 'token="abc"'),
        ("Negotiate", "Negotiate", ""),
        ("my-raw-api-key", "", "my-raw-api-key"),
        ("key:secret", "", "key:secret"),
        ("a.b c", "", "a.b c"),
        ("JWT " + TOKEN, "JWT", TOKEN),
        ("Bearer eyJhbGciOiJkaXIifQ.a.b.c.d", "Bearer", "eyJhbGciOiJkaXIifQ.a.b.c.d"),
        ("Bearer \u2039token:32-63:9f3c\u203a", "Bearer", "\u2039token:32-63:9f3c\u203a"),
        ("Bearer [REDACTED]", "Bearer", "[REDACTED]"),
        ("Bearer <redacted>", "Bearer", "<redacted>"),
        ("Bearer ***", "Bearer", "***"),
        ("Bearer eyJpdiI6IjEifQ", "Bearer", "eyJpdiI6IjEifQ"),
        ("Bearer eyJ1IjoxfQ.aabb.sig", "Bearer", "eyJ1IjoxfQ.aabb.sig"),
        (f"Bearer {part(HEADER | {'zip': 'DEF'})}.aabb.sig", "Bearer", f"{part(HEADER | {'zip': 'DEF'})}.aabb.sig"),
    ],
)
def test_credentials_in_order(value, scheme, rest):
    assert parse_authorization(value) == Credentials(scheme, rest)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("Bearer undefined", "undefined"),
        ("Bearer null", "undefined"),
        ("Bearer None", "undefined"),
        ("Bearer [object Object]", "undefined"),
        ("Bearer [object Promise]", "undefined"),
        ("undefined", "undefined"),
        ("Bearer", "empty"),
        ("Bearer ", "empty"),
        ("Basic", "empty"),
        ("", "empty"),
        ("Bearer Bearer abc", "doubled scheme"),
        ("Bearer Basic dTpw", "doubled scheme"),
        ("Bearer bearer", "doubled scheme"),
        ("Bearer: abc", "colon after the scheme"),
        ("Bearer:abc", "colon after the scheme"),
        ('Bearer "abc"', "quoted"),
        ("Bearer 'abc'", "quoted"),
        ('"Bearer abc"', "quoted"),
        ("Bearer {{token}}", "template left in"),
        ("Bearer ${TOKEN}", "template left in"),
        ("Bearer {access_token}", "template left in"),
        ("Bearer <token>", "template left in"),
        ("Bearer %API_TOKEN%", "template left in"),
        ("Bearer YOUR_API_KEY", "template left in"),
        ("Bearer your-token-here", "template left in"),
        ("Bearer abc\ndef", "control characters"),
        ("Bearer abc\x7f", "control characters"),
        (TOKEN, "no scheme"),
        ("\u2039jwt:64+:1b07 alg=RS256\u203a", "no scheme"),
        (f"Bearer {TOKEN.rpartition('.')[0]}", "broken JWT"),
        (f"Bearer {part(HEADER)}.!!.c2ln", "broken JWT"),
        (f"Bearer {part(HEADER)}.{part([1])}.c2ln", "broken JWT"),
    ],
)
def test_credentials_with_a_problem(value, problem):
    assert parse_authorization(value).problem == problem


def test_the_scheme_is_known_in_spite_of_the_problem():
    assert parse_authorization('"Bearer abc"') == Credentials("Bearer", "abc", "quoted")
    assert parse_authorization("Bearer:abc") == Credentials("Bearer", "abc", "colon after the scheme")


def test_what_a_token_says():
    assert Jwt.parse(TOKEN) == Jwt(
        algorithm="RS256",
        type="JWT",
        key_id="k1",
        issuer="https://login.example",
        audience=("https://api.example", "other"),
        scopes=("read", "write"),
        expires=datetime(2023, 11, 14, 22, 14, 20, tzinfo=UTC),
        not_before=datetime(2023, 11, 14, 22, 13, 20, 500_000, tzinfo=UTC),
        issued=datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
        has_subject=True,
    )


def test_the_signature_is_not_kept():
    assert "c2ln" not in repr(Jwt.parse(TOKEN))
    assert Jwt.parse(TOKEN) == Jwt.parse(token(signature="b3RoZXI"))


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scp": "User.Read"}, ("User.Read",)),
        ({"scp": ["a", "b"]}, ("a", "b")),
        ({"scope": "a,b c"}, ("a", "b", "c")),
        ({"scope": "a", "scp": ["b"]}, ("a", "b")),
        ({"scope": 7}, ()),
        ({}, ()),
    ],
)
def test_scopes(claims, scopes):
    found = Jwt.parse(token(claims))
    assert found
    assert found.scopes == scopes
    assert found.has_subject is False


@pytest.mark.parametrize("aud", [["a", 1], "a"])
def test_an_audience_is_one_or_several(aud):
    found = Jwt.parse(token({"aud": aud}))
    assert found
    assert found.audience == ("a",)


@pytest.mark.parametrize("time", ["soon", None, [1], 1e300, 10**400, float("nan")])
def test_a_time_that_is_none_is_not_known(time):
    found = Jwt.parse(token({"exp": time}))
    assert found
    assert found.expires is None


def test_an_unsecured_token_says_so():
    found = Jwt.parse(token(header={"alg": "none"}, signature=""))
    assert found
    assert found.algorithm == "none"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "a.b.c",
        "eyJhbGciOiJkaXIifQ.a.b.c.d",
        token(header={"typ": "JWT"}),
        token(header=["alg"]),
        token(claims=[1]),
        "\u00e9.\u00e9.\u00e9",
        TOKEN + ".",
    ],
)
def test_other_texts_are_no_tokens(text):
    assert Jwt.parse(text) is None


def test_the_looks_of_a_token():
    assert looks_like_jwt(TOKEN)
    assert looks_like_jwt(token(signature=""))
    assert not looks_like_jwt("a.b.c")
    assert not looks_like_jwt("eyJhbGciOiJkaXIifQ.a.b.c.d")
    assert not looks_like_jwt("eyJpdiI6IjEifQ")


def test_a_redacted_token_still_says_what_a_diagnosis_needs():
    mark = Marker().mark("jwt", TOKEN, jwt_fields(TOKEN))
    whole, told = Jwt.parse(TOKEN), Jwt.parse(mark)
    assert whole
    assert told
    assert told.has_subject is None
    assert (told.algorithm, told.issuer, told.audience) == (whole.algorithm, whole.issuer, whole.audience)
    assert (told.expires, told.not_before, told.issued) == (whole.expires, whole.not_before, whole.issued)
    assert told.scopes == whole.scopes
    assert Jwt.parse(mark.replace(" ", "%20")) == told
    assert looks_like_jwt(mark)


@pytest.mark.parametrize("mark", ["\u2039jwt:64+:1b07\u203a", "\u2039jwt:64+:1b07 alg=dir enc=A256GCM\u203a"])
def test_a_redacted_token_without_readable_claims_says_nothing(mark):
    assert Jwt.parse(mark) is None


@given(st.text())
def test_any_text_can_be_read(text):
    assert isinstance(parse_authorization(text), Credentials)
    assert Jwt.parse(text) is None or looks_like_jwt(text)


@pytest.mark.parametrize(
    ("claims", "holder"),
    [
        ({"sub": "u1", "email": "erin@mail.example"}, ("email", "erin@mail.example")),
        ({"sub": "u1", "client_id": "c1"}, ("sub", "u1")),
        ({"sub": "", "azp": "c1"}, ("azp", "c1")),
        ({"sub": 17}, None),
        ({}, None),
    ],
)
def test_the_holder_of_a_token_is_a_person_before_a_client(claims, holder):
    assert holder_of(".".join([part(HEADER), part(claims), "c2ln"])) == holder


@pytest.mark.parametrize("text", ["", "opaque", "a.b.c", f"{part(HEADER)}.eyJ.x", f"{part(HEADER)}..x"])
def test_what_is_no_token_has_no_holder(text):
    assert holder_of(text) is None
