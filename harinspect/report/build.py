"""Diagnoses made into the report. Whatever enters it passes the redactor here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from harinspect.diagnosis import Diagnosis
from harinspect.har.model import Har
from harinspect.har.pages import overview
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.capture import advice
from harinspect.report.denials import denial_part
from harinspect.report.exchanges import exchange_part
from harinspect.report.summary import summarised
from harinspect.report.times import when
from harinspect.traffic.model import OK, RedirectChain, Traffic

TOLD_IN_FULL = 3  # denials with one story: what to do about the others is the same
LEARNT_FROM = 500  # exchanges: a redactor remembers about as many secrets, and most requests repeat them


def build(traffic: Traffic, diagnoses: Sequence[Diagnosis], version: str) -> model.Report:
    """The frozen, redacted result of one file."""
    redactor = ReportRedactor()
    _learn(traffic, diagnoses, redactor)
    denials = tuple(_denials(diagnoses, redactor))
    chains = tuple(_chain(chain, traffic, redactor) for chain in traffic.chains if len(chain.hops) > 1)
    source = _source(traffic, redactor, bool(denials))
    preflights = tuple(_preflights(traffic, redactor))
    cookies = tuple(_cookies(traffic, redactor))
    pages = tuple(_pages(traffic.har, redactor))
    exchanges = tuple(exchange_part(traffic.exchanges[i], redactor) for i in _shown(traffic, denials))
    last = redactor.last_look()  # a secret may have been seen only after it was written
    denials = tuple(map(last.part, denials))
    return model.Report(
        version=version,
        source=last.part(source),
        summary=summarised(denials, _told_with_their_request(traffic, denials)),
        denials=denials,
        redirect_chains=tuple(map(last.part, chains)),
        preflights=tuple(map(last.part, preflights)),
        cors=tuple(model.Cors(exchange=i, verdict=v.verdict) for i, v in sorted(traffic.cors.items())),
        cookies=tuple(map(last.part, cookies)),
        pages=tuple(map(last.part, pages)),
        exchanges=tuple(map(last.part, exchanges)),
        problems=tuple(model.Problem(where=p.where, what=p.what) for d in diagnoses for p in d.problems),
    )


def _denials(diagnoses: Sequence[Diagnosis], redactor: ReportRedactor) -> Iterator[model.Denial]:
    """All of them; of many with the same story the first few with what to do next."""
    told: dict[tuple[str, ...], list[int]] = {}
    for diagnosis in diagnoses:
        alike = told.setdefault(_story(diagnosis), [])
        alike.append(diagnosis.denial.exchange.index)
        yield denial_part(diagnosis, redactor, alike[0] if len(alike) > TOLD_IN_FULL else None)


def _story(diagnosis: Diagnosis) -> tuple[str, ...]:
    """The same rule at the same host; where no rule was found, the same kind of refusal."""
    denial = diagnosis.denial
    url = denial.traffic.urls.get(denial.exchange.index)
    rule = diagnosis.findings[0].rule.id if diagnosis.findings else ""
    return rule, url.host if url else "", denial.kind.value, str(denial.exchange.status)


def _learn(traffic: Traffic, diagnoses: Sequence[Diagnosis], redactor: ReportRedactor) -> None:
    """Show the redactor the credentials, first those of what was refused, so that it knows them wherever they occur."""
    refused = [d.denial.exchange for d in diagnoses]
    for exchange in (*refused, *traffic.in_time[:LEARNT_FROM]):
        redactor.learn(exchange.request.headers)
        redactor.learn(exchange.response.headers)


def _told_with_their_request(traffic: Traffic, denials: Sequence[model.Denial]) -> frozenset[int]:
    refused = {denial.exchange for denial in denials}
    return frozenset(pair.options for pair in traffic.preflights if pair.actual in refused and pair.verdict != OK)


def _source(traffic: Traffic, redactor: ReportRedactor, refused: bool) -> model.Source:
    har, source, began = traffic.har, traffic.har.source, traffic.microseconds
    dated = [e for e in har.exchanges if e.started]
    first = next((e for e in traffic.in_time if e.started), None)
    ends = [began[e.index] + (e.duration if e.duration > 0 else 0.0) * 1000 for e in dated]
    last = dated[ends.index(max(ends))] if dated else None
    return model.Source(
        name=redactor.file_name(source.name),
        bytes=source.bytes,
        entries=len(har.exchanges),
        lost=har.lost,
        exporter=source.exporter,
        creator=redactor.word(source.creator),
        browser=redactor.word(source.browser),
        started=when(first.started if first else None),
        ended=when(last.ended if last else None),
        credentials=source.credentials.value,
        problems=tuple(model.Problem(where=redactor.file_name(p.where), what=p.what) for p in har.problems),
        advice=advice(har, refused),
    )


def _chain(chain: RedirectChain, traffic: Traffic, redactor: ReportRedactor) -> model.RedirectChain:
    hops = tuple(
        model.Hop(
            exchange=hop.exchange,
            status=traffic.exchanges[hop.exchange].status,
            url=redactor.url(traffic.exchanges[hop.exchange].url),
            location=redactor.url(hop.location) if hop.location else "",
            kind=hop.kind.value,
        )
        for hop in chain.hops
    )
    dropped = tuple(model.Dropped(hop=row.hop, what=row.what) for row in chain.dropped)
    return model.RedirectChain(hops=hops, loop=chain.loop, dropped=dropped)


def _preflights(traffic: Traffic, redactor: ReportRedactor) -> Iterable[model.Preflight]:
    for pair in traffic.preflights:
        yield model.Preflight(
            options=pair.options,
            actual=pair.actual,
            verdict=pair.verdict,
            asked=model.Asked(
                method=redactor.word(pair.asked_method), headers=tuple(map(redactor.word, pair.asked_headers))
            ),
            granted=model.Granted(
                methods=redactor.text(pair.granted_methods), headers=redactor.text(pair.granted_headers)
            ),
        )


def _cookies(traffic: Traffic, redactor: ReportRedactor) -> Iterable[model.Cookie]:
    for history in traffic.cookies.histories:
        yield model.Cookie(
            name=redactor.word(history.name),
            domain=history.domain,
            path=redactor.url(history.path),
            events=tuple(model.CookieEvent(exchange=e.exchange, kind=e.kind, reason=e.reason) for e in history.events),
        )


def _pages(har: Har, redactor: ReportRedactor) -> Iterable[model.Page]:
    for page in overview(har):
        yield model.Page(
            id=redactor.word(page.id),
            title=redactor.title(page.title),
            requests=page.requests,
            load=page.load,
            first_byte=page.first_byte,
            bytes=dict(page.bytes),
        )


def _shown(traffic: Traffic, denials: Sequence[model.Denial]) -> list[int]:
    """Every exchange that the report refers to."""
    shown = {d.exchange for d in denials}
    for denial in denials:
        shown |= {e.exchange for f in denial.findings for e in f.evidence}
        shown |= {e.exchange for r in denial.ruled_out for e in r.evidence}
        shown |= {denial.contrast.exchange} if denial.contrast else set()
        pair = traffic.preflight_of.get(denial.exchange)
        chain = traffic.chain_of.get(denial.exchange)
        shown |= {i for i in (pair.options, pair.actual) if i is not None} if pair else set()
        shown |= set(chain.exchanges) if chain else set()
    shown |= {i for chain in traffic.chains if len(chain.hops) > 1 for i in chain.exchanges[:1]}
    shown |= {p.options for p in traffic.preflights if p.verdict != "ok"}
    return sorted(shown)
