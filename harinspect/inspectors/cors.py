"""The CORS check on an answer, and on the answer to a preflight (Fetch, CORS check)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.grants import grant_for
from harinspect.traffic.model import OK, Denial
from harinspect.traffic.preflights import grants, is_about_null, spoken_by

inspector = Inspector(__name__)
CHECK = "https://fetch.spec.whatwg.org/#concept-cors-check"
ALLOW_ORIGIN = "access-control-allow-origin"
ALLOW_CREDENTIALS = "access-control-allow-credentials"
OMIT = developer("Leave credentials out of the call (`credentials: 'omit'`) if the server needs none.", "easy")
NOT_YOURS = user("Tell the site's owner; nothing in the browser can or should get around this check.")

MISSING = inspector.rule(
    "missing-acao",
    cause="cors.missing-acao",
    title="The answer lacks Access-Control-Allow-Origin",
    why="A page of `{origin}` asked `{host}`, which is another origin. No origin that may read it is named in "
    "{answer}, so the browser kept the answer from the page.",
    responsible="server-config",
    fixes=(
        admin("Add `Access-Control-Allow-Origin: {origin}` and `Vary: Origin` to this answer, on errors too.", "easy"),
        developer("Turn on the framework's CORS support for this route and list `{origin}`.", "easy"),
        NOT_YOURS,
    ),
    refs=(CHECK,),
)
MISMATCH = inspector.rule(
    "acao-mismatch",
    cause="cors.acao-mismatch",
    title="Access-Control-Allow-Origin names another origin",
    why="The page's origin is `{origin}`; {answer} allows `{allowed}`. The two must be equal byte for byte: scheme, "
    "host and port, without a slash at the end.",
    responsible="server-config",
    fixes=(
        admin("Answer `Access-Control-Allow-Origin: {origin}` to this origin, and add `Vary: Origin`.", "easy"),
        developer("Add `{origin}` to the list of allowed origins, spelt exactly so.", "easy"),
        NOT_YOURS,
    ),
    refs=(CHECK,),
)
UNLISTED = inspector.rule(
    "origin-not-listed",
    cause="cors.acao-mismatch",
    title="The server's list of allowed origins lacks this one",
    why="CORS is at work in {answer} (it has `{spoken}`), but nothing is granted to `{origin}`: the server's list of "
    "allowed origins does not have it.",
    responsible="server-config",
    fixes=(admin("Add `{origin}` to the list of allowed origins, with its scheme and port.", "easy"), NOT_YOURS),
    refs=(CHECK,),
)
MULTIPLE = inspector.rule(
    "acao-multiple",
    cause="cors.acao-multiple",
    title="Access-Control-Allow-Origin has more than one value",
    why="There is `{allowed}` in {answer}. One origin or `*` is valid; often a proxy and the application add one each.",
    responsible="server-config",
    fixes=(admin("Let one place only set the header: take it out of the proxy or out of the application."), NOT_YOURS),
    refs=(CHECK,),
)
WILDCARD = inspector.rule(
    "wildcard-with-credentials",
    cause="cors.wildcard-with-credentials",
    title="Credentials are included, and the answer allows any origin",
    why="The request was made with credentials. For those `*` does not count: {answer} must name `{origin}`.",
    responsible="server-config",
    fixes=(
        admin("Answer with `Access-Control-Allow-Origin: {origin}` and `Access-Control-Allow-Credentials: true`."),
        OMIT,
    ),
    refs=(CHECK,),
)
NO_CREDENTIALS = inspector.rule(
    "acac-missing",
    cause="cors.acac-missing",
    title="Credentials are included, but the answer does not allow them",
    why="The request was made with credentials, and {answer} lacks `Access-Control-Allow-Credentials: true` (exactly "
    "that, in lower case; it has `{allowed}`).",
    responsible="server-config",
    fixes=(
        admin("Add `Access-Control-Allow-Credentials: true` beside `Access-Control-Allow-Origin: {origin}`.", "easy"),
        OMIT,
    ),
    refs=(CHECK,),
)
# Network.CorsError, without "Preflight"
RULES = {
    "MissingAllowOriginHeader": MISSING,
    "MultipleAllowOriginValues": MULTIPLE,
    "WildcardOriginNotAllowed": WILDCARD,
    "AllowOriginMismatch": MISMATCH,
    "InvalidAllowOriginValue": MISMATCH,
    "InvalidAllowCredentials": NO_CREDENTIALS,
}


@inspector.check
def answer_passes_the_cors_check(denial: Denial) -> Iterator[Verdict]:
    """The answer itself: an error answer that fails is inspectors/masking.py's."""
    verdict = denial.traffic.cors.get(denial.exchange.index)
    if verdict is None or denial.exchange.index in denial.traffic.reused:
        return
    if verdict.verdict == OK:
        place = Evidence(denial.exchange.index, "response.header", ALLOW_ORIGIN, verdict.detail)
        yield MISSING.ruled_out("The answer passes the CORS check, so the page could read it.", place)
    elif is_about_null(denial.exchange, verdict.verdict):
        return  # inspectors/origin.py: why the origin became null is the story
    elif denial.exchange.status < 400 and verdict.verdict in RULES:
        yield _failed(RULES[verdict.verdict], denial, denial.exchange.index, "the answer")


@inspector.check
def preflight_passes_the_cors_check(denial: Denial) -> Iterator[Verdict]:
    """The answer to the preflight, where that was a success or came from the server's CORS code."""
    pair = denial.traffic.preflight_of.get(denial.exchange.index)
    rule = RULES.get(pair.verdict.removeprefix("Preflight")) if pair else None
    if pair is None or rule is None or not (denial.exchange.index == pair.options or denial.exchange.status == 0):
        return
    options = denial.traffic.exchanges[pair.options]
    if not is_about_null(options, pair.verdict) and (200 <= options.status < 300 or grants(options.response.headers)):
        yield _failed(rule, denial, pair.options, "the answer to the preflight")


def _failed(rule: Rule, denial: Denial, index: int, answer: str) -> Verdict:
    exchange, spoken = denial.traffic.exchanges[index], spoken_by(denial.traffic, index)
    name = ALLOW_CREDENTIALS if rule is NO_CREDENTIALS else ALLOW_ORIGIN
    origin, allowed = exchange.request.headers.text("origin"), exchange.response.headers.text(name)
    return (UNLISTED if rule is MISSING and spoken else rule).found(
        Basis.STANDARD,
        Evidence(index, "response.header", name, allowed, "" if allowed else "not in the answer"),
        Evidence(index, "request.header", "origin", origin, "the origin that must be allowed"),
        change=grant_for(denial.traffic, index),
        origin=origin,
        host=denial.traffic.urls[index].host,
        answer=answer,
        allowed=allowed or "nothing",
        spoken=spoken,
    )
