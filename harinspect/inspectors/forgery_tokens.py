"""Anti-forgery tokens held against those that passed: under another name, unlike its cookie, or out of use.

What frameworks call their headers and cookies does not matter here: only what the same host let pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, developer, user
from harinspect.traffic.forgery import UNSAFE, token_header
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.places import place
from harinspect.traffic.session_signs import signs_in_by_name
from harinspect.wire.cookie_parsing import parse_cookie_header

inspector = Inspector(__name__)
OWASP = "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html"

NAME = inspector.rule(
    "another-name",
    cause="csrf.token-missing",
    title="The anti-forgery token goes under another name than in the calls that pass",
    why="The call carries its anti-forgery token in `{here}`. The calls that this host let pass carry it in `{there}`, "
    "and a server looks nowhere else.",
    responsible="client-code",
    fixes=(developer("Send the token in `{there}` here too.", "easy"), user("Reload the page, and try again.")),
    refs=(OWASP,),
)
DIFFERS = inspector.rule(
    "unlike-its-cookie",
    cause="csrf.token-mismatch",
    title="The anti-forgery token is not the one in the cookie",
    why="In every call that passed, `{header}` and the cookie `{cookie}` hold the same value. Here they differ.",
    responsible="client-code",
    fixes=(
        developer("Read the cookie anew for every call: it changes at sign-in.", "easy"),
        user("Reload the page, and close other windows of the same site.", "easy"),
    ),
    temporary="yes",
    refs=(OWASP,),
)
STALE = inspector.rule(
    "out-of-use",
    cause="csrf.token-mismatch",
    title="The anti-forgery token was good before and is no more",
    why="The token in `{header}` passed earlier. Here it was refused, and later calls pass with another one. {between}",
    responsible="client-code",
    fixes=(
        developer("Fetch a new token after each sign-in, and after a refusal of the old one try once more.", "easy"),
        user("Reload the page, and try again.", "easy"),
    ),
    temporary="yes",
    refs=(OWASP,),
)


@inspector.check
def token_is_unlike_those_that_passed(denial: Denial) -> Iterator[Verdict]:
    header, rows = token_header(denial.exchange), _passed(denial)
    if rows:
        yield from _under_another_name(denial, header, rows)
        yield from _unlike_its_cookie(denial, header, rows)
        yield from _out_of_use(denial, header, rows)


def _under_another_name(denial: Denial, here: str, rows: list[Exchange]) -> Iterator[Verdict]:
    names = {token_header(e) for e in rows}
    if here in names or names & denial.exchange.request.headers.names():
        return
    mine = denial.exchange.request.headers.text(here)
    twin = next((e for e in rows if e.request.headers.text(token_header(e)) == mine), None)
    there = token_header(twin or rows[0])
    basis = Basis.CIRCUMSTANCE if twin is None else _basis(denial, twin)
    yield _found(NAME, basis, denial, here, twin or rows[0], there, here=here, there=there)


def _unlike_its_cookie(denial: Denial, header: str, rows: list[Exchange]) -> Iterator[Verdict]:
    """Double submit (OWASP), seen from the outside: a pair that was alike whenever a call passed."""
    cookies, sent = _cookies(denial.exchange), unquote(denial.exchange.request.headers.text(header))
    alike = _alike(rows[0], header)
    for other in rows[1:] if cookies else ():
        alike &= _alike(other, header)
    wrong = next((name for name in sorted(alike) if cookies.get(name, "") not in ("", sent)), "")
    if wrong:
        yield _found(DIFFERS, _basis(denial, rows[0]), denial, header, rows[0], header, header=header, cookie=wrong)


def _out_of_use(denial: Denial, header: str, rows: list[Exchange]) -> Iterator[Verdict]:
    """Tokens may differ from page to page and all be good: only what passed at the same place, or a sign-in, tells."""
    turn, here = denial.traffic.turn_of, denial.traffic.turn_of[denial.exchange.index]
    mine = denial.exchange.request.headers.text(header)
    good = [turn[e.index] for e in rows if e.request.headers.text(header) == mine]
    later = [e for e in rows if turn[e.index] > here and header in e.request.headers]
    if not good or not later or max(good) > here:
        return
    basis = _basis(denial, twin := min(later, key=lambda e: _basis(denial, e).rung))
    signed_in = any(max(good) <= turn[e.index] < here for e in denial.allowed_at_host if signs_in_by_name(e))
    if basis is not Basis.CONTRAST and not signed_in:
        basis = Basis.CIRCUMSTANCE
    between = "A sign-in lies between, and servers change the token with it." if signed_in else ""
    yield _found(STALE, basis, denial, header, twin, header, header=header, between=between)


def _passed(denial: Denial) -> list[Exchange]:
    """Calls that change something and passed with a token in a header, as this one has one; nearest in time first."""
    exchange = denial.exchange
    if denial.kind is not DenialKind.FORBIDDEN or exchange.method not in UNSAFE or not token_header(exchange):
        return []
    near = denial.allowed_at_host
    return [e for e in near if e.method in UNSAFE and e.status < 300 and token_header(e)]


def _alike(exchange: Exchange, header: str) -> set[str]:
    """Names of cookies with the value of the header."""
    value = unquote(exchange.request.headers.text(header))
    return {name for name, its in _cookies(exchange).items() if value and its == value}


def _cookies(exchange: Exchange) -> dict[str, str]:
    pairs = parse_cookie_header(exchange.request.headers.text("cookie"))
    return {name: unquote(value) for name, value in pairs}


def _basis(denial: Denial, twin: Exchange) -> Basis:
    here, there = (denial.traffic.urls[e.index] for e in (denial.exchange, twin))
    same = place(here) == place(there) and twin.method == denial.exchange.method
    return Basis.CONTRAST if same else Basis.SIGNATURE


def _found(rule: Rule, basis: Basis, denial: Denial, name: str, twin: Exchange, its: str, **holes: str) -> Verdict:
    mine, there = denial.exchange.request.headers.text(name), twin.request.headers.text(its)
    return rule.found(
        basis,
        Evidence(denial.exchange.index, "request.header", name, mine, "refused"),
        Evidence(twin.index, "request.header", its, there, "allowed"),
        change=None,
        **holes,
    )
