"""Sign-ins that fail several times and are then answered in another way, as a lockout does."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.session_signs import signs_in_by_name

inspector = Inspector(__name__)
FAILURES = 3
NEAREST = 200  # exchanges of the host before it
FAILED = frozenset({400, 401, 422})

MAYBE = inspector.rule(
    "maybe",
    cause="auth.account-locked",
    title="After several failed sign-ins the server answers in another way",
    why="`{path}` was answered {status} {count} times, and then with 403. Servers do that when they lock an account or "
    "an address out for a while; it may also be a limit on the number of tries.",
    responsible="user",
    fixes=(
        user("Wait as long as the site says, or reset the password; more tries may lengthen the lock.", "easy"),
        admin("Look in the sign-in log whether account or address is locked, and say so in the answer.", "easy"),
    ),
    temporary="maybe",
    refs=("https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html#account-lockout",),
)


@inspector.check
def answer_changed_after_failures(denial: Denial) -> Iterator[Verdict]:
    exchange, turn = denial.exchange, denial.traffic.turn_of
    url = denial.traffic.urls.get(exchange.index)
    if url is None or denial.kind is not DenialKind.FORBIDDEN or not signs_in_by_name(exchange):
        return
    rows = denial.traffic.by_host[url.host]
    at = bisect_left(rows, turn[exchange.index], key=lambda e: turn[e.index])
    before = [e for e in rows[max(0, at - NEAREST) : at] if (e.method, e.url) == (exchange.method, exchange.url)]
    last = before[-FAILURES:]
    if len(last) < FAILURES or any(e.status not in FAILED for e in last) or len({e.status for e in last}) > 1:
        return
    evidence = [Evidence(e.index, "response.status", value=str(e.status), note="a sign-in that failed") for e in last]
    count = str(sum(e.status == last[0].status for e in before))
    yield MAYBE.found(Basis.CIRCUMSTANCE, *evidence, path=url.path, status=str(last[0].status), count=count)
