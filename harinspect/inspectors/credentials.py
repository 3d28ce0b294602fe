"""Calls without a credential where the same host lets calls with one pass (RFC 9110, section 11.6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.places import template
from harinspect.traffic.preflights import is_preflight
from harinspect.traffic.tokens import KEY_HEADERS, KEY_PARAMS, bears_its_own, proves_otherwise
from harinspect.wire.headers import ABSENT, WITHHELD
from harinspect.wire.url import Url

inspector = Inspector(__name__)
ENOUGH = 2  # calls with a credential that passed, and none without

MISSING = inspector.rule(
    "missing",
    cause="auth.missing-credentials",
    title="No credential was sent where the server wants one",
    why="The call to `{url}` carries no `{name}`. {reason}",
    responsible="client-code",
    fixes=(
        developer("Send `{name}` with this call as with the others.", "easy"),
        user("Sign in, and try again.", "easy"),
        admin(
            "Answer 401 with `WWW-Authenticate` where a sign-in is missing; 403 says that it would not help.", "easy"
        ),
    ),
    temporary="maybe",
    refs=(
        "https://www.rfc-editor.org/rfc/rfc9110#name-authorization",
        "https://www.rfc-editor.org/rfc/rfc6750#section-3.1",
    ),
)


@inspector.check
def nothing_was_sent(denial: Denial) -> Iterator[Verdict]:
    """Only by comparison: what passed at this host had a header that this call surely has not."""
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    if not _is_asked(denial) or url is None:
        return
    twins = list(_near(denial))
    sent = frozenset[str]().union(*(e.request.headers.names() for e in twins))
    alike = {e.index for e in denial.allowed_alike if e.method == exchange.method}
    for name in ("authorization", *KEY_HEADERS):
        if name not in sent or exchange.request.headers.get(name) is not ABSENT:
            continue
        bearers = [e for e in twins if name in e.request.headers]
        bare = any(e.request.headers.get(name) is ABSENT for e in twins)
        same = [e for e in bearers if e.index in alike]
        if bare or not (same or len(bearers) >= ENOUGH):
            continue
        twin = (same or bearers)[0]
        basis = Basis.CONTRAST if same else Basis.SIGNATURE
        yield MISSING.found(
            Basis.CIRCUMSTANCE if proves_otherwise(exchange, twin) or bears_its_own(url) else basis,
            Evidence(exchange.index, "request.header", name, "", "not in the request"),
            Evidence(twin.index, "request.header", name, twin.request.headers.text(name), "allowed"),
            url=exchange.url,
            name=name,
            reason="The same host lets such calls with one pass.",
        )
        return


@inspector.check
def parameter_was_left_out(denial: Denial) -> Iterator[Verdict]:
    """A key in the query that the same call had when it passed."""
    exchange, urls = denial.exchange, denial.traffic.urls
    if not _is_asked(denial) or denial.traffic.tokens.of(exchange):
        return
    for twin in denial.allowed_alike:
        name = next((n for n, value in urls[twin.index].params() if n.lower() in KEY_PARAMS and value), "")
        if name and _rest(urls[twin.index], name) == _rest(urls[exchange.index], name):
            here = Evidence(exchange.index, "request.url", name, exchange.url, "without the parameter")
            there = Evidence(twin.index, "request.url", name, twin.url, "with it, and allowed")
            yield MISSING.found(
                Basis.CONTRAST, here, there, url=exchange.url, name=name, reason="With it, the same call passed."
            )
            return


@inspector.check
def gateway_saw_no_key(denial: Denial) -> Iterator[Verdict]:
    """An API gateway's own refusal that names no reason, of a call without any key: a condition, not a proof."""
    exchange = denial.exchange
    hits = denial.answer.blocked if _is_asked(denial) else ()
    if not hits or hits[0].basis != "identity" or hits[0].layer not in ("gateway", "api-platform"):
        return
    if denial.traffic.tokens.of(exchange) or "cookie" in exchange.request.headers:
        return
    here = Evidence(exchange.index, "request.header", "x-api-key", "", "neither this nor any other key or token")
    reason = f"{hits[0].responder.name} refused it itself, and gateways do that to calls without a key."
    yield MISSING.found(Basis.CIRCUMSTANCE, here, url=exchange.url, name="x-api-key", reason=reason)


@inspector.check
def cannot_be_told(denial: Denial) -> Iterator[Verdict]:
    """An export that leaves Authorization out: a preflight that asked for it shows that there was one."""
    exchange = denial.exchange
    if not _is_asked(denial) or exchange.request.headers.get("authorization") is not WITHHELD:
        return
    if denial.traffic.tokens.of(exchange):
        return
    pair = denial.traffic.preflight_of.get(exchange.index)
    if pair and "authorization" in pair.asked_headers:
        asked = Evidence(
            pair.options, "request.header", "access-control-request-headers", "authorization", "one was sent"
        )
        yield MISSING.ruled_out(
            "The preflight names Authorization, so the page sent one; this file leaves it out.", asked
        )
    elif exchange.resource_type in ("", "fetch", "xhr"):
        reason = "This file leaves Authorization and Cookie out, so it does not tell whether a credential was sent."
        yield MISSING.undetermined(reason, "A recording with sensitive data, made for somebody you trust.")


def _is_asked(denial: Denial) -> bool:
    return (
        denial.exchange.status in (401, 403)
        and denial.kind is not DenialKind.BLOCKED
        and not is_preflight(denial.exchange)
    )


def _near(denial: Denial) -> Iterator[Exchange]:
    """Calls of the same kind: under the same first segments of the path, and made in the same way."""
    kind, trunk = denial.exchange.resource_type, _trunk(denial.traffic.urls[denial.exchange.index].path)
    for other in denial.allowed_at_host:
        same_way = kind in ("", other.resource_type) or not other.resource_type
        if same_way and _trunk(denial.traffic.urls[other.index].path) == trunk:
            yield other


@lru_cache(maxsize=8192)
def _trunk(path: str) -> str:
    segments = path.split("/")
    return template("/".join(segments[: max(2, len(segments) - 1)]))


def _rest(url: Url, name: str) -> list[tuple[str, str]]:
    return [pair for pair in url.params() if pair[0] != name]
