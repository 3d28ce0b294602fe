"""What a redirect changes: method, Authorization, Origin."""

import pytest

from harinspect.wire.redirects import (
    cors_redirect_problem,
    is_redirect,
    keeps_authorization,
    origin_after,
    redirected_method,
)
from harinspect.wire.url import Url


def url(text: str) -> Url:
    found = Url.parse(text)
    assert found
    return found


@pytest.mark.parametrize(
    ("status", "method", "after"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (302, "PUT", "PUT"),
        (301, "GET", "GET"),
        (302, "HEAD", "HEAD"),
        (303, "PUT", "GET"),
        (303, "POST", "GET"),
        (303, "GET", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (302, "post", "post"),
    ],
)
def test_the_method_after_a_redirect(status, method, after):
    assert redirected_method(status, method) == after


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_statuses(status):
    assert is_redirect(status)


@pytest.mark.parametrize("status", [0, 200, 202, 300, 304, 305, 306, 309, 403])
def test_other_statuses_do_not_redirect(status):
    assert not is_redirect(status)


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("https://a.example/other", True),
        ("https://a.example:443/", True),
        ("http://a.example/", False),
        ("https://www.a.example/", False),
        ("https://a.example:8443/", False),
    ],
)
def test_authorization_stays_within_the_origin(target, kept):
    assert keeps_authorization(url("https://a.example/"), url(target)) is kept


@pytest.mark.parametrize(
    ("hop_from", "hop_to", "after"),
    [
        ("https://page.example/a", "https://page.example/b", "https://page.example"),
        ("https://page.example/a", "https://api.example/b", "https://page.example"),
        ("https://api.example/a", "https://api.example/b", "https://page.example"),
        ("https://api.example/a", "https://other.example/b", "null"),
        ("https://api.example/a", "https://page.example/b", "null"),
    ],
)
def test_the_origin_is_tainted_by_leaving_a_foreign_origin(hop_from, hop_to, after):
    assert origin_after("https://page.example", url(hop_from), url(hop_to)) == after


def test_a_null_origin_stays_null():
    assert origin_after("null", url("https://a.example/"), url("https://a.example/b")) == "null"
    assert origin_after("null", url("https://a.example/"), url("https://b.example/")) == "null"


def test_targets_that_cors_forbids():
    assert cors_redirect_problem(url("https://user:pw@a.example/")) == "RedirectContainsCredentials"
    assert cors_redirect_problem(url("https://user@a.example/")) == "RedirectContainsCredentials"
    assert cors_redirect_problem(url("data:,x")) is None
    assert cors_redirect_problem(url("http://a.example/")) is None
