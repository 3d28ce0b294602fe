"""Refusals that the browser hides behind a CORS error, because the error answer lacks CORS headers."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer
from harinspect.traffic.grants import grant_for
from harinspect.traffic.model import OK, Denial

inspector = Inspector(__name__)
ALLOW_ORIGIN = "access-control-allow-origin"

ON_ERROR = inspector.rule(
    "missing-acao-on-error",
    cause="cors.missing-acao-on-error",
    title="The refusal itself lacks CORS headers, so the page sees a CORS error",
    why="The server answered {status}. That answer fails the CORS check for `{origin}`, so the console shows a CORS "
    "error that hides the real {status}.",
    responsible="server-config",
    fixes=(
        admin("Send the CORS headers with error answers too (nginx: `always`; Apache: `Header always set`).", "easy"),
        developer("Look for the reason of the {status} first; the CORS error goes when the request succeeds.", "easy"),
    ),
    refs=("https://fetch.spec.whatwg.org/#concept-cors-check",),
)


@inspector.check
def error_answer_fails_the_cors_check(denial: Denial) -> Iterator[Verdict]:
    """True of the answer, yet never the reason of it: a circumstance."""
    exchange = denial.exchange
    verdict = denial.traffic.cors.get(exchange.index)
    if verdict is None or verdict.verdict == OK or exchange.status < 400:
        return
    allowed, origin = exchange.response.headers.text(ALLOW_ORIGIN), exchange.request.headers.text("origin")
    yield ON_ERROR.found(
        Basis.CIRCUMSTANCE,
        Evidence(exchange.index, "response.status", value=str(exchange.status)),
        Evidence(exchange.index, "response.header", ALLOW_ORIGIN, allowed, "" if allowed else "not in the answer"),
        change=grant_for(denial.traffic, exchange.index),
        origin=origin,
        status=str(exchange.status),
    )
