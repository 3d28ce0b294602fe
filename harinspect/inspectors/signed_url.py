"""Signed addresses: over their time, not yet good, or without what was signed (S3, Cloud Storage, Azure and others)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.order import answered
from harinspect.wire.signed_urls import SignedUrl, signed_url

inspector = Inspector(__name__)
AWS = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"
SKEW = timedelta(seconds=60)
AHEAD = timedelta(minutes=15)  # Amazon and Google accept clocks that run ahead by that much
# What the browser itself sets: whether a signature over these holds cannot be seen here.
UNSEEN = frozenset({"host", "content-length", "expect", "connection", "date"})
NEEDED = {"GET": "rlpt", "HEAD": "rl", "PUT": "wcaut", "POST": "wcaup", "DELETE": "dxp"}  # letters of `sp` that suffice
STORAGE = ("x-amz-request-id", "x-guploader-uploadid", "x-ms-request-id", "x-amz-cf-id")

EXPIRED = inspector.rule(
    "expired",
    cause="auth.signature-expired",
    title="The signed link was used after its time was over",
    why="The link to `{host}` was good until {expires}. The request came at {now}, {late} too late.",
    responsible="client-code",
    fixes=(
        user("Reload the page that gave out the link, and use the new one.", "easy"),
        developer("Ask for a signed link just before it is used, and anew when it has expired.", "easy"),
        admin("Give out links that last as long as the page may stay open.", "easy"),
    ),
    temporary="yes",
    refs=(AWS, "https://learn.microsoft.com/rest/api/storageservices/create-service-sas"),
)
EARLY = inspector.rule(
    "not-yet-valid",
    cause="auth.token-not-yet-valid",
    title="The signed link is dated in the future",
    why="The link to `{host}` is good from {starts} on. The request came at {now}: the clock of whoever signed it runs "
    "ahead.",
    responsible="application",
    fixes=(
        admin("Set the clock of the signing server (NTP).", "easy"),
        developer("Leave the start time out, or set it some minutes back.", "easy"),
    ),
    temporary="yes",
    refs=(AWS,),
)
HEADER = inspector.rule(
    "header-missing",
    cause="auth.signature-mismatch",
    title="A header that belongs to the signature was not sent",
    why="The signature of this link covers the header `{name}`, and the request does not carry it. So the signatures "
    "differ.",
    responsible="client-code",
    fixes=(
        developer("Send `{name}` with the value that was signed, or sign without it.", "easy"),
        admin("Sign only `host` where browsers are to use the link.", "easy"),
    ),
    refs=(AWS,),
)
PERMISSION = inspector.rule(
    "permission",
    cause="auth.insufficient-scope",
    title="The signed link does not allow this method",
    why="The link's `sp={permissions}` does not cover {method}.",
    responsible="application",
    fixes=(
        developer("Ask for a link whose `sp` covers {method}.", "easy"),
        admin("Sign links with the permission they need.", "easy"),
    ),
    refs=("https://learn.microsoft.com/rest/api/storageservices/create-service-sas",),
)


@inspector.check
def times(denial: Denial) -> Iterator[Verdict]:
    exchange, signed = denial.exchange, _signed(denial)
    now = answered(exchange)
    if signed is None or now is None:
        return
    host = denial.traffic.urls[exchange.index].host
    place = Evidence(exchange.index, "request.url", value=exchange.url, note="the time is in the address")
    date = exchange.response.headers.text("date")
    clock = Evidence(exchange.index, "response.header", "date", date, "the server's clock")
    if signed.expires and signed.expires + (timedelta() if date else SKEW) < now:
        basis = Basis.STANDARD if any(name in exchange.response.headers for name in STORAGE) else Basis.SIGNATURE
        late = _span(now - signed.expires)
        yield EXPIRED.found(basis, place, clock, host=host, expires=_clock(signed.expires), now=_clock(now), late=late)
    elif signed.starts and signed.starts > now + (AHEAD if signed.kind in ("aws-v4", "gcs") else SKEW):
        yield EARLY.found(Basis.SIGNATURE, place, clock, host=host, starts=_clock(signed.starts), now=_clock(now))
    elif signed.expires:
        yield EXPIRED.ruled_out(
            "The signed link was good for {left} more.", place, clock, left=_span(signed.expires - now)
        )


@inspector.check
def signed_headers(denial: Denial) -> Iterator[Verdict]:
    exchange, signed = denial.exchange, _signed(denial)
    headers = exchange.request.headers
    if signed is None or exchange.provisional or not len(headers):
        return
    for name in signed.signed_headers:
        if name not in UNSEEN and name not in headers and name not in headers.withheld:
            place = Evidence(exchange.index, "request.url", value=exchange.url, note=f"the signature covers {name}")
            absent = Evidence(exchange.index, "request.header", name, "", "not in the request")
            yield HEADER.found(Basis.SIGNATURE, place, absent, name=name)
            return


@inspector.check
def permissions(denial: Denial) -> Iterator[Verdict]:
    exchange, signed = denial.exchange, _signed(denial)
    needed = NEEDED.get(exchange.method, "")
    if signed is None or not signed.permissions or not needed or set(needed) & set(signed.permissions):
        return
    place = Evidence(exchange.index, "request.url", value=exchange.url, note="sp is in the address")
    yield PERMISSION.found(Basis.SIGNATURE, place, permissions=signed.permissions, method=exchange.method)


def _signed(denial: Denial) -> SignedUrl | None:
    url = denial.traffic.urls.get(denial.exchange.index)
    return signed_url(url) if url is not None and denial.kind is DenialKind.FORBIDDEN else None


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname() or ''}".strip()


def _span(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    large = (f"{seconds // size} {unit}" for size, unit in ((3600, "hours"), (60, "minutes")) if seconds >= 2 * size)
    return next(large, f"{seconds} seconds")
