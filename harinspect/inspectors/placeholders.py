"""Addresses that a script put together without a value: /users/undefined, ?id=[object Object], /users/{id}."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

inspector = Inspector(__name__)
# What ECMAScript's ToString makes of no value, and how templates of addresses mark a place.
NO_VALUE = regex(
    r"undefined|null|NaN|\[object [A-Z][A-Za-z]{1,20}\]|\{\{?\w{1,40}\}?\}|\$\{[\w.]{1,60}\}|:[a-z]\w{0,30}"
)
MAY_BE_MEANT = frozenset({"null"})

UNFILLED = inspector.rule(
    "unfilled",
    cause="server.url-typo",
    title="The address holds a placeholder where a value belongs",
    why="`{value}` stands in `{path}` where {place} should be: the script that made the address had no value for it. "
    "{contrast}",
    responsible="client-code",
    fixes=(
        developer("Find where the address is put together, and wait for the value, or do not send the request."),
        admin("Answer 404 or 400 for names that cannot exist, so that such slips show.", "easy"),
    ),
    refs=("https://tc39.es/ecma262/#sec-tostring",),
)


@inspector.check
def value_is_missing(denial: Denial) -> Iterator[Verdict]:
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    if url is None or denial.kind is not DenialKind.FORBIDDEN or is_preflight(exchange):
        return
    value, name = next(_unfilled(url), ("", ""))
    if not value:
        return
    twin = next((e for e in denial.allowed_at_host if _is_filled(url, denial.traffic.urls[e.index], name)), None)
    there = (Evidence(twin.index, "request.url", value=twin.url, note="allowed, with a value"),) if twin else ()
    yield UNFILLED.found(
        Basis.SIGNATURE if twin and value not in MAY_BE_MEANT else Basis.CIRCUMSTANCE,
        Evidence(exchange.index, "request.url", value=exchange.url, note=f"{value} in place of a value"),
        *there,
        value=value,
        path=url.path,
        place=f"the value of `{name}`" if name else "a name or number",
        contrast="With a value in its place a call passed." if twin else "",
    )


def _unfilled(url: Url) -> Iterator[tuple[str, str]]:
    """The placeholder, and the name of the parameter whose value it is, "" in the path."""
    for segment in url.path.split("/"):
        if NO_VALUE.fullmatch(text := unquote(segment)):
            yield text, ""
    for pair in url.query.split("&"):
        name, _, value = pair.partition("=")
        if name and NO_VALUE.fullmatch(text := unquote(value)):
            yield text, name


def _is_filled(url: Url, other: Url, name: str) -> bool:
    """The same address with a value there: at that place of the path, or of the parameter."""
    if name:
        given = [value for pair in other.query.split("&") for key, _, value in (pair.partition("="),) if key == name]
        return other.path == url.path and bool(given) and not NO_VALUE.fullmatch(unquote(given[0]))
    mine, its = url.path.split("/"), other.path.split("/")
    if len(mine) != len(its):
        return False
    pairs = [(a, b) for a, b in zip(mine, its, strict=True) if a != b]
    return len(pairs) == 1 and bool(NO_VALUE.fullmatch(unquote(pairs[0][0]))) and any(map(str.isdigit, pairs[0][1]))
