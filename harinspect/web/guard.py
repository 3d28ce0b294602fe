"""What stands before every route: who may ask, from where, and what a browser may do with the answer."""

from __future__ import annotations

import logging
import re
from traceback import extract_tb
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harinspect.web.access import address

_log = logging.getLogger("harinspect.web")
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
FAILED: Final = "Something went wrong here; the log of the server names the place.\n"
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
SHARED: Final = "/s/"  # what is below is for the readers of share links
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
REFUSAL: Final = HEADERS | {"Cache-Control": "no-store"}
_HOST: Final = re.compile(
    r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{0,5})?"
)  # RFC 9110 section 7.2, names as DNS has them


class Guard:
    """Refuses foreign host names (DNS rebinding) and cross-site changes, and sets the security headers."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...] = ()) -> None:
        self._app = app
        self._hosts = LOOPBACK | {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif refusal := self._refusal(scope, Headers(scope=scope)):
            await PlainTextResponse(refusal, 403, REFUSAL)(scope, receive, send)
        else:
            await self._pass(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_answered = False

        async def send_guarded(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.start":
                is_answered = True
                _protect(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            await self._app(scope, receive, send_guarded)
        except ClientDisconnect:  # nobody is there any more, and nothing failed here
            return
        except Exception as failure:  # its words may hold what was sent: the log gets the kind and the place alone
            _log.error("%s", _kind_and_place(failure))
            if not is_answered:
                await PlainTextResponse(FAILED, 500, REFUSAL)(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> str:
        """Why the request may not pass, "" where it may."""
        host = headers.get("host", "")
        if _name(host) not in self._hosts | _own_address(scope):
            return "This page answers only to its own host name; whoever runs it can add one with --allow-host.\n"
        is_foreign = not set(headers.getlist("sec-fetch-site")) <= {"same-origin", "none"}
        if scope["method"] in SAFE_METHODS:
            return "Another site may link here, and nothing more.\n" if is_foreign and not _is_link(headers) else ""
        if is_foreign:
            return "Another site may not change anything here.\n"
        if not all(_is_own(origin, host, scope, headers) for origin in headers.getlist("origin")):
            return "Another origin may not change anything here.\n"
        return ""


def _name(host: str) -> str:
    """The host without its port, "" where it is malformed; an IPv6 address keeps its brackets."""
    found = _HOST.fullmatch(host.lower())
    return found[1] if found else ""


def _own_address(scope: Scope) -> frozenset[str]:
    """The address that the connection was made to. No name stands for it, so no name was rebound to it."""
    found = address((scope.get("server") or ("",))[0])
    if found is None:
        return frozenset()
    return frozenset((str(found) if found.version == 4 else f"[{found}]",))


def _is_link(headers: Headers) -> bool:
    """Somebody goes there: no part of another page, and no frame in it (Fetch Metadata section 2)."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _is_own(origin: str, host: str, scope: Scope, headers: Headers) -> bool:
    """An origin is scheme, host and port. A page without TLS is another one than ours with it."""
    is_secure = "https" in (scope.get("scheme"), headers.get("x-forwarded-proto"))
    schemes = ("https",) if is_secure else ("http", "https")
    return origin.lower() in {f"{scheme}://{host.lower()}" for scheme in schemes}


def _kind_and_place(failure: Exception) -> str:
    place = extract_tb(failure.__traceback__)[-1]
    return f"{type(failure).__name__} in {place.name}, {place.filename}:{place.lineno}"


def _protect(headers: MutableHeaders, path: str) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")
    if path.startswith(SHARED):
        headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
