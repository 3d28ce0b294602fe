"""Addresses: parsing as browsers do, origins, sites, trust."""

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.wire.url import (
    Url,
    is_loopback_host,
    is_private_address,
    registrable_domain,
    same_origin,
    same_site,
)


def parsed(text: str) -> Url:
    url = Url.parse(text)
    assert url is not None, text
    return url


def test_the_parts_of_an_address():
    url = parsed("HTTPS://User:pw@Shop.Example:8443/a/../b%20c?x=1&y#part")
    assert (url.scheme, url.host, url.port) == ("https", "shop.example", 8443)
    assert (url.path, url.query, url.origin) == ("/b%20c", "x=1&y", "https://shop.example:8443")
    assert url.text == "https://User:pw@shop.example:8443/b%20c?x=1&y"
    assert url.has_credentials
    assert not url.is_ip


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("http://a.example/", 80),
        ("https://a.example/", 443),
        ("ws://a.example/", 80),
        ("wss://a.example/", 443),
        ("http://a.example:8080/", 8080),
        ("https://a.example:443/", 443),
        ("data:text/plain,x", 0),
    ],
)
def test_the_effective_port(text, port):
    assert parsed(text).port == port


@pytest.mark.parametrize(
    "text", ["", "/path", "//host/path", "https://", "http://ex ample/", "http://[::1", "http://h:99999/", "\ud800"]
)
def test_what_browsers_refuse_is_none(text):
    assert Url.parse(text) is None


@pytest.mark.parametrize("text", ["http://:pw@a.example/", "http://user@a.example/"])
def test_half_credentials_are_credentials(text):
    assert parsed(text).has_credentials


def test_a_space_before_the_fragment_belongs_to_the_path():
    assert parsed("https://a.example/x #part").text == "https://a.example/x%20"


def test_a_very_long_address_is_read_too():
    url = parsed("https://a.example/?" + "x" * 10_000)
    assert len(url.query) == 10_000


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("/login", "https://a.example/login"),
        ("next", "https://a.example/dir/next"),
        ("?q=1", "https://a.example/dir/page?q=1"),
        ("//b.example/x", "https://b.example/x"),
        ("http://c.example", "http://c.example/"),
        ("#part", "https://a.example/dir/page"),
        ("", "https://a.example/dir/page"),
    ],
)
def test_references_are_resolved(reference, expected):
    joined = parsed("https://a.example/dir/page").join(reference)
    assert joined
    assert joined.text == expected


def test_a_bad_reference_leads_nowhere():
    assert parsed("https://a.example/").join("http://[bad") is None


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.shop.example.co.uk/", "example.co.uk"),
        ("https://a.example.com/", "example.com"),
        ("https://example.com./", "example.com."),
        ("https://me.github.io/", "me.github.io"),
        ("https://x.me.github.io/", "me.github.io"),
        ("https://github.io/", "github.io"),
        ("https://co.uk/", "co.uk"),
        ("https://a.b.test/", "b.test"),
        ("http://localhost/", "localhost"),
        ("http://10.1.2.3/", "10.1.2.3"),
        ("http://[2001:db8::1]/", "[2001:db8::1]"),
        ("https://www.fa\u00df.de/", "xn--fa-hia.de"),
    ],
)
def test_the_registrable_domain_knows_the_public_suffix_list_with_its_private_section(text, domain):
    assert parsed(text).registrable_domain == domain


