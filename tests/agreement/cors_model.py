"""The course of a CORS request as our functions have it, told everything that a recording does not hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harinspect.wire.cors import OK, cors_check, preflight_check
from harinspect.wire.headers import Headers
from harinspect.wire.redirects import (
    MAX_REDIRECTS,
    cors_redirect_problem,
    is_redirect,
    keeps_authorization,
    origin_after,
    redirected_method,
)
from harinspect.wire.safelist import is_safelisted_header, is_safelisted_method, unsafe_header_names
from harinspect.wire.url import Url, same_origin
from tests.agreement.cors_cases import Case, Grant
from tests.agreement.cors_values import BODIES, TAGS, Fields, Lines

NORMALISED = ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT")  # Fetch #concept-method-normalize
FORBIDDEN = ("sec-", "proxy-")
NOT_KEPT = ("Cache-Control", "no-store")  # a permanent redirect is followed from the cache otherwise
PLAIN = ("text/plain", "ok")
NETWORK_ERROR = "network error"  # a failure that is none of CORS
HINTS = frozenset("device-memory dpr downlink ect rtt save-data viewport-width width".split())
OF_THE_BODY = ("content-encoding", "content-language", "content-location", "content-type")


def address(case: Case, place: int, number: int) -> str:
    """Where a hop is asked."""
    hop = case.hops[place]
    return f"{hop.at}/case-{number}/{place}"


def said(
    case: Case, place: int, number: int, origin: str, asked: str, names: str, query: str = ""
) -> tuple[int, Fields]:
    """Status and header lines that a hop answers with; `asked` is the method that a preflight asks for."""
    hop = case.hops[place]
    grant = hop.preflight if asked else hop.answer
    fields = [*_grants(case, grant, origin, asked, names), ("Content-Type", BODIES.get(case.via, PLAIN)[0])]
    if asked:
        location = [("Location", grant.location)] if grant.location else []
        return grant.status, (*fields, *location, ("Access-Control-Max-Age", "0"))
    done = int(query or 0)
    if place == 0 and done < case.rounds:
        return hop.redirect, (*fields, NOT_KEPT, ("Location", f"?{done + 1}"))
    if place == len(case.hops) - 1:
        return grant.status, tuple(fields)
    target = case.hops[place + 1]
    there = address(case, place + 1, number).replace("://", f"://{target.userinfo}")
    return hop.redirect, (*fields, NOT_KEPT, ("Location", hop.location or there))


def _grants(case: Case, grant: Grant, origin: str, asked: str, names: str) -> Iterator[tuple[str, str]]:
    scheme, _, host = case.page.partition("://")
    holes = {
        "{origin}": origin or case.page,
        "{page}": case.page,
        "{swapped}": ("http" if scheme == "https" else "https") + f"://{host}",
        "{upper}": case.page.upper(),
        "{host}": host,
        "{method}": asked,
        "{lower}": asked.lower(),
        "{capitals}": asked.upper(),
        "{headers}": names,
        "{HEADERS}": names.upper(),
    }
    rows: tuple[tuple[str, Lines], ...] = (
        ("Access-Control-Allow-Origin", grant.origin),
        ("Access-Control-Allow-Credentials", grant.credentials),
        *((("Access-Control-Allow-Methods", grant.methods),) if asked else ()),
        *((("Access-Control-Allow-Headers", grant.headers),) if asked else ()),
    )
    for name, lines in rows:
        for line in lines:
            yield name, next((line.replace(hole, value) for hole, value in holes.items() if hole in line), line)


@dataclass(frozen=True)
class _Request:
    """A request under way. `crossed`: it has been to another origin than its page's; `count`: of redirects so far."""

    url: Url
    origin: str
    method: str
    headers: Fields
    crossed: bool = False
    count: int = 0


@dataclass(frozen=True)
class Course:
    """How a request ended, "ok", a Network.CorsError or NETWORK_ERROR, and all that was sent on the way."""

    verdict: str
    sent: tuple[str, ...]

    @property
    def conversation(self) -> str:
        return " > ".join(self.sent)


def course(case: Case) -> Course:
    """The course of the whole request as our functions have it."""
    page, start = _url(f"{case.page}/"), _url(address(case, 0, 0))
    method = case.method.upper() if case.method.upper() in NORMALISED else case.method
    request: _Request | None = _Request(start, page.origin, method, _permitted(case))
    sent: list[str] = []
    while request is not None:
        crossed = request.crossed or not same_origin(page, request.url)
        if crossed and case.mode == "same-origin":
            return Course(NETWORK_ERROR, tuple(sent))
        request = replace(request, crossed=crossed)
        if problem := _refused_preflight(case, request, sent):
            return Course(problem, tuple(sent))
        sent.append(_shown(request))
        problem, request = _answered(case, request, page)
        if problem:
            return Course(problem, tuple(sent))
    return Course(OK, tuple(sent))


