"""Reports, recordings and denials made by hand, for the tests of what is said about them."""

from __future__ import annotations

import msgspec

from harinspect.har.model import Credentials, Exchange, Har, PostData, Request, Response, Source
from harinspect.report import model
from harinspect.traffic.build import build
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.headers import Headers

HOSTILE = (
    "\x1b[31mred\x1b]0;title\x07 `` ` [x](http://evil.example) <i"
    "mg src=x onerror=1> [bold]markup[/bold] \u202eabc\nsecond"
)


def exchange(
    index: int = 0,
    url: str = "https://app.example/",
    *,
    method: str = "GET",
    status: int = 200,
    sent: tuple[tuple[str, str], ...] = (),
    answered: tuple[tuple[str, str], ...] = (),
    body: str | None = None,
    **more: object,
) -> Exchange:
    """An exchange; `more` names further fields of har.model.Exchange, `posted` the request's body."""
    posted = more.pop("posted", None)
    data = PostData("text/plain", posted) if isinstance(posted, str) else None
    fields = {"started": None, "duration": 1.0} | more
    size = fields.pop("body_size", -1)
    return Exchange(
        index=index,
        request=Request(method, url, "HTTP/1.1", Headers(sent), data),
        response=Response(status, "", Headers(answered), body=body, body_size=size),  # type: ignore[arg-type]
        **fields,  # type: ignore[arg-type]
    )


def har(
    *exchanges: Exchange,
    exporter: str = "chrome",
    credentials: Credentials = Credentials.RECORDED,
    **more: object,
) -> Har:
    """A recording of these exchanges; `more` names further fields of har.model.Har."""
    return Har(Source("made.har", 1, exporter, "", "", credentials), exchanges, **more)  # type: ignore[arg-type]


def denied(
    refused: Exchange,
    kind: DenialKind = DenialKind.FORBIDDEN,
    credentials: Credentials = Credentials.RECORDED,
) -> Denial:
    """A denial alone in its recording."""
    return Denial(refused, kind, build(har(refused, credentials=credentials)))


def source(**more: object) -> model.Source:
    plain = model.Source(
        name="made.har",
        bytes=1,
        entries=3,
        lost=0,
        exporter="chrome",
        creator="WebInspector",
        browser="Chrome 156",
        started=None,
        ended=None,
        credentials="recorded",
    )
    return msgspec.structs.replace(plain, **more)


def finding(**more: object) -> model.Finding:
    plain = model.Finding(
        rule="cors.mismatch",
        cause="cors.acao-mismatch",
        title="The answer allows another origin",
        confidence="certain",
        responsible="server-config",
        temporary="no",
        why="The page is `https://app.example`, the answer allows `https://www.example`.",
        basis="the standards leave no other reading",
        evidence=(
            model.Evidence(
                exchange=2,
                part="response.header",
                name="access-control-allow-origin",
                value="https://www.example",
                note="another host",
            ),
            model.Evidence(exchange=2, part="server_ip"),
        ),
        fixes=(
            model.Fix(
                audience="admin",
                effort="easy",
                text="Allow `https://app.example`.",
                snippets=(model.Snippet(stack="nginx", code="add_header A b always;\n\tadd_header Vary Origin;"),),
            ),
            model.Fix(audience="user", effort="hard", text="Wait for the change."),
        ),
    )
    return msgspec.structs.replace(plain, **more)


def denial(index: int = 2, **more: object) -> model.Denial:
    plain = model.Denial(
        exchange=index,
        kind="forbidden",
        method="GET",
        url=f"https://api.example/items/{index}",
        status=403,
        started="2026-11-21T03:08:53.123Z",
        layer="unknown",
        findings=(finding(),),
    )
    return msgspec.structs.replace(plain, **more)


