"""Exchanges for tests of cookies, with only what matters to cookies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from harinspect.har.model import Credentials, Exchange, Har, Page, Request, Response, Source
from harinspect.traffic.cookies import Timeline, replay
from harinspect.wire.cookie_policy import Reason
from harinspect.wire.headers import Headers
from harinspect.wire.url import Url

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WWW, API, OTHER = "https://www.shop.example", "https://api.shop.example", "https://partner.example"
PAGE = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate"}
CALL = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors"}


def exchange(
    index: int,
    url: str,
    *,
    at: float | None = None,
    sets: tuple[str, ...] = (),
    sent: str | None = None,
    status: int = 200,
    location: str = "",
    method: str = "GET",
    withheld: tuple[str, ...] = (),
    answer: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    **more: object,
) -> Exchange:
    pairs = [*(headers or PAGE | {"sec-fetch-site": "none"}).items()]
    pairs += [("cookie", sent)] if sent is not None else []
    back = [("set-cookie", line) for line in sets] + [*(answer or {}).items()]
    back += [("location", location)] if location else []
    return Exchange(
        index,
        NOON + timedelta(seconds=index if at is None else at),
        20.0,
        Request(method, url, "HTTP/2", Headers(pairs, withheld)),
        Response(status, "", Headers(back)),
        **more,  # type: ignore[arg-type]
    )


def made_by(referer: str, site: str, base: dict[str, str] = CALL, **more: str) -> dict[str, str]:
    return base | {"sec-fetch-site": site, "referer": referer} | more


def lives(*exchanges: Exchange, exporter: str = "chrome", pages: tuple[Page, ...] = ()) -> Timeline:
    source = Source("case.har", 0, exporter, credentials=Credentials.RECORDED)
    return replay(Har(source, exchanges, pages), addresses(exchanges))


def addresses(exchanges: tuple[Exchange, ...]) -> dict[int, Url]:
    return {e.index: url for e in exchanges if (url := Url.parse(e.url)) is not None}


def withheld(timeline: Timeline, index: int) -> dict[str, tuple[Reason, ...]]:
    return {item.cookie.name: item.reasons for item in timeline.at(index).withheld}


def events(timeline: Timeline, name: str) -> list[tuple[int, str, str]]:
    return [(e.exchange, e.kind, e.reason) for h in timeline.histories if h.name == name for e in h.events]


LOGIN = exchange(0, WWW + "/login", sets=("sid=1; Path=/; Secure; HttpOnly; SameSite=Lax",))
