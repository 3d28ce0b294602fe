"""Redaction: what is masked, what stays because it is the diagnosis, and that masking twice is masking once."""

from __future__ import annotations

import base64
import json

import pytest

from harinspect.redaction.marks import MARK
from harinspect.redaction.values import Redactor
from tests.marks import details


def encoded(member: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(member).encode()).decode().rstrip("=")


CLAIMS = {
    "sub": "me@customer.example",
    "exp": 1700000000,
    "aud": ["a", "b"],
    "iss": "https://id.example/",
    "scope": "read w",
}
JWT = f"{encoded({'alg': 'RS256', 'kid': 'k 1'})}.{encoded(CLAIMS)}.c2lnbmF0dXJlLXNpZ25hdHVyZQ"


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


def shape(text: str) -> str:
    """The text with every mark as its kind."""
    return MARK.sub(lambda found: f"<{found['kind']}>", text)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Cookie", "sid=8f3a9b2c; theme=dark", "sid=<cookie>; theme=<cookie>"),
        ("cookie", "a=; b=undefined; c=deleted", "a=; b=undefined; c=deleted"),
        ("COOKIE", "nameless1", "<cookie>"),
        ("Cookie", 'a="x=1";b=2;', "a=<cookie>;b=<cookie>;"),
        ("Set-Cookie", "a=1; Path=/x; Expires=Wed, 21 Oct 2026 07:28:00 GMT; SameSite=Lax; HttpOnly",
         "a=<cookie>; Path=/x; Expires=Wed, 21 Oct 2026 07:28:00 GMT; SameSite=Lax; HttpOnly"),
        ("set-cookie", "a=1; Domain=.shop.example; Max-Age=0; odd=thing1; Secure, b=2; Path=/\nc=3",
         "a=<cookie>; Domain=.shop.example; Max-Age=0; odd=<cookie>; Secure, b=<cookie>; Path=/\nc=<cookie>"),
        ("Authorization", "Bearer abcdef0123", "Bearer <token>"),
        ("authorization", "Bearer undefined", "Bearer undefined"),
        ("authorization", "Bearer null", "Bearer null"),
        ("authorization", "Bearer", "Bearer"),
        ("authorization", "Bearer ", "Bearer "),
        ("authorization", "[object Object]", "[object Object]"),
        ("authorization", "Bearer [object Object]", "Bearer [object Object]"),
        ("authorization", "Bearer ${TOKEN}", "Bearer ${TOKEN}"),
        ("authorization", "Bearer Bearer abc123def", "Bearer Bearer <token>"),
        ("authorization", 'Bearer "abc123def"', 'Bearer "<token>"'),
        ("authorization", "Bearer: abc123def", "Bearer: <token>"),
        ("authorization", "abc123def", "<token>"),
        ("authorization", "abc123def456ghi789jkl xyz", "<token>"),
        ("authorization", "Baerer abc123def", "Baerer <token>"),
        ("authorization", "Basic dXNlcjpwYXNzd29yZDE=", "Basic <basic>"),
        ("authorization", "Basic !!!", "Basic <basic>"),
        ("Proxy-Authorization", "Basic OnA=", "Basic <basic>"),
        ("Authorization", 'Digest username="bob", realm="x", uri="/a", response="dead", qop=auth, nc=00000001',
         'Digest username="<token>", realm="x", uri="/a", response="<token>", qop=auth, nc=00000001'),
        ("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-1/s3/aws4_request,"
         " SignedHeaders=host;x-amz-date, Signature=fe5f80f7",
         "AWS4-HMAC-SHA256 Credential=<key>/20261121/eu-1/s3/aws4_request,"
         " SignedHeaders=host;x-amz-date, Signature=<token>"),
        ("X-Api-Key", "k1", "<key>"),
        ("x-api-key", "undefined", "undefined"),
        ("X-CSRFToken", "abc", "<csrf>"),
        ("x-auth-token", "Bearer abc123def", "Bearer <token>"),
        ("Location", "/cb?code=abcd&state=xyz#access_token=1", "/cb?code=<code>&state=<state>"),
        ("Referer", "https://a.example/x?token=q&tab=2", "https://a.example/x?token=<token>&tab=2"),
        (":path", "/x?api_key=q", "/x?api_key=<key>"),
        ("Link", "<https://a.example/x?token=q>; rel=next", "<https://a.example/x?token=<token>>; rel=next"),
        ("Refresh", "0; url=https://a.example/?sid=q", "0; url=https://a.example/?sid=<session>"),
        ("X-Forwarded-For", "203.0.113.7", "<ip>"),
        ("Sec-WebSocket-Protocol", "bearer, AbCd1234EfGh5678IjKl9012Mn", "bearer, <random>"),
        ("X-Custom", "Zx81Qp37Lm52Tv96Kd04Hs71", "<random>"),
    ],
)  # fmt: skip
def test_headers(redactor: Redactor, name: str, value: str, shown: str) -> None:
    masked = redactor.header(name, value)
    assert shape(masked) == shown
    assert redactor.header(name, masked) == masked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("x-request-id", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("Host", "kxsyq7b6p6iugyp4xbqq-phui23-a8bcda042-clientnsv4-s.edge.example"),
        ("x-trans-id", "tx3637fecfa77747f6a7d44-0059ac0d27"),
        ("cf-ray", "8e5f0a1b2c3d4e5f-FRA"),
        ("etag", '"33a64df551425fcc55e4d42a148795d9f25f89d4"'),
        ("www-authenticate", 'Bearer realm="x", error="invalid_token", error_description="The token expired"'),
        ("access-control-allow-headers", "authorization, x-api-key, x-csrf-token"),
        ("access-control-allow-origin", "https://app.example"),
        ("origin", "null"),
        (
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
        ),
        ("cache-control", "private, max-age=0, s-maxage=31536000"),
        ("content-security-policy", "default-src 'self'; connect-src https://api.example"),
        ("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"),
        ("clear-site-data", '"cookies", "storage"'),
        ("set-cookie", ""),
    ],
)
def test_headers_that_stay(redactor: Redactor, name: str, value: str) -> None:
    assert redactor.header(name, value) == value