def rich_denial(index: int = 2) -> model.Denial:
    """A denial with every part that a report can have."""
    return denial(
        index,
        layer="waf",
        responder=model.Responder(name="Wall", layer="waf"),
        present=("Wall", "Edge"),
        findings=(
            finding(verified=model.Verified(holds=True, how="the CORS check was run again.")),
            finding(confidence="hint", title="Second thought", verified=model.Verified(holds=False, how="it stays.")),
        ),
        ruled_out=tuple(model.RuledOut(cause=f"auth.no-{n}", reason="It is fine.") for n in range(8)),
        undetermined=(model.Undetermined(cause="cookie.samesite", reason="Removed.", needs="the full export."),),
        contrast=model.Contrast(
            exchange=1, differences=(model.Difference(part="request.header", name="origin", here="a", there=""),)
        ),
        meaning="403: it was understood and refused.",
        checks=(
            model.Check(text="Repeat it.", tells="If this works, it was that."),
            model.Check(text="Look again.", tells="If so, so.", effort="medium", answered="#1 looked again."),
        ),
        steps=(
            model.Steps(
                audience="user", steps=(model.Step(text="Note it.", done="#2 has it."), model.Step(text="Ask."))
            ),
        ),
        myths=(model.Myth(belief="Reloading fixes it.", truth="It stays."),),
        quality=(
            model.Remark(point="reason", good=True, text="The body says why."),
            model.Remark(
                point="leak",
                good=False,
                text="The answer gives a path away.",
                advice="Leave it out.",
                evidence=(model.Evidence(exchange=index, part="response.body", value="/srv/`x"),),
            ),
            model.Remark(
                point="leak",
                good=False,
                text="A version shows.",
                evidence=(model.Evidence(exchange=index, part="response.header", name="server", value="n/1"),),
            ),
        ),
        escalation=model.Escalation(
            to="them",
            text="Hello",
            markdown="Hello",
            curl="curl 'https://api.example/'",
            reasons=("Only they see the rule.",),
        ),
    )


def report(*denials: model.Denial, **more: object) -> model.Report:
    told = {row.findings[0].cause: row.findings[0] for row in denials if row.findings}
    causes = tuple(
        model.SummaryCause(
            cause=cause,
            title=first.title,
            responsible=first.responsible,
            confidence=first.confidence,
            denials=tuple(row.exchange for row in denials if row.findings and row.findings[0].cause == cause),
        )
        for cause, first in told.items()
    )
    sentence = f"{len(denials)} requests were answered 403: the answer allows another origin." if causes else ""
    summary = model.Summary(denials=len(denials), causes=causes, sentence=sentence)
    fields = {"source": source(), "summary": summary, "denials": denials} | more
    return model.Report(**fields)  # type: ignore[arg-type]


def full_report() -> model.Report:
    """Every part that a report can have, once or more."""
    hops = (
        model.Hop(exchange=0, status=307, url="http://app.example/", location="https://app.example/", kind="internal"),
        model.Hop(exchange=1, status=0, url="https://app.example/", location="", kind="http"),
    )
    return report(
        rich_denial(2),
        *(denial(index) for index in range(3, 20)),
        denial(40, kind="blocked", status=0, layer="browser", findings=()),
        denial(41, kind="blocked", status=200, layer="browser", findings=(), started=None),
        redirect_chains=(model.RedirectChain(hops=hops, loop=True, dropped=(model.Dropped(hop=0, what="referer"),)),),
        preflights=(
            model.Preflight(
                options=5,
                actual=4,
                verdict="PreflightMissingAllowOriginHeader",
                asked=model.Asked(method="PUT", headers=("x-a", "x-b")),
                granted=model.Granted(methods="", headers=""),
            ),
            model.Preflight(
                options=7,
                actual=None,
                verdict="ok",
                asked=model.Asked(method="GET", headers=()),
                granted=model.Granted(methods="GET", headers="*"),
            ),
        ),
        source=source(
            lost=2,
            credentials="removed",
            problems=(model.Problem(where="byte 17", what="cut"),),
            advice=("Ask for it again.",),
        ),
        problems=(model.Problem(where="inspector x", what="it raised"),),
    )
