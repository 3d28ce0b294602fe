"""The jar: what is stored, replaced and thrown away, by the rows of RFC 6265bis section 5.7."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harinspect.wire.cookie_parsing import SameSite
from harinspect.wire.cookie_policy import Context, Reason
from harinspect.wire.cookies import Jar, Rejected, Stored

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHOP = "https://www.shop.example/app/login"
CROSS = Context(is_same_site=False, is_top_level_navigation=False, top_level_site="https://other.example")
LINKED = Context(is_same_site=False)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def jar_with(*lines: str, url: str = SHOP, context: Context = Context()) -> Jar:  # noqa: B008 - frozen
    jar = Jar()
    for line in lines:
        assert isinstance(jar.store(line, url, NOON, context), Stored)
    return jar


@pytest.mark.parametrize(
    ("line", "url", "context", "why"),
    [
        ("a=\x01", SHOP, Context(), "DisallowedCharacter"),
        ("=", SHOP, Context(), "NoCookieContent"),
        ("a=" + "x" * 4096, SHOP, Context(), "NameValuePairExceedsMaxSize"),
        ("a=b; Domain=other.example", SHOP, Context(), "InvalidDomain"),
        ("a=b; Domain=api.shop.example", SHOP, Context(), "InvalidDomain"),
        ("a=b; Domain=com", "https://www.shop.com/", Context(), "InvalidDomain"),
        ("a=b; Domain=github.io", "https://me.github.io/", Context(), "InvalidDomain"),
        ("a=b; Domain=шоп.example", SHOP, Context(), "InvalidDomain"),
        ("a=b; Domain=0.0.1", "https://10.0.0.1/", Context(), "InvalidDomain"),
        ("a=b; Secure", "http://www.shop.example/", Context(), "SecureOnly"),
        ("a=b; SameSite=None", SHOP, Context(), "SameSiteNoneInsecure"),
        ("__Secure-a=b", SHOP, Context(), "InvalidPrefix"),
        ("__sEcUrE-a=b", SHOP, Context(), "InvalidPrefix"),
        ("__Host-a=b; Secure; Path=/; Domain=shop.example", SHOP, Context(), "InvalidPrefix"),
        ("__Host-a=b; Secure; Path=/app", SHOP, Context(), "InvalidPrefix"),
        ("__Host-a=b; Secure", "https://www.shop.example/", Context(), "InvalidPrefix"),
        ("__host-a=b; Path=/", SHOP, Context(), "InvalidPrefix"),
        ("=__Host-a=b; Secure; Path=/", SHOP, Context(), "InvalidPrefix"),
        ("__Secure-a", SHOP, Context(), "InvalidPrefix"),
        ("__Http-a=b; Secure", SHOP, Context(), "InvalidPrefix"),
        ("__Host-Http-a=b; Secure; Path=/", SHOP, Context(), "InvalidPrefix"),
        ("__Host-Http-a=b; Secure; HttpOnly", SHOP, Context(), "InvalidPrefix"),
        ("__http-a", SHOP, Context(), "InvalidPrefix"),
        ("a=b\tc", SHOP, Context(), "DisallowedCharacter"),
        ("a=b; Partitioned", SHOP, Context(), "partitioned, but not secure"),
        ("a=b; SameSite=Strict", SHOP, CROSS, "SameSiteStrict"),
        ("a=b; SameSite=Lax", SHOP, CROSS, "SameSiteLax"),
        ("a=b", SHOP, CROSS, "SameSiteUnspecifiedTreatedAsLax"),
        ("a=b", SHOP, Context(includes_credentials=False), "the request was made without credentials"),
    ],
)
def test_rejected(line: str, url: str, context: Context, why: str) -> None:
    result = Jar().store(line, url, NOON, context)
    assert isinstance(result, Rejected)
    assert result.reason.value == why


@pytest.mark.parametrize(
    ("line", "url", "context"),
    [
        ("a=b; Domain=shop.example", SHOP, Context()),
        ("a=b; Domain=WWW.shop.example", SHOP, Context()),
        ("a=b; Domain=github.io", "https://github.io/", Context()),
        ("a=b; Domain=10.0.0.1", "https://10.0.0.1/", Context()),
        ("a=b; Secure", "http://localhost:3000/", Context()),
        ("__Secure-a=b; Secure", SHOP, Context()),
        ("__Host-a=b; Secure; Path=/", SHOP, Context()),
        ("__Hosta=b", SHOP, Context()),
        ("__Http-a=b; Secure; HttpOnly; Domain=shop.example", SHOP, Context()),
        ("__Host-Http-a=b; Secure; HttpOnly; Path=/", SHOP, Context()),
        ("__Host-a=b; Secure; Path=/; Partitioned", "http://localhost:3000/", Context()),
        ("a=b; SameSite=Strict", SHOP, LINKED),
        ("a=b; SameSite=None; Secure", SHOP, CROSS),
        ("a=b", SHOP, Context(is_same_site=False, is_top_level_navigation=False, lax_by_default=False)),
        ("a=b; SameSite=Lax", SHOP, Context(is_same_site=None, is_top_level_navigation=False)),
    ],
)
def test_stored(line: str, url: str, context: Context) -> None:
    assert isinstance(Jar().store(line, url, NOON, context), Stored)


def test_all_reasons_are_told_the_weightiest_first() -> None:
    result = Jar().store("a=b; Secure; SameSite=Lax", "http://y.example/", NOON, CROSS)
    assert isinstance(result, Rejected)
    assert result.reasons == (Reason.SECURE_ONLY, Reason.LAX)


def test_where_the_line_is_wrong_in_itself_nothing_else_is_asked() -> None:
    line = "__Host-a=b; Secure; Domain=x.example; SameSite=Lax; Partitioned"
    result = Jar().store(line, "http://y.example/", NOON, CROSS)
    assert isinstance(result, Rejected)
    assert result.reasons == (Reason.INVALID_DOMAIN, Reason.INVALID_PREFIX, Reason.INVALID_PARTITIONED)


def test_reasons_unknown_to_the_protocol_have_no_name_in_it() -> None:
    assert Reason.OTHER_PARTITION.protocol == ""
    assert Reason.LAX.protocol == "SameSiteLax"


def test_same_site_none_without_secure_is_a_matter_of_form() -> None:
    assert Reason.SCHEMEFUL_LAX.is_same_site
    assert not Reason.NONE_INSECURE.is_same_site


def test_bad_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="not an address"):
        Jar().store("a=b", "/login", NOON)


def test_attributes_are_kept() -> None:
    result = Jar().store("a=b; Secure; HttpOnly; SameSite=Strict", SHOP, NOON)
    assert isinstance(result, Stored)
    cookie = result.cookie
    assert (cookie.domain, cookie.host_only, cookie.path, cookie.secure, cookie.http_only, cookie.same_site) == (
        "www.shop.example",
        True,
        "/app",
        True,
        True,
        SameSite.STRICT,
    )


@pytest.mark.parametrize(
    ("attributes", "lives"),
    [
        ("Max-Age=60", 60),
        ("Max-Age=60; Expires=Mon, 02 Mar 2026 13:00:00 GMT", 60),
        ("Expires=Mon, 02 Mar 2026 13:00:00 GMT", 3600),
        ("Max-Age=99999999", 400 * 86400),
        ("Max-Age=99999999999999999999", 400 * 86400),
        ("Expires=Mon, 02 Mar 2099 13:00:00 GMT", 400 * 86400),
    ],
)
def test_lifetime(attributes: str, lives: int) -> None:
    jar = jar_with(f"a=b; Path=/; {attributes}")
    assert jar.header(SHOP, later(lives - 1)) == "a=b"
    assert jar.header(SHOP, later(lives)) == ""


def test_lifetime_ends_with_the_calendar() -> None:
    end = datetime(9999, 12, 31, tzinfo=UTC)
    for attributes in ("Max-Age=99999999", "Expires=Mon, 02 Mar 2026 13:00:00 GMT"):
        assert isinstance(Jar().store(f"a=b; {attributes}", SHOP, end), Stored)


def test_what_has_expired_is_told_once() -> None:
    jar = jar_with("a=b; Max-Age=10", "c=d; Max-Age=90", "e=f")
    assert [cookie.name for cookie in jar.expire(SHOP, later(10))] == ["a"]
    assert jar.expire(SHOP, later(11)) == ()
    assert jar.expire("https://elsewhere.example/", later(11)) == ()
    assert jar.header(SHOP, later(12)) == "c=d; e=f"


@pytest.mark.parametrize(
    ("line", "context", "header"),
    [
        ("a=1; HttpOnly", Context(), "a=1; b=1"),
        ("a=2", Context(renews_on_change=False), "a=2; b=1"),
        ("a=2", Context(), "b=1; a=2"),  # Chromium
    ],
)
def test_replacing_keeps_the_time_of_creation(line: str, context: Context, header: str) -> None:
    jar = jar_with("a=1", "b=1")
    result = jar.store(line, SHOP, later(5), context)
    assert isinstance(result, Stored)
    assert result.replaced is not None
    assert result.replaced.value == "1"
    assert jar.header(SHOP, later(6)) == header


def test_a_changed_cookie_goes_behind_those_of_the_same_moment() -> None:
    jar = jar_with("a=1", "b=1", "a=2")
    assert jar.header(SHOP, later(1)) == "b=1; a=2"


@pytest.mark.parametrize(
    ("skew", "lives"),
    [(timedelta(), True), (timedelta(hours=-1), False), (timedelta(hours=1), True), (timedelta.min, False)],
)
def test_expires_is_by_the_clock_of_the_server(skew: timedelta, lives: bool) -> None:
    jar = Jar()
    jar.store("a=1; Expires=Mon, 02 Mar 2026 12:30:00 GMT", SHOP, NOON, skew=skew)
    assert bool(jar.header(SHOP, NOON)) is lives
    jar.store("a=1; Max-Age=5", SHOP, NOON, skew=skew)
    assert jar.header(SHOP, NOON) == "a=1"


def test_clocks_far_apart_do_not_leave_the_calendar() -> None:
    jar = Jar()
    result = jar.store("a=1; Expires=Mon, 02 Mar 2026 12:30:00 GMT", SHOP, NOON, skew=timedelta.max)
    assert isinstance(result, Stored)
    assert result.cookie.expires == NOON + timedelta(days=400)


def test_another_path_or_domain_is_another_cookie() -> None:
    jar = jar_with("a=1; Path=/", "a=2; Path=/app", "a=3; Path=/; Domain=shop.example")
    assert jar.header(SHOP, NOON) == "a=2; a=1; a=3"


def test_deletion() -> None:
    jar = jar_with("a=1")
    result = jar.store("a=; Max-Age=0", SHOP, later(1))
    assert isinstance(result, Stored)
    assert result.is_deletion
    assert result.replaced is not None
    assert jar.select(SHOP, later(1)) == []


def test_deleting_what_is_not_there() -> None:
    result = Jar().store("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", SHOP, NOON)
    assert isinstance(result, Stored)
    assert result.is_deletion
    assert result.replaced is None


def test_what_has_expired_is_not_replaced() -> None:
    jar = jar_with("a=1; Max-Age=5")
    result = jar.store("a=2", SHOP, later(9))
    assert isinstance(result, Stored)
    assert result.replaced is None
    assert [cookie.created for cookie in jar.select(SHOP, later(9))] == [later(9)]


@pytest.mark.parametrize(
    ("line", "stored"),
    [
        ("a=2", False),
        ("a=2; Path=/app/login", False),
        ("a=2; Path=/elsewhere", True),
        ("b=2", True),
        ("a=2; Domain=shop.example", False),
    ],
)
def test_http_does_not_cover_a_secure_cookie(line: str, stored: bool) -> None:
    jar = jar_with("a=1; Secure; Path=/app")
    result = jar.store(line, "http://www.shop.example/app/login", NOON)
    assert isinstance(result, Stored) is stored
    assert isinstance(result, Stored) or result.reason is Reason.OVERWRITE_SECURE


def test_a_secure_cookie_in_a_partition_is_out_of_reach() -> None:
    jar = jar_with("a=1; Path=/; Secure; Partitioned", url="https://www.shop.example/")
    assert isinstance(jar.store("a=2; Path=/", "http://www.shop.example/", NOON), Stored)


def test_http_may_replace_a_cookie_that_is_not_secure() -> None:
    jar = jar_with("a=1", url="http://www.shop.example/")
    assert isinstance(jar.store("a=2", "http://www.shop.example/", NOON), Stored)
