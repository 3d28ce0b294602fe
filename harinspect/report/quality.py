"""How well a refusal is made, for the owner of whatever answered: reason, leaks, format, status, headers.

Only what the file supports is remarked on: where it holds no body, nothing is said of bodies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from harinspect.har.model import Exchange
from harinspect.knowledge.quality import Leaked, quality
from harinspect.knowledge.readings import LIMIT
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.answered import Answered
from harinspect.report.fences import one_line
from harinspect.report.fitting import header_remarks, status_remarks
from harinspect.traffic.model import Denial
from harinspect.traffic.preflights import is_preflight

_AROUND: Final = 300  # characters beside a leak that are redacted with it: names of secrets stand there
_QUOTED: Final = 120
_PROBLEM = "application/problem+json"
_REASON = "Say in the body which rule refused, as a code and a sentence, with an id to quote. Name no internals."
_FORMAT = f"Answer calls of scripts with `{_PROBLEM}` (RFC 9457): `type`, `title`, `status`, `detail`."


def remarks(denial: Denial, told: model.Denial, answer: Answered, redactor: ReportRedactor) -> tuple[model.Remark, ...]:
    """What is good and what is not about the answer; none where no server refused."""
    exchange = denial.exchange
    by_worker = any(finding.cause == "client.service-worker" for finding in told.findings[:1])
    if exchange.status < 400 or by_worker:
        return ()
    return (
        *_reason(denial, answer),
        *_leaks(exchange, redactor),
        *_format(exchange),
        *status_remarks(denial, told),
        *header_remarks(denial, told),
    )


def _reason(denial: Denial, answer: Answered) -> Iterator[model.Remark]:
    exchange = denial.exchange
    if exchange.method == "HEAD" or is_preflight(exchange):
        return
    if not exchange.response.body:
        if exchange.response.headers.text("content-length") == "0":
            yield _bad("reason", "The answer has no body, and so no reason.", _REASON, exchange, "response.body")
        return
    said = answer.excerpt
    stated = any(hit.basis == "stated" for hit in denial.answer.blocked)
    if not stated and quality().is_bare(said, exchange.url):
        yield _bad("reason", "The body gives no reason beyond the status.", _REASON, exchange, "response.body", said)
    elif stated or not answer.is_markup:
        here = model.Evidence(exchange=exchange.index, part="response.body", value=said)
        yield model.Remark(point="reason", good=True, text="The body says why.", evidence=(here,))


def _leaks(exchange: Exchange, redactor: ReportRedactor) -> Iterator[model.Remark]:
    found = list(quality().leaked(exchange))
    for leaked in found:
        part = "response.header" if leaked.header else "response.body"
        here = model.Evidence(
            exchange=exchange.index, part=part, name=leaked.header, value=_quoted(leaked, exchange, redactor)
        )
        yield model.Remark(point="leak", good=False, text=leaked.leak.said, advice=leaked.leak.advice, evidence=(here,))
    if not found and exchange.response.body:
        yield model.Remark(point="leak", good=True, text="The answer gives no versions, paths or traces away.")


def _quoted(leaked: Leaked, exchange: Exchange, redactor: ReportRedactor) -> str:
    """What leaks, read again in its redacted surroundings; "" where redaction has taken it out."""
    headers = exchange.response.headers
    text = headers.text(leaked.header) if leaked.header else (exchange.response.body or "")[:LIMIT]
    around = redactor.text(text[max(leaked.start - _AROUND, 0) : leaked.end + _AROUND])
    found = leaked.pattern.search(around)
    if found is None:
        return ""
    person = found[1] if found.re.groups else ""
    return one_line(found[0].replace(person, redactor.value("user", person)) if person else found[0], _QUOTED)


def _format(exchange: Exchange) -> Iterator[model.Remark]:
    stated = exchange.response.headers.text("content-type").partition(";")[0].strip().lower()
    if not stated or not is_call(exchange) or is_preflight(exchange):
        return
    here = ("response.header", stated, "content-type")
    if stated == _PROBLEM:
        yield model.Remark(point="format", good=True, text=f"A call of a script is answered with `{_PROBLEM}`.")
    elif "json" in stated and (exchange.response.body or "{").lstrip()[:1] == "<":
        yield _bad("format", "The answer calls itself JSON, and is a page.", _FORMAT, exchange, *here)
    elif stated in ("text/html", "application/xhtml+xml"):
        yield _bad("format", "A call of a script is answered with a page for people.", _FORMAT, exchange, *here)
    elif stated == "text/plain":
        yield _bad("format", "A call of a script is answered with plain text.", _FORMAT, exchange, *here)


def is_call(exchange: Exchange) -> bool:
    """Was it made by a script that wants data? By Sec-Fetch-Dest and DevTools' type, or else by Accept."""
    headers = exchange.request.headers
    if exchange.resource_type in ("fetch", "xhr") or headers.text("sec-fetch-dest") == "empty":
        return True
    accepted = headers.text("accept").lower()
    return "json" in accepted and "html" not in accepted


def _bad(
    point: str, text: str, advice: str, exchange: Exchange, part: str, value: str = "", name: str = ""
) -> model.Remark:
    here = model.Evidence(exchange=exchange.index, part=part, name=name, value=value)
    return model.Remark(point=point, good=False, text=text, advice=advice, evidence=(here,))  # type: ignore[arg-type]
