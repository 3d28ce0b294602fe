"""Cases for the tests of what is advised: a denial among other exchanges, and what was found about it."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from json import dumps

from harinspect.har.model import Exchange
from harinspect.redaction.reports import ReportRedactor
from harinspect.report import model
from harinspect.report.case import Case
from harinspect.traffic.model import DenialKind
from tests.builders import START, denial, exchange
from tests.report_fixtures import denial as told
from tests.report_fixtures import finding

URL = "https://api.example/items"
CANARY = "q8W7e6R5t4Z3u2"


def case(
    *others: Exchange,
    about: Exchange | None = None,
    cause: str | None = None,
    kind: DenialKind = DenialKind.FORBIDDEN,
    layer: str = "unknown",
    ruled_out: tuple[model.RuledOut, ...] = (),
    **found: object,
) -> Case:
    """`about`: the refused exchange, number 5 at URL where not given; `found`: further fields of the finding."""
    mine = about if about is not None else exchange(5, URL, 403)
    findings = () if cause is None else (finding(cause=cause, **found),)
    part = told(mine.index, kind=kind.value, status=mine.status, layer=layer, findings=findings, ruled_out=ruled_out)
    return Case(denial(mine, *others, kind=kind), part, ReportRedactor())


def bearer(**claims: object) -> str:
    """A JWT with times in seconds after START; its signature is the canary."""
    moments = {"exp", "iat", "nbf"}
    told = {n: START.timestamp() + v if n in moments else v for n, v in claims.items()}  # type: ignore[operator]
    parts = (urlsafe_b64encode(dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "RS256"}, told))
    return f"Bearer {'.'.join(parts)}.{CANARY}"


def refused(index: int = 5, url: str = URL, **more: object) -> Exchange:
    return exchange(index, url, 403, **more)  # type: ignore[arg-type]
