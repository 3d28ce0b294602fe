"""What looks like a session, and what an answer speaks of."""

from __future__ import annotations

import pytest

from harinspect.har.model import Exchange, Request, Response
from harinspect.traffic.session_signs import (
    STRONG,
    Words,
    guards_forms,
    is_for_once,
    signs_in,
    signs_out,
    speaks_of_forgery,
    speaks_of_state,
    speaks_of_strangers,
    weight,
    words_of,
)
from harinspect.wire.headers import Headers


def answered(
    body: str | None = None, *, url: str = "https://a.example/", method: str = "GET", ask: str = ""
) -> Exchange:
    headers = Headers([("www-authenticate", ask)] if ask else [])
    return Exchange(0, None, 1.0, Request(method, url, "", Headers()), Response(403, "", headers, body=body))


@pytest.mark.parametrize(
    "name",
    [
        "sid",
        "connect.sid",
        "PHPSESSID",
        "JSESSIONID",
        "ASP.NET_SessionId",
        "laravel_session",
        "__Host-sid",
        "_session_id",
    ],
)
def test_sessions_by_name(name: str) -> None:
    assert weight(name, False, None) >= STRONG


@pytest.mark.parametrize(
    "name", ["_ga", "_gid", "_ga_7X", "_fbp", "_hjSessionUser_1", "OptanonConsent", "__cf_bm", "lang", "theme"]
)
def test_cookies_that_no_session_hangs_on(name: str) -> None:
    assert weight(name, True, None) == 0


@pytest.mark.parametrize(
    ("name", "http_only", "setter", "size"),
    [
        ("basket", False, None, 0),
        ("basket", True, None, 1),
        ("basket", True, answered(method="POST"), 2),
        ("basket", False, answered(url="https://a.example/oauth/callback"), 1),
        ("refresh_token", True, answered(method="POST"), 1),
        ("csrftoken", True, answered(method="POST"), 1),
    ],
)
def test_weight(name: str, http_only: bool, setter: Exchange | None, size: int) -> None:
    assert weight(name, http_only, setter) == size


@pytest.mark.parametrize(
    ("url", "signs"),
    [
        ("https://a.example/login", (True, False)),
        ("https://a.example/users/sign_in?next=/", (True, False)),
        ("https://login.example/page", (False, False)),
        ("https://a.example/logout", (False, True)),
        ("https://a.example/session/sign-out", (False, True)),
        ("https://a.example/?next=/login", (False, False)),
    ],
)
def test_signing_in_and_out(url: str, signs: tuple[bool, bool]) -> None:
    assert (signs_in(answered(url=url)), signs_out(answered(url=url))) == signs


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("No session", Words.SESSION),
        ("You are not logged in.", Words.SESSION),
        ('{"detail":"Authentication credentials were not provided."}', Words.SESSION),
        ("Invalid state", Words.SESSION),
        (None, Words.NOTHING),
        ("", Words.NOTHING),
        ('{"error":"forbidden"}', Words.NOTHING),
        ("Too many attempts in this session", Words.NOTHING),
        ('{"required_role":"clerk"}', Words.OTHER),
        ('{"requiredRole":"clerk"}', Words.OTHER),
        ("<center>nginx</center>", Words.OTHER),
        ("Your IP has been blocked", Words.OTHER),
        ("Wrong password", Words.OTHER),
        ("a zip file", Words.NOTHING),
    ],
)
def test_words(body: str | None, words: Words) -> None:
    assert words_of(answered(body)) is words


def test_a_challenge_of_another_scheme_is_about_something_else() -> None:
    assert words_of(answered(ask='Basic realm="x"')) is Words.OTHER
    assert words_of(answered(ask="Cookie form-action=/login")) is Words.NOTHING


def test_particular_words() -> None:
    assert speaks_of_forgery(answered("CSRF Failed"))
    assert not speaks_of_forgery(answered("Failed"))
    assert speaks_of_strangers(answered("Session is anonymous"))
    assert not speaks_of_strangers(answered("Session is over"))
    assert speaks_of_state(answered("state mismatch"))
    assert not speaks_of_state(answered("mismatch"))


def test_particular_names() -> None:
    assert guards_forms("XSRF-TOKEN")
    assert not guards_forms("sid")
    assert is_for_once("oauth_state")
    assert not is_for_once("sid")
