"""What to do next: checks that tell much for little, and a way through the case for each reader.

What the recording has settled already is said to be so, and nothing else is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from harinspect.knowledge import guidance
from harinspect.redaction.names import is_request_id
from harinspect.report import model
from harinspect.report.case import Case, moment
from harinspect.report.recorded import shown
from harinspect.traffic.model import Denial
from harinspect.traffic.surroundings import is_top_level_navigation

MOST: Final = 5
OPEN: Final = 3  # at least so many are left to be made, as far as there are any that can be
FROM_FIRST, FROM_SECOND = 3, 2  # of the two best hints' plans


def checks(case: Case) -> tuple[model.Check, ...]:
    """At most five, those still to be made first, then those that the recording has answered."""
    planned = _fitting(_planned(case), case)
    made = [_check(name, case) for name in planned[:MOST]]
    still_open = [check for check in made if not check.answered]
    always = guidance.plan("", case.layer, case.kind)
    for name in _fitting(dict.fromkeys((*planned, *always)), case)[len(made) :]:
        if len(still_open) >= OPEN:
            break
        if not (further := _check(name, case)).answered:
            still_open.append(further)
    return (*still_open, *(check for check in made if check.answered))[:MOST]


def steps(case: Case) -> tuple[model.Steps, ...]:
    """A list for the user, the developer and the administrator each."""
    return tuple(
        model.Steps(
            audience=audience,
            steps=tuple(_step(name, case) for name in guidance.way(audience, case.cause, case.layer, case.kind)),
        )
        for audience in guidance.AUDIENCES
    )


def _planned(case: Case) -> Iterable[str]:
    """The leader's plan; where it is only a hint, the best of the next one's too."""
    causes = [finding.cause for finding in case.told.findings[:2]]
    first, *others = [guidance.plan(cause, case.layer, case.kind) for cause in causes or [""]]
    if case.known is not None or not others:
        return first
    return dict.fromkeys((*first[:FROM_FIRST], *others[0][:FROM_SECOND], *first, *others[0]))


def _fitting(names: Iterable[str], case: Case) -> list[str]:
    return [name for name in names if _fits(name, case.denial)]


def _check(name: str, case: Case) -> model.Check:
    told = guidance.checks().checks[name]
    return model.Check(
        text=_filled(told.text, case), tells=told.tells, effort=told.effort, answered=shown(case, told.answered)
    )


def _step(name: str, case: Case) -> model.Step:
    told = guidance.steps().steps[name]
    done = shown(case, told.done)
    if done or "{" in told.text:
        return model.Step(text=_filled(told.text, case), done=done)
    return _undone(told.text)


@lru_cache(maxsize=256)
def _undone(text: str) -> model.Step:
    """One and the same step for all denials of a report."""
    return model.Step(text=text)


def _fits(name: str, denial: Denial) -> bool:
    """No log to ask where no server answered; an address bar can only GET; no preflight within an origin."""
    exchange = denial.exchange
    if name in ("server-log", "verbose"):
        return exchange.status != 0
    if name == "preflight":
        return exchange.index in denial.traffic.preflight_of or "origin" in exchange.request.headers
    return name != "address-bar" or (exchange.method == "GET" and not is_top_level_navigation(exchange))


def _filled(text: str, case: Case) -> str:
    if "{" not in text:
        return text
    logs = guidance.checks().logs
    return text.format(
        log=logs.get(case.layer, logs["unknown"]), at=_at(case.exchange.started), by=_by(case), until=_until(case)
    )


def _by(case: Case) -> str:
    ids = [name for name in sorted(case.exchange.response.headers.names()) if is_request_id(name)]
    return f", and by the `{ids[0]}` of the response" if ids else ""


def _at(started: datetime | None) -> str:
    if started is None:
        return ""
    return f" at {started.astimezone(UTC):%Y-%m-%d %H:%M:%S}.{started.microsecond // 1000:03d} UTC"


def _until(case: Case) -> str:
    return f"until {moment(case.until)}, as the answer says" if case.until else "a quarter of an hour"