def test_a_jwt_keeps_what_a_diagnosis_needs_and_no_signature(redactor: Redactor) -> None:
    masked = redactor.header("authorization", f"Bearer {JWT}")
    assert "c2lnbmF0dXJl" not in masked
    assert "customer.example" not in masked
    mark = masked.removeprefix("Bearer ")
    assert details(mark).pop("sub", "~").startswith("~"), "an identity is shown as equal or not, no more"
    assert {name: value for name, value in details(mark).items() if name != "sub"} == {
        "alg": "RS256", "kid": "k 1", "aud": "a,b", "exp": "1700000000", "iss": "https://id.example/",
        "scope": "read w",
    }  # fmt: skip
    assert redactor.text(f'{{"id_token": "{JWT}"}}') == f'{{"id_token": "{mark}"}}'
    assert redactor.url(f"https://a.example/?x={JWT}") == f"https://a.example/?x={mark.replace(' ', '%20')}"


@pytest.mark.parametrize(
    "token",
    [
        "eyJub3Q.anson.x",
        "eyJaaaaaa.bb1bb.x",
        "eyJ" + "A" * 30 + ".x.y",
        f"{encoded({'alg': 'x'})}.{encoded([1])}.x",
        f"{JWT}.a.b",
    ],
)
def test_what_only_looks_like_a_jwt_is_masked_too(redactor: Redactor, token: str) -> None:
    assert shape(redactor.header("authorization", f"Bearer {token}")) in ("Bearer <jwt>", "Bearer <token>")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pass@h.example/a?x=1&token=abc#f", "https://<user>:<password>@h.example/a?x=1&token=<token>"),
        ("https://:pass@h.example/", "https://:<password>@h.example/"),
        ("https://user@h.example/", "https://<user>@h.example/"),
        ("https://user:@h.example/", "https://<user>:@h.example/"),
        ("https://b.s3.example/k?X-Amz-Algorithm=AWS4-HMAC-SHA256"
         "&X-Amz-Credential=AKIAX1%2F20261121%2Feu%2Fs3%2Faws4_request"
         "&X-Amz-Date=20261121T030853Z&X-Amz-Expires=1&X-Amz-SignedHeaders=host&X-Amz-Signature=7d21"
         "&X-Amz-Security-Token=F%2F",
         "https://b.s3.example/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=<key>%2F20261121%2Feu%2Fs3%2Faws4_request"
         "&X-Amz-Date=20261121T030853Z&X-Amz-Expires=1&X-Amz-SignedHeaders=host&X-Amz-Signature=<signature>"
         "&X-Amz-Security-Token=<token>"),
        ("https://c.blob.example/k?se=2026-11-21T03%3A00%3A00Z&sp=r&st=2026&sv=2024&sig=a%2Bb%3D",
         "https://c.blob.example/k?se=2026-11-21T03%3A00%3A00Z&sp=r&st=2026&sv=2024&sig=<signature>"),
        ("/x?code=403&state=1&error=access_denied", "/x?code=403&state=1&error=access_denied"),
        ("/x?token=undefined&key=", "/x?token=undefined&key="),
        ("/x?X-Amz-Credential=nothingelse", "/x?X-Amz-Credential=<key>"),
        ("/p;jsessionid=A1B2?user=me%40x.example", "/p;jsessionid=<session>?user=<email>"),
        ("/login?next=%2Fa%3Ftoken%3Dq1&z=%20", "/login?next=%2Fa%3Ftoken%3D<token>&z=%20"),
        ("/reset/Abc123Def456Ghi", "/reset/<token>"),
        ("/verify-email/0a1b2c3d4e5f6a7b", "/verify-email/<token>"),
        ("/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit", "/d/<random>/edit"),
        ("/f/9e107d9d372bb6826bd81d3542a419d6", "/f/<random>"),
        ("data:text/plain;base64,QUJD", "data:text/plain;base64,<data>"),
        ("?sid=1234", "?sid=<session>"),
        ("https://me%40customer.example|x/", "https://<email>|x/"),
        ("not an address: password=abc", "not an address: password=<password>"),
        ("https://a.example/?" + JWT, "https://a.example/?<jwt>"),
    ],
)  # fmt: skip
def test_addresses(redactor: Redactor, url: str, shown: str) -> None:
    masked = redactor.url(url)
    assert shape(masked) == shown
    assert redactor.url(masked) == masked


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/",
        "https://[::1]:8443/a/b?c=d&e",
        "https://kxsyq7b6p6iugyp4xbqq-phui23-a8bcda042-clientnsv4-s.edge.example:8443/",
        "wss://a.example/socket?v=2",
        "//cdn.example/static/js/vendorComponentsBundleMainApplication.js",
        "https://a.example/how-to-fix-403-forbidden-errors-in-nginx-2024-and-later",
        "https://a.example/users/123e4567-e89b-12d3-a456-426614174000/posts",
        "https://a.example/a%20b/%E2%82%AC?q=caf%C3%A9+au+lait&response_type=code&token_type=x",
        "/reset/password",
        "about:blank",
        "",
    ],
)
def test_addresses_that_stay(redactor: Redactor, url: str) -> None:
    assert redactor.url(url) == url


