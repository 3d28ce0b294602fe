"""The jar's answers: what goes along with a request, and what stays behind (RFC 6265bis section 5.8.3; CHIPS)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harinspect.wire.cookie_policy import Context, Reason
from harinspect.wire.cookies import Jar, Stored

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHOP = "https://www.shop.example/app/login"
CROSS = Context(is_same_site=False, is_top_level_navigation=False, top_level_site="https://other.example")
LINKED = Context(is_same_site=False)
POSTED = Context(is_same_site=False, method="POST")


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def jar_with(*lines: str, url: str = SHOP, context: Context = Context()) -> Jar:  # noqa: B008 - frozen
    jar = Jar()
    for line in lines:
        assert isinstance(jar.store(line, url, NOON, context), Stored)
    return jar


def reasons(jar: Jar, url: str, context: Context = Context(), at: datetime = NOON) -> list[str]:  # noqa: B008
    return [reason.value for _, reason in jar.withheld(url, at, context)]


@pytest.mark.parametrize(
    ("line", "url", "why"),
    [
        ("a=b; Path=/", "https://www.shop.example/", []),
        ("a=b; Path=/", "https://shop.example/", ["DomainMismatch"]),
        ("a=b; Path=/", "https://x.www.shop.example/", ["DomainMismatch"]),
        ("a=b; Path=/; Domain=shop.example", "https://x.www.shop.example/", []),
        ("a=b; Path=/; Domain=www.shop.example", "https://shop.example/", ["DomainMismatch"]),
        ("a=b", "https://www.shop.example/application", ["NotOnPath"]),
        ("a=b; Path=/; Secure", "http://www.shop.example/", ["SecureOnly"]),
        ("a=b; Secure", "http://shop.example/", ["SecureOnly", "DomainMismatch", "NotOnPath"]),
    ],
)
def test_where_a_cookie_goes(line: str, url: str, why: list[str]) -> None:
    jar = jar_with(line)
    assert reasons(jar, url) == why
    assert bool(jar.header(url, NOON)) is not bool(why)


def test_another_site_has_no_part_in_it() -> None:
    assert jar_with("a=b").withheld("https://other.example/", NOON) == []


@pytest.mark.parametrize(
    ("same_site", "context", "why"),
    [
        ("Strict", Context(), []),
        ("Strict", LINKED, ["SameSiteStrict"]),
        ("Strict", CROSS, ["SameSiteStrict"]),
        ("Lax", LINKED, []),
        ("Lax", POSTED, ["SameSiteLax"]),
        ("Lax", CROSS, ["SameSiteLax"]),
        ("None", CROSS, []),
        ("None", POSTED, []),
        ("odd", LINKED, []),
        ("odd", CROSS, ["SameSiteUnspecifiedTreatedAsLax"]),
        ("Lax", Context(is_same_site=None, is_top_level_navigation=False), []),
        ("Lax", Context(is_same_site=False, method="POST", is_cross_scheme=True), ["SchemefulSameSiteLax"]),
        ("odd", Context(is_same_site=False, is_top_level_navigation=False, lax_by_default=False), []),
    ],
)
def test_same_site(same_site: str, context: Context, why: list[str]) -> None:
    jar = jar_with(f"a=b; Path=/; Secure; SameSite={same_site}")
    assert reasons(jar, SHOP, context) == why


def test_lax_by_default_lets_a_post_through_for_two_minutes() -> None:
    jar = jar_with("a=b; Path=/")
    assert reasons(jar, SHOP, POSTED, later(120)) == []
    assert reasons(jar, SHOP, POSTED, later(121)) == ["SameSiteUnspecifiedTreatedAsLax"]


def test_without_credentials_nothing_goes() -> None:
    jar = jar_with("a=b; Path=/; Secure")
    assert reasons(jar, "http://www.shop.example/", Context(includes_credentials=False)) == [
        "the request was made without credentials"
    ]


def under(site: str, *, firefox: bool = False) -> Context:
    return Context(
        is_same_site=False, is_top_level_navigation=False, top_level_site=site, partitions_third_party=firefox
    )


def test_partitioned_cookies_live_under_one_top_level_site() -> None:
    line = "a=b; Path=/; Secure; SameSite=None; Partitioned"
    jar = jar_with(line, context=under("https://one.example"))
    assert reasons(jar, SHOP, under("https://one.example")) == []
    assert reasons(jar, SHOP, under("https://two.example")) == ["partitioned under another top-level site"]
    assert reasons(jar, SHOP) == ["partitioned under another top-level site"]
    assert reasons(jar, SHOP, under("")) == []


def within(top: str, same: bool | None) -> Context:
    return Context(is_same_site=same, is_top_level_navigation=False, top_level_site=top)


@pytest.mark.parametrize(
    ("context", "goes"),
    [
        (Context(top_level_site="https://shop.example"), True),
        (within("https://shop.example", True), True),
        (within("https://shop.example", None), True),
        (within("https://shop.example", False), False),  # its own page, in a frame of another, in its own page
        (within("https://other.example", None), False),
    ],
)
def test_under_its_own_site_a_partition_ends_at_a_foreign_frame(context: Context, goes: bool) -> None:
    jar = jar_with("a=b; Path=/; Secure; SameSite=None; Partitioned")
    assert bool(jar.header(SHOP, NOON, context)) is goes


def test_partitions_hold_cookies_of_one_name() -> None:
    jar = jar_with("a=1; Path=/; Secure; SameSite=None; Partitioned", context=under("https://one.example"))
    jar.store("a=2; Path=/; Secure; SameSite=None; Partitioned", SHOP, NOON, Context())
    assert jar.header(SHOP, NOON, under("https://one.example")) == "a=1"
    assert jar.header(SHOP, NOON, Context(top_level_site="https://shop.example")) == "a=2"


def test_firefox_keeps_third_parties_apart() -> None:
    jar = jar_with("a=1; Path=/; Secure; SameSite=None")
    framed = under("https://one.example", firefox=True)
    assert reasons(jar, SHOP, framed) == [Reason.THIRD_PARTY.value]
    jar.store("b=2; Path=/; Secure; SameSite=None", SHOP, NOON, framed)
    assert jar.header(SHOP, NOON, framed) == "b=2"
    assert Reason.THIRD_PARTY.value in reasons(jar, SHOP, under("https://two.example", firefox=True))


def test_longer_paths_come_first_then_older_cookies() -> None:
    jar = jar_with("a=1; Path=/", "b=2; Path=/app", "=c; Path=/app")
    jar.store("d=4; Path=/", SHOP, later(1))
    assert jar.header(SHOP, later(2)) == "b=2; c; a=1; d=4"


def test_scope_is_what_verdicts_depend_on() -> None:
    jar = Jar()
    assert jar.scope(SHOP) is None
    jar.store("a=b; Path=/app", SHOP, NOON)
    here = jar.scope("https://www.shop.example/one")
    assert jar.scope("https://www.shop.example/two") == here
    assert jar.scope("https://www.shop.example/app/two") != here
    assert jar.scope("https://api.shop.example/one") != here
    jar.store("a=b; Path=/app; Max-Age=0", SHOP, NOON)
    assert jar.scope("https://www.shop.example/one") != here
