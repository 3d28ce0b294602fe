"""The honest answer where no cause is proven: who answered, as far as that is known, and what would tell."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.authors import Author, author
from harinspect.traffic.denials import refused_handshake
from harinspect.traffic.model import Denial, DenialKind

inspector = Inspector(__name__)
FORBIDDEN = "https://www.rfc-editor.org/rfc/rfc9110#name-403-forbidden"

REFUSED = inspector.rule(
    "403",
    cause="server.unexplained-403",
    title="Refused, and the file does not say why",
    why="{who} answered 403 to {method} on `{host}` and gave no reason that can be relied on. {compared} Its log has "
    "the reason.",
    responsible="unknown",
    fixes=(
        admin("Look the request up in the server's error log by its exact time and address.", "easy"),
        developer("Let the refusal say why, for example as problem details (RFC 9457).", "medium"),
        user("Send the exact time, the address and any request id to the site's support.", "easy"),
    ),
    temporary="maybe",
    refs=(FORBIDDEN,),
)
BY_SERVER = inspector.rule(
    "403-by-server",
    cause="server.unexplained-403",
    title="The server software refused it, and the file does not say why",
    why="{who} answered {method} on `{host}` with its own 403 page: not the application, but the configuration of that "
    "server decides here. {compared} Its log has the reason.",
    responsible="server-config",
    fixes=(
        admin("Look in the error log at the request's exact time: deny rule, file rights or address list.", "easy"),
        user("Send the exact time, the address and any request id to the site's support.", "easy"),
    ),
    temporary="maybe",
    refs=(FORBIDDEN,),
)
CONFIGURED = frozenset({"web-server", "gateway"})


@inspector.check
def nothing_else_speaks(denial: Denial) -> Iterator[Verdict]:
    """Always stated for a 403; the ranking keeps it only where nothing better is known."""
    if denial.kind is not DenialKind.FORBIDDEN and not refused_handshake(denial.exchange):
        return
    hit = next(iter(denial.answer.blocked), None)
    url = denial.traffic.urls.get(denial.exchange.index)
    named = hit is not None and not hit.responder.generic
    rule = BY_SERVER if hit and named and hit.layer in CONFIGURED else REFUSED
    usual = author(denial) if hit is None or hit.basis != "stated" else None
    yield rule.found(
        Basis.PRIOR,
        Evidence(denial.exchange.index, "response.status", value=str(denial.exchange.status)),
        *(_compared(denial, usual) if usual else ()),
        who=hit.responder.name
        if hit and named
        else "Something on the way to the application, or the application itself,",
        method=denial.exchange.method,
        host=url.host if url else denial.exchange.url,
        compared=_said(usual) if usual else "",
    )


def _said(usual: Author) -> str:
    if usual.lacks:
        return (
            f"It lacks {_listed(usual.lacks)}, which {usual.compared} good answers of the host have and its other "
            "errors too: the program behind them may never have seen this request."
        )
    return (
        f"It has {_listed(usual.shares)}, as {usual.compared} good answers of the host do: the program behind them has "
        "most likely written it."
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _compared(denial: Denial, usual: Author) -> Iterator[Evidence]:
    name, other = (*usual.lacks, *usual.shares)[0], usual.witness
    if not usual.lacks:
        value = denial.exchange.response.headers.text(name)
        yield Evidence(denial.exchange.index, "response.header", name, value, "here")
    yield Evidence(other.index, "response.header", name, other.response.headers.text(name), "on a good answer")
