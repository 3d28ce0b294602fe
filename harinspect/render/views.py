"""A report arranged for the eye: grouped, counted and joined, with nothing added and nothing judged."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from harinspect.render import words
from harinspect.render.addresses import address
from harinspect.render.exchange_view import ExchangeView, notes_by_exchange, view_exchange
from harinspect.report.curl import curl_of
from harinspect.report.model import Cookie, Denial, Dropped, Evidence, Exchange, Finding, Hop, Preflight, RedirectChain
from harinspect.report.model import Report as ReportModel

_BROKEN_COOKIE = frozenset({"rejected", "not-sent", "replaced", "expired"})
_RUNGS = ("certain", "likely", "hint")


@dataclass(frozen=True, slots=True)
class Group:
    """Denials with the same answer. `leader` is shown in full and `followers` stand behind it."""

    number: int
    leader: Denial
    followers: tuple[Denial, ...]

    @property
    def finding(self) -> Finding | None:
        return self.leader.findings[0] if self.leader.findings else None

    @property
    def title(self) -> str:
        return self.finding.title if self.finding else "The file does not tell why"

    @property
    def size(self) -> int:
        return 1 + len(self.followers)


@dataclass(frozen=True, slots=True)
class HopView:
    """A hop, what the step away from it lost, and whether it is where the chain breaks."""

    number: int
    hop: Hop
    dropped: tuple[str, ...]
    refused: bool


@dataclass(frozen=True, slots=True)
class ChainView:
    hops: tuple[HopView, ...]
    loop: bool

    @property
    def broken(self) -> bool:
        return self.loop or any(hop.refused or hop.dropped for hop in self.hops)

    @property
    def first(self) -> Hop:
        return self.hops[0].hop

    @property
    def last(self) -> Hop:
        return self.hops[-1].hop


@dataclass(frozen=True, slots=True)
class PreflightView:
    """A preflight with its two exchanges, where the report shows them."""

    pair: Preflight
    options: Exchange | None
    actual: Exchange | None

    @property
    def passed(self) -> bool:
        return self.pair.verdict == "ok"

    @property
    def answered(self) -> int:
        """The status of the preflight's answer, 0 where it is not known."""
        return self.options.status if self.options else 0

    @property
    def trouble(self) -> str:
        """Where it breaks, in a sentence: an error status comes before what the answer's headers lack."""
        if self.answered >= 400:
            return f"The preflight was answered {self.answered}, which is no permission."
        return words.cors_words(self.pair.verdict)

    @property
    def url(self) -> str:
        shown = self.actual or self.options
        return shown.url if shown else ""