def test_addresses_within_addresses_are_followed_only_so_deep(redactor: Redactor) -> None:
    url = "/a?b=/c?d=/e?f=/g?h=/i?token=abc123"
    assert "abc123" not in redactor.url(url)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"password":"hunter2","code":"AccessDenied"}', '{"password":"<password>","code":"AccessDenied"}'),
        ('{"otp": 123456, "n": 1, "token": null}', '{"otp": "<token>", "n": 1, "token": null}'),
        ('{"code":"4/0AbCdEfGh1234567890"}', '{"code":"<code>"}'),
        ('{"a":"{\\"refresh_token\\":\\"zz9\\"}"}', '{"a":"{\\"refresh_token\\":\\"<token>\\"}"}'),
        ('{"tokens":["a1","b2"]}', '{"tokens":["<token>"]}'),
        ('[{"name":"csrf","value":"q7"}]', '[{"name":"csrf","value":"<csrf>"}]'),
        ('{"password":"cut in the mid', '{"password":"<password>'),
        ("grant_type=password&password=p%40ss&client_secret=s",
         "grant_type=password&password=<password>&client_secret=<secret>"),
        ("SAMLResponse=PHNhbWw&RelayState=a", "SAMLResponse=<token>&RelayState=a"),
        ("<input type='hidden' name='csrf_token' value='abc'>",
         "<input type='hidden' name='csrf_token' value='<csrf>'>"),
        ('<meta content="qq1" name="csrf-token">', '<meta content="<csrf>" name="csrf-token">'),
        ('<input name="q" value="abc">', '<input name="q" value="abc">'),
        ("<SecretAccessKey>abc</SecretAccessKey>", "<SecretAccessKey><secret></SecretAccessKey>"),
        ("var csrfToken = 'abc';", "var csrfToken = '<csrf>';"),
        ("--b\r\nContent-Disposition: form-data; name=\"pwd\"\r\n\r\nq w\r\n--b--",
         "--b\r\nContent-Disposition: form-data; name=\"pwd\"\r\n\r\n<password>\r\n--b--"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----x", "<pem>x"),
        ("mail me@customer.example now", "mail <email> now"),
        ("curl -H 'Authorization: Bearer abc12345'", "curl -H 'Authorization: Bearer <token>'"),
        ("key AKIAIOSFODNN7EXAMPLE, ghp_0123456789abcdefABCDEF, xoxb-1234567890-ab", "key <key>, <key>, <key>"),
        ("AIzaSyA-0123456789abcdefghijklmnopqrstu sk_live_0123456789ab", "<key> <key>"),
        ("see https://a.example/x?token=abc and", "see https://a.example/x?token=<token> and"),
        ("api_key: 12345abc", "api_key: <key>"),
        ("x 9e107d9d372bb6826bd81d3542a419d6 y", "x <random> y"),
    ],
)  # fmt: skip
def test_texts(redactor: Redactor, text: str, shown: str) -> None:
    masked = redactor.text(text)
    assert shape(masked) == shown
    assert redactor.text(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bearer authentication is required",
        "The token expired; sign in again.",
        '{"error":"invalid_token","token_type":"Bearer","expires_in":3600}',
        "<Error><Code>AccessDenied</Code><RequestId>4442587FB7D0A2F9</RequestId><HostId>wr3MWwfbhsdd34tgkjd9fkjhgfd34534kjhdf"
        "kgjhdfgkjhdf8sd7f6s8d7f6s8d7f6=</HostId></Error>",
        "---a---b---c---d---e---f---g---",
        "Ray ID: 8f1234567890abcd Your IP: 192.0.2.7",
        "logo@2x.png and jquery@3.7.1",
        "Request ID: 9e107d9d372bb6826bd81d3542a419d6",
        "<td>Trace</td>\n9e107d9d372bb6826bd81d3542a419d6",
        "<title>403 Forbidden</title><hr><center>nginx/1.27.3</center>",
    ],
)
def test_texts_that_stay(redactor: Redactor, text: str) -> None:
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fetch(u, {credentials: 'include'})", "fetch(u, {credentials: 'include'})"),
        ("{headers:{Authorization:'Bearer '+token}}", "{headers:{Authorization:'Bearer '+token}}"),
        ('{"headers":{"Cookie":"a=1; b=2","Authorization":"Basic eHg6eXk="}}',
         '{"headers":{"Cookie":"a=<cookie>; b=<cookie>","Authorization":"Basic <basic>"}}'),
        ("function decodeBase64StringToArrayBuffer(){}", "function decodeBase64StringToArrayBuffer(){}"),
    ],
)  # fmt: skip
def test_headers_within_texts_keep_their_structure(redactor: Redactor, text: str, shown: str) -> None:
    assert shape(redactor.text(text)) == shown
