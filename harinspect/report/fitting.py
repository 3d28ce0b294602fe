"""Does a refusal's status fit its cause, and does it bear the headers that belong to it (RFC 9110, section 15.5)?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

from harinspect.har.model import Exchange
from harinspect.report import model
from harinspect.report.recipients import leading
from harinspect.traffic.model import Denial
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.headers import ABSENT

Point = Literal["status", "headers"]


class Better(Struct, frozen=True):
    """The status that would fit, and why."""

    status: int
    text: str
    advice: str


_SIGN_IN: Final = Better(
    401,
    "The request lacked a valid credential: that is 401, not 403.",
    "Answer 401 with `WWW-Authenticate` (RFC 9110, section 15.5.2): clients then know that signing in helps.",
)
_TOKEN: Final = Better(
    401,
    "The token was not accepted: that is 401, not 403.",
    'Answer 401 with `WWW-Authenticate: Bearer error="invalid_token"` (RFC 6750, section 3.1): clients then renew it.',
)
_BETTER: Final[tuple[tuple[tuple[str, ...], Better], ...]] = (
    (("auth.missing-credentials", "auth.session-expired"), _SIGN_IN),
    (("auth.token-",), _TOKEN),
    (
        ("auth.step-up",),
        Better(
            401,
            "A stronger sign-in is wanted: that is 401, not 403.",
            'Answer 401 with `error="insufficient_user_authentication"` (RFC 9470, section 3).',
        ),
    ),
    (
        ("rate.limited",),
        Better(
            429,
            "A limit was reached: that is 429, not 403.",
            "Answer 429 with `Retry-After` (RFC 6585, section 4): clients then wait instead of giving up.",
        ),
    ),
    (
        ("server.method-denied",),
        Better(
            405,
            "The method is not allowed here: that is 405, not 403.",
            "Answer 405 with `Allow` (RFC 9110, section 15.5.6), unless another account may use the method.",
        ),
    ),
    (
        ("server.url-typo",),
        Better(
            404,
            "Nothing is at this address: 404 says so.",
            "Answer 404 (RFC 9110, section 15.5.5), so that a wrong address is not taken for a missing right.",
        ),
    ),
)
_RIGHTS: Final = ("auth.role-denied", "auth.insufficient-scope", "auth.account-locked")
_UNOFFICIAL: Final = "419 is in no standard: clients and proxies do not know it."
_BELONGS: Final = {  # by status: the header, where that is written, and what it tells
    401: ("www-authenticate", "RFC 9110, section 15.5.2, demands it", "how to sign in"),
    407: ("proxy-authenticate", "RFC 9110, section 15.5.8, demands it", "how to sign in to the proxy"),
    429: ("retry-after", "RFC 6585, section 4", "when to try again"),
    451: ("link", "RFC 7725, section 4", "who demands the block"),
}


def status_remarks(denial: Denial, told: model.Denial) -> Iterator[model.Remark]:
    """Only for what is more than a hint: the wrong status is a matter of the cause."""
    exchange, finding = denial.exchange, leading(told)
    if is_preflight(exchange):
        advice = "Answer preflights with 204 before any sign-in or rule is looked at (Fetch, CORS-preflight fetch)."
        yield _bad("status", "A preflight wants a status from 200 to 299; browsers stop here.", advice, exchange)
    elif exchange.status == 419:
        yield _bad("status", _UNOFFICIAL, "Answer 403 with a reason in the body, or 401 if a sign-in helps.", exchange)
    elif finding and exchange.status == 403:
        yield from _forbidden(finding.cause, exchange)


def _forbidden(cause: str, exchange: Exchange) -> Iterator[model.Remark]:
    better = next((better for beginnings, better in _BETTER if cause.startswith(beginnings)), None)
    if better:
        yield _bad("status", better.text, better.advice, exchange)
    elif cause.startswith(_RIGHTS):
        yield model.Remark(point="status", good=True, text="403 fits: the caller is known and lacks the right.")
    elif cause == "server.geo-blocked":
        text = "403 fits; where a law demands the block, 451 says so (RFC 7725)."
        yield model.Remark(point="status", good=True, text=text)


def header_remarks(denial: Denial, told: model.Denial) -> Iterator[model.Remark]:
    exchange = denial.exchange
    if is_preflight(exchange):
        return
    yield from _belonging(exchange, told)
    yield from _stored(exchange, told)
    yield from _unreadable(denial, told)


def _belonging(exchange: Exchange, told: model.Denial) -> Iterator[model.Remark]:
    """The header without which clients do not know what to do about the status."""
    limited = exchange.status == 403 and any(f.cause == "rate.limited" for f in told.findings[:1])
    name, source, tells = _BELONGS.get(429 if limited else exchange.status, ("", "", ""))
    if not name:
        return
    stated = exchange.response.headers.get(name)
    if stated is ABSENT:
        shown = "-".join(word.upper() if word == "www" else word.capitalize() for word in name.split("-"))
        text = f"`{shown}` is missing, which tells {tells}."
        yield _bad("headers", text, f"Send `{shown}` with it ({source}).", exchange)
    elif isinstance(stated, str) and name != "link":
        here = model.Evidence(exchange=exchange.index, part="response.header", name=name)
        yield model.Remark(point="headers", good=True, text=f"The answer tells {tells}.", evidence=(here,))


def _stored(exchange: Exchange, told: model.Denial) -> Iterator[model.Remark]:
    stale = any(finding.cause == "cache.stale-403" and finding.confidence != "hint" for finding in told.findings)
    control = exchange.response.headers.get("cache-control")
    if stale and not (isinstance(control, str) and "no-store" in control.lower()):
        text = "A cache stored this refusal and repeated it."
        advice = "Send `Cache-Control: no-store` with every refusal (RFC 9111, section 5.2.2.5)."
        yield _bad("headers", text, advice, exchange, "cache-control" if isinstance(control, str) else "")


def _unreadable(denial: Denial, told: model.Denial) -> Iterator[model.Remark]:
    exchange = denial.exchange
    verdict = denial.traffic.cors.get(exchange.index)
    absent = exchange.response.headers.get("access-control-allow-origin") is ABSENT
    if verdict is not None and verdict.verdict == "MissingAllowOriginHeader" and absent:
        text = "Without CORS headers the page of another origin cannot read the status or the reason."
        advice = "Send the CORS headers with errors too (nginx: `add_header … always`; Apache: `Header always set`)."
        yield _bad("headers", text, advice, exchange)


def _bad(point: Point, text: str, advice: str, exchange: Exchange, header: str = "") -> model.Remark:
    part, value = ("response.header", "") if header else ("response.status", str(exchange.status))
    here = model.Evidence(exchange=exchange.index, part=part, name=header, value=value)
    return model.Remark(point=point, good=False, text=text, advice=advice, evidence=(here,))