@dataclass(frozen=True)
class ReportView:
    """Everything that the report's templates read."""

    report: ReportModel

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Denials by kind and answer; the ones that matter most come first, then in file order."""
        found: dict[tuple[str, ...], list[Denial]] = defaultdict(list)
        for denial in self.report.denials:
            found[_answer(denial)].append(denial)
        ordered = sorted(found.values(), key=_weight)
        return tuple(Group(number, rows[0], tuple(rows[1:])) for number, rows in enumerate(ordered, start=1))

    @cached_property
    def exchanges(self) -> dict[int, Exchange]:
        return {exchange.exchange: exchange for exchange in self.report.exchanges}

    @cached_property
    def denials(self) -> dict[int, Denial]:
        return {denial.exchange: denial for denial in self.report.denials}

    @cached_property
    def chains(self) -> tuple[ChainView, ...]:
        """Every chain, the broken ones first."""
        views = (self._chain(chain) for chain in self.report.redirect_chains)
        return tuple(sorted(views, key=lambda chain: not chain.broken))

    @cached_property
    def preflights(self) -> tuple[PreflightView, ...]:
        """Every pair, the failed ones first."""
        views = (self._preflight(pair) for pair in self.report.preflights)
        return tuple(sorted(views, key=lambda view: view.passed))

    @cached_property
    def cookies(self) -> tuple[Cookie, ...]:
        """Every cookie, those that something happened to first."""
        return tuple(sorted(self.report.cookies, key=lambda cookie: not is_troubled(cookie)))

    @cached_property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """(kind, number) of the kinds of denial that occur; a refused preflight counts with its request."""
        pairs = self.report.preflights
        asked = {pair.options for pair in pairs if pair.actual in self.denials and pair.verdict != "ok"}
        counted = Counter(denial.kind for denial in self.report.denials if denial.exchange not in asked)
        return tuple((kind, counted[kind]) for kind in ("forbidden", "blocked", "related") if counted[kind])

    @property
    def sentence(self) -> str:
        """The report's own verdict sentence, or the plain statement that nothing was refused."""
        return self.report.summary.sentence or self._fallback_sentence()

    def _fallback_sentence(self) -> str:
        number = len(self.report.denials)
        if not number:
            return "Nothing in this recording was refused."
        return f"{words.count(number, 'request was', 'requests were')} refused."

    @property
    def troubled_cookies(self) -> int:
        return sum(is_troubled(cookie) for cookie in self.report.cookies)

    def group_of(self, index: int) -> Group | None:
        """The group that shows the denial of that exchange."""
        for group in self.groups:
            if index == group.leader.exchange or any(index == denial.exchange for denial in group.followers):
                return group
        return None

    def denial_behind(self, index: int) -> Denial | None:
        """The denial of that exchange, or the first one whose findings point into it."""
        return self.denials.get(index) or next((d for d in self.report.denials if _points_at(d, index)), None)

    def chain_of(self, index: int) -> ChainView | None:
        return next((chain for chain in self.chains if any(hop.hop.exchange == index for hop in chain.hops)), None)

    def preflight_of(self, index: int) -> PreflightView | None:
        pairs = (view for view in self.preflights if index in (view.pair.options, view.pair.actual))
        return next(pairs, None)

    def exchange(self, index: int) -> ExchangeView | None:
        """An exchange with the evidence that points into it; None where the report does not show it."""
        found = self.exchanges.get(index)
        return view_exchange(found, self._notes.get(index, ())) if found else None

    def curl(self, index: int) -> str:
        """What repeats the request, its values masked; "" where the report does not show it or curl could not."""
        found = self.exchanges.get(index)
        return curl_of(found) if found else ""

    @cached_property
    def _notes(self) -> dict[int, tuple[Evidence, ...]]:
        return notes_by_exchange(self.report)

    def _chain(self, chain: RedirectChain) -> ChainView:
        lost = _lost(chain.dropped)
        hops = enumerate(chain.hops)
        return ChainView(
            tuple(HopView(n, hop, lost.get(n, ()), hop.exchange in self.denials) for n, hop in hops), chain.loop
        )

    def _preflight(self, pair: Preflight) -> PreflightView:
        actual = self.exchanges.get(pair.actual) if pair.actual is not None else None
        return PreflightView(pair, self.exchanges.get(pair.options), actual)


def _points_at(denial: Denial, index: int) -> bool:
    return any(piece.exchange == index for finding in denial.findings for piece in finding.evidence)


def is_troubled(cookie: Cookie) -> bool:
    return any(event.kind in _BROKEN_COOKIE for event in cookie.events)


def _lost(dropped: tuple[Dropped, ...]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = defaultdict(list)
    for drop in dropped:
        found[drop.hop].append(drop.what)
    return {hop: tuple(what) for hop, what in found.items()}


def _answer(denial: Denial) -> tuple[str, ...]:
    """What makes two denials the same story: the rule and the host, or all that is known where no rule was found."""
    if denial.findings:
        return (denial.findings[0].rule, address(denial.url).host)
    questions = (question.cause for question in denial.undetermined)
    return (denial.kind, str(denial.status), denial.layer, *questions)


def _weight(rows: list[Denial]) -> tuple[bool, int, int]:
    first = rows[0]
    rung = _RUNGS.index(first.findings[0].confidence) if first.findings else len(_RUNGS)
    return (first.kind == "related", rung, first.exchange)
