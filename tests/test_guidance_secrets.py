"""No secret of a request gets into what is advised about it."""

from __future__ import annotations

from harinspect.har.model import Initiator
from harinspect.report.meaning import meaning, myths
from harinspect.report.next_steps import checks, steps
from harinspect.report.recorded import FACTS, shown
from tests.builders import exchange
from tests.cases_of_guidance import CANARY, URL, bearer, case, refused


def test_no_secret_gets_into_what_is_said() -> None:
    dirty = {
        "Authorization": bearer(exp=600, iat=-7, scope=f"read {CANARY}"),
        "Cookie": f"{CANARY}={CANARY}",
        "X-Api-Key": CANARY,
    }
    mine = refused(
        url=f"{URL}?token={CANARY}", sent=dirty, got={"X-Request-Id": CANARY, "Retry-After": "30"}, body=CANARY,
        initiator=Initiator("script", f"https://app.example/{CANARY}"),
    )  # fmt: skip
    others = (exchange(3, mine.url, sent={"Authorization": f"Bearer {CANARY}"}), refused(9, url=mine.url, sent=dirty))
    for cause in (None, "rate.limited", "auth.role-denied", "auth.token-audience", "server.unexplained-403"):
        one = case(*others, about=mine, cause=cause)
        one.redactor.learn(mine.request.headers)
        said = [shown(one, (name,)) for name in FACTS]
        said += [meaning(one), *(myth.truth for myth in myths(one))]
        said += [part for check in checks(one) for part in (check.text, check.answered)]
        said += [part for way in steps(one) for step in way.steps for part in (step.text, step.done)]
        assert CANARY not in " ".join(said)
        assert len(max(said, key=len)) < 700
