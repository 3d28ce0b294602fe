"""Trials of what a cross-origin request meets: the CORS check, the resource policy, the redirect, the cache (Fetch)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.traffic.changes import CalledDirectly, Embedding, Grant, Untested, Varied, Verified
from harinspect.traffic.embedding import COEP, embedder
from harinspect.traffic.grants import answered, checks
from harinspect.traffic.model import Traffic
from harinspect.traffic.stored import varies
from harinspect.traffic.surroundings import source_of
from harinspect.traffic.wording import code, listed
from harinspect.wire.cors import ALLOW_CREDENTIALS, cross_origin_resource_policy
from harinspect.wire.headers import Headers

NO_PAGE = Untested("The page that embeds the answer is not in the file.")


def cross_origin_trial(change: Grant | Embedding | CalledDirectly | Varied, traffic: Traffic) -> Verified | Untested:
    """The check once more, with the change."""
    match change:
        case Grant():
            return _granted(change, traffic)
        case Embedding():
            return _embedded(change, traffic)
        case CalledDirectly():
            return _called(change, traffic)
        case Varied():
            return _varied(change, traffic)


def passes(grant: Grant, traffic: Traffic) -> bool:
    """Preflight and request both."""
    return all(check.passed for check in checks(grant, traffic))


def told(grant: Grant) -> str:
    """The headers of a grant, with the status where it is another; "" where nothing is new."""
    statuses = (answer.status for answer in grant.answers if answer.status is not None)
    headers = dict.fromkeys(pair for answer in grant.answers for pair in answer.headers)
    return listed(
        [*(f"the status {s} for OPTIONS" for s in statuses), *(code(f"{name}: {value}") for name, value in headers)]
    )


def _granted(grant: Grant, traffic: Traffic) -> Verified:
    who = listed(["this preflight"] * bool(grant.preflight) + ["this request"] * bool(grant.answer))
    if not passes(grant, traffic):
        failed = next(check.verdict for check in checks(grant, traffic) if not check.passed)
        return Verified(False, f"With {told(grant)} {who} would still fail the CORS check ({failed}).")
    verb = "pass" if len(grant.answers) > 1 else "passes"
    said = f"With {told(grant)} {who} {verb} the CORS check."
    return Verified(True, " ".join([said, *_credentials(grant, traffic), _and_then(grant, traffic)]))


def _credentials(grant: Grant, traffic: Traffic) -> Iterator[str]:
    """Where the mode is not known, what the other one would take."""
    headers = (answered(traffic.exchanges[answer.exchange], answer) for answer in grant.answers)
    if grant.credentials is None and any(answer.text(ALLOW_CREDENTIALS) != "true" for answer in headers):
        yield (
            "If the page's code includes credentials (the file does not tell), the exact origin and "
            "`Access-Control-Allow-Credentials: true` are needed as well."
        )


def _and_then(grant: Grant, traffic: Traffic) -> str:
    status = traffic.exchanges[grant.answer.exchange].status if grant.answer else 0
    if status == 0:
        return f"The browser would then send the {grant.method}; what the server answers to that is not in the file."
    if status >= 400:
        return f"The page could then read the {status}; the refusal itself stays."
    return "The page could then read the answer."


def _embedded(change: Embedding, traffic: Traffic) -> Verified | Untested:
    exchange = traffic.exchanges[change.exchange]
    page = embedder(exchange, traffic)
    source = traffic.urls.get(page.index) if page else source_of(exchange)
    if source is None:
        return NO_PAGE
    demands = page is None or COEP in page.response.headers
    check = cross_origin_resource_policy(
        change.policy, source, traffic.urls[change.exchange], coep_require_corp=demands
    )
    header, origin = code(f"Cross-Origin-Resource-Policy: {change.policy}"), code(source.origin)
    return Verified(check.passed, f"With {header} the answer passes the browser's check for a page of {origin}.")


def _called(change: CalledDirectly, traffic: Traffic) -> Verified:
    """No hop, so nothing that a hop does to a request (Fetch, HTTP-redirect fetch)."""
    target = code(traffic.urls[change.exchange].origin)
    kept = (
        f"its `Authorization` and {code(f'Origin: {change.origin}')}"
        if change.bears_authorization
        else (f"{code(f'Origin: {change.origin}')} in place of `Origin: null`")
    )
    said = f"Called directly, {target} is asked with {kept}."
    if change.grant is None:
        return Verified(True, f"{said} What the server answers then is not in the file.")
    holds = passes(change.grant, traffic)
    with_ = told(change.grant) or "what it answered"
    cors = f"With {with_} the answer {'passes' if holds else 'still fails'} the CORS check."
    return Verified(holds, f"{said} {cors} Whether the server accepts that origin is its own list.")


def _varied(change: Varied, traffic: Traffic) -> Verified:
    """RFC 9111, section 4.1: an answer stored for another Origin is not used where Vary names that header."""
    earlier = traffic.exchanges[change.earlier].response.headers
    vary = ", ".join(part for part in (earlier.text("vary"), "Origin") if part)
    holds = varies(Headers([("vary", vary)]))
    return Verified(
        holds,
        f"Stored with {code(f'Vary: {vary}')}, the answer is not used for a request of another origin: the browser "
        "asks the server, whose answer to that is not in the file.",
    )