def deviation(case: Case) -> str:
    """Why Chromium may do otherwise than its standard in this case; "" where it should not."""
    names = {name.lower() for name, _ in case.headers}
    if names & HINTS:
        return "client hints that a page sets itself need no preflight"
    if "user-agent" in names:
        return "a User-Agent that a page sets is dropped"
    if case.rounds + len(case.hops) - 1 > MAX_REDIRECTS:
        return "the redirect beyond the limit ends a request before its CORS headers are looked at"
    page = _url(f"{case.page}/")
    if case.via in TAGS and same_origin(page, _url(f"{case.hops[0].at}/")):
        return "elements with crossorigin tell the page's own origin their Origin too"
    if any(hop.userinfo and same_origin(page, _url(f"{hop.at}/")) for hop in case.hops):
        return "addresses with user:password@ are refused for anything but pages, at the page's own origin too"
    return ""


def _refused_preflight(case: Case, request: _Request, sent: list[str]) -> str:
    """Why the preflight, if one is needed, was refused; "" where the request may go on."""
    names = unsafe_header_names(request.headers)
    needed = not is_safelisted_method(request.method) or bool(names) or case.via == "upload"
    if case.mode != "cors" or not request.crossed or not needed:
        return ""
    sent.append(f"? {request.method} {','.join(names)} {request.origin}")
    status, fields = said(case, _place(request.url), 0, request.origin, request.method, ",".join(names))
    credentials = case.credentials == "include"
    check = preflight_check(status, Headers(_received(fields)), request.origin, credentials, request.method, names)
    return check.verdict if check.failed else ""


def _answered(case: Case, request: _Request, page: Url) -> tuple[str, _Request | None]:
    """What is wrong with the answer, or the request that it leads to; neither where it is the last."""
    status, fields = said(case, _place(request.url), 0, request.origin, "", "", request.url.query)
    headers = Headers(_received(fields))
    if request.crossed and case.mode == "cors":
        check = cors_check(headers, request.origin, case.credentials == "include")
        if check.failed:
            return check.verdict, None
    if not is_redirect(status) or not headers.text("location"):
        return "", None
    return _redirected(case, request, status, headers.text("location"), page)


def _redirected(case: Case, request: _Request, status: int, location: str, page: Url) -> tuple[str, _Request | None]:
    target = request.url.join(location)
    if target is None or not target.is_http or request.count == MAX_REDIRECTS:
        return NETWORK_ERROR, None
    crosses = case.mode == "cors" and (request.crossed or not same_origin(page, target))
    if crosses and (problem := cors_redirect_problem(target)):
        return problem, None
    method = redirected_method(status, request.method)
    headers = request.headers
    if method != request.method:
        headers = tuple(field for field in headers if field[0].lower() not in OF_THE_BODY)
    if not keeps_authorization(request.url, target):
        headers = tuple(field for field in headers if field[0].lower() != "authorization")
    origin = origin_after(request.origin, request.url, target)
    return "", replace(request, url=target, method=method, headers=headers, origin=origin, count=request.count + 1)


def _permitted(case: Case) -> Fields:
    """What the page may set (Fetch #concept-headers-append): no forbidden names; safelisted ones in no-cors mode."""
    fields = tuple(field for field in case.headers if not field[0].lower().startswith(FORBIDDEN))
    if case.mode == "no-cors":
        return tuple(field for field in fields if is_safelisted_header(*field) and field[0].lower() != "range")
    return fields


def _shown(request: _Request) -> str:
    authorization = "authorization" if "authorization" in {name.lower() for name, _ in request.headers} else ""
    says_origin = request.crossed or request.method not in ("GET", "HEAD")
    return f"{request.method} {authorization} {request.origin if says_origin else '-'}"


def _received(fields: Fields) -> Iterator[tuple[str, str]]:
    """Fields as they are after parsing, without white space around (RFC 9112 section 5.1)."""
    return ((name, value.strip(" \t")) for name, value in fields)


def _place(url: Url) -> int:
    return int(url.path.rpartition("/")[2])


def _url(text: str) -> Url:
    url = Url.parse(text)
    assert url is not None, text
    return url