def test_an_address_has_no_registrable_domain_of_its_own():
    assert registrable_domain("192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("https://a.example.com:8443/x", "https://example.com"),
        ("wss://a.example.com/", "https://example.com"),
        ("ws://a.example.com/", "http://example.com"),
        ("blob:https://a.example.com/0-1", "https://example.com"),
        ("data:,x", "null"),
        ("file:///tmp/a.html", "null"),
    ],
)
def test_the_site_is_schemeful(text, site):
    assert parsed(text).site == site


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("https://a.example/", "https://a.example:443/x", True),
        ("https://a.example/", "https://a.example:444/", False),
        ("https://a.example/", "http://a.example/", False),
        ("https://a.example/", "https://b.example/", False),
        ("https://a.example/", "wss://a.example/live", True),
        ("https://a.example/", "blob:https://a.example/0-1", True),
        ("data:,x", "data:,x", False),
        ("https://a.example/", "data:,x", False),
    ],
)
def test_same_origin(one, other, expected):
    assert same_origin(parsed(one), parsed(other)) is expected
    assert same_origin(parsed(other), parsed(one)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("https://a.example.com/", "https://b.example.com:8443/", True),
        ("https://a.example.com/", "http://a.example.com/", False),
        ("https://a.github.io/", "https://b.github.io/", False),
        ("https://a.co.uk/", "https://b.co.uk/", False),
        ("http://127.0.0.1/", "http://127.0.0.1:81/", True),
        ("http://127.0.0.1/", "http://1.0.0.1/", False),
        ("data:,x", "data:,x", False),
    ],
)
def test_same_site(one, other, expected):
    assert same_site(parsed(one), parsed(other)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/",
        "wss://a.example/",
        "http://localhost:3000/",
        "http://app.localhost/",
        "http://localhost./",
        "http://127.9.9.9/",
        "http://[::1]/",
        "file:///tmp/x",
        "data:,x",
        "about:blank",
        "about:srcdoc",
        "blob:https://a.example/0-1",
    ],
)
def test_potentially_trustworthy(text):
    assert parsed(text).is_trustworthy


@pytest.mark.parametrize(
    "text",
    [
        "http://a.example/",
        "ws://a.example/",
        "http://192.168.0.1/",
        "http://notlocalhost/",
        "http://localhost.example/",
        "blob:http://a.example/0-1",
        "about:config",
    ],
)
def test_not_trustworthy(text):
    assert not parsed(text).is_trustworthy


def test_http_addresses():
    assert parsed("http://a.example/").is_http
    assert not parsed("ws://a.example/").is_http


def test_params_keep_order_repetition_and_blanks():
    url = parsed("https://a.example/?b=2&a=1&b=%C3%A4+x&c&=v&d=%ff")
    assert url.params() == (("b", "2"), ("a", "1"), ("b", "\u00e4 x"), ("c", ""), ("", "v"), ("d", "\ufffd"))
    assert parsed("https://a.example/").params() == ()


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.5.4",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "127.0.0.10",
        "169.254.169.254",
        "::1",
        "[::1]",
        "fe80::1%eth0",
        "fd12:3456::1",
        "::ffff:10.0.0.1",
    ],
)
def test_private_addresses(address):
    assert is_private_address(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.2.1", "2001:db8::1", "", "localhost", "10.0.0", "::ffff:8.8.8.8"],
)
def test_other_addresses_are_not_private(address):
    assert not is_private_address(address)


@pytest.mark.parametrize(
    ("net", "expected"), [("private", True), ("loopback", True), ("link-local", True), ("public", False)]
)
def test_the_mark_of_an_address_tells_its_network(net, expected):
    assert is_private_address(f"‹ip:8-15:0a1b2c3d4e5f net={net}›") is expected


def test_loopback_hosts():
    assert is_loopback_host("localhost")
    assert is_loopback_host("[::1]")
    assert not is_loopback_host("example")
    assert not is_loopback_host("10.0.0.1")


@given(
    st.sampled_from(
        ["https://a.example/", "https://A.example:443/", "ws://a.example:81/", "http://127.1/", "http://[::1]/"]
    ),
    st.text("aB1./?#%2eE\\'\"^`{|}<>[]@:;,+*()&$!~-_ \t\u00e9"),
)
def test_an_address_in_normal_form_is_read_like_any_other(start, rest):
    url = Url.parse(start + rest)
    found = ada_url.parse_url(start + rest)
    assert url is not None
    assert url.text == found["href"].partition("#")[0]
    assert (url.scheme, url.host, url.origin) == (found["protocol"][:-1], found["hostname"], found["origin"])
    assert (url.path, url.query) == (found["pathname"], found["search"][1:])


@given(st.text())
def test_any_text_is_an_address_or_none(text):
    url = Url.parse(text)
    assert url is None or Url.parse(url.text) == url


@given(st.from_regex(r"https?://[a-z]{1,8}(\.[a-z]{1,8}){0,3}(:[1-9][0-9]{0,3})?/[a-z/?&=]{0,20}", fullmatch=True))
def test_an_address_is_of_its_own_origin_and_site(text):
    url = parsed(text)
    assert same_origin(url, url)
    assert same_site(url, url)
    assert url.host.endswith(url.registrable_domain)
    assert url.join("") == url
