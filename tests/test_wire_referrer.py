"""The Referer under every policy: the table of the standard, cell by cell."""

import pytest

from harinspect.wire.referrer import DEFAULT, LONGEST, Policy, parse_meta, parse_policy, referer, referers, says_origin
from harinspect.wire.url import Url

PAGE = "https://shop.example/cart?id=7"
ORIGIN = "https://shop.example/"
HOME = "https://shop.example/api"
CROSS = "https://cdn.example.net/a.png"
PLAIN = "http://cdn.example.net/a.png"


def url(text: str) -> Url:
    found = Url.parse(text)
    assert found
    return found


@pytest.mark.parametrize(
    ("policy", "at_home", "cross", "downgrade"),
    [
        ("no-referrer", None, None, None),
        ("origin", ORIGIN, ORIGIN, ORIGIN),
        ("unsafe-url", PAGE, PAGE, PAGE),
        ("strict-origin", ORIGIN, ORIGIN, None),
        ("strict-origin-when-cross-origin", PAGE, ORIGIN, None),
        ("same-origin", PAGE, None, None),
        ("origin-when-cross-origin", PAGE, ORIGIN, ORIGIN),
        ("no-referrer-when-downgrade", PAGE, PAGE, None),
    ],
)
def test_the_table(policy, at_home, cross, downgrade):
    sent = [referer(Policy(policy), url(PAGE), url(target)) for target in (HOME, CROSS, PLAIN)]
    assert sent == [at_home, cross, downgrade]


def test_every_policy_is_in_the_header_syntax():
    assert all(parse_policy(policy.value) is policy for policy in Policy)


def test_a_plain_page_cannot_be_downgraded():
    assert referer(DEFAULT, url("http://a.example/x"), url("http://b.example/")) == "http://a.example/"


def test_localhost_over_http_is_no_downgrade():
    assert referer(DEFAULT, url(PAGE), url("http://localhost:3000/")) == ORIGIN


def test_credentials_and_fragment_are_stripped():
    assert referer(Policy.UNSAFE_URL, url("https://u:p@a.example/x?#f"), url(CROSS)) == "https://a.example/x?"


@pytest.mark.parametrize("source", ["data:text/html,x", "about:blank", "blob:https://a.example/0", "file:///x.html"])
def test_documents_without_an_http_address_send_none(source):
    assert referer(Policy.UNSAFE_URL, url(source), url(CROSS)) is None


def test_an_overlong_address_becomes_its_origin():
    start = "https://a.example/?"
    just = url(start + "x" * (LONGEST - len(start)))
    over = url(start + "x" * (LONGEST - len(start) + 1))
    assert referer(Policy.UNSAFE_URL, just, url(CROSS)) == just.text
    assert referer(Policy.UNSAFE_URL, over, url(CROSS)) == "https://a.example/"


@pytest.mark.parametrize(
    ("value", "policy"),
    [
        ("no-referrer", Policy.NO_REFERRER),
        ("origin, strict-origin", Policy.STRICT_ORIGIN),
        ("same-origin, from-the-future", Policy.SAME_ORIGIN),
        (" Same-Origin ,", Policy.SAME_ORIGIN),
        ("never", None),
        ("", None),
    ],
)
def test_the_last_known_token_counts(value, policy):
    assert parse_policy(value) is policy


@pytest.mark.parametrize(
    ("content", "policy"),
    [
        ("No-Referrer", Policy.NO_REFERRER),
        ("never", Policy.NO_REFERRER),
        ("default", Policy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN),
        ("always", Policy.UNSAFE_URL),
        ("origin-when-crossorigin", Policy.ORIGIN_WHEN_CROSS_ORIGIN),
        ("no-referrer, origin", None),
        (" origin", None),
        ("", None),
    ],
)
def test_a_meta_element_states_one_policy_or_a_legacy_word(content, policy):
    assert parse_meta(content) is policy


def test_by_way_of_redirects_each_referer_is_made_from_the_one_before():
    page, there, on = url("https://a.example/p?q=1"), url("https://b.example/"), url("https://a.example/home")
    assert referers(Policy.UNSAFE_URL, page, [(there, Policy.ORIGIN), (on, Policy.UNSAFE_URL), (there, None)]) == [
        page.text,
        "https://a.example/",
        "https://a.example/",
    ]
    assert referers(Policy.SAME_ORIGIN, page, [(there, Policy.UNSAFE_URL), (on, None)]) == [None, None]
    assert referers(Policy.SAME_ORIGIN, page, []) == []


@pytest.mark.parametrize(
    ("policy", "source", "target", "named"),
    [
        (Policy.NO_REFERRER, "https://a.example/", "https://a.example/", False),
        (Policy.SAME_ORIGIN, "https://a.example/", "https://a.example/", True),
        (Policy.SAME_ORIGIN, "https://a.example/", "https://b.example/", False),
        (Policy.STRICT_ORIGIN, "https://a.example/", "http://b.example/", False),
        (Policy.NO_REFERRER_WHEN_DOWNGRADE, "https://a.example/", "https://b.example/", True),
        (Policy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, "http://a.example/", "http://b.example/", True),
        (Policy.ORIGIN, "https://a.example/", "http://b.example/", True),
    ],
)
def test_a_policy_may_keep_the_origin_back_too(policy, source, target, named):
    assert says_origin(policy, url(source), url(target)) is named
