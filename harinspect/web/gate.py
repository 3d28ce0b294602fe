"""The gate: who has to sign in first, and who did."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from harinspect.web.access import EVERYBODY_HERE, Access
from harinspect.web.attempts import Attempts
from harinspect.web.guard import SHARED
from harinspect.web.peers import is_https, peer
from harinspect.web.sessions import Sessions
from harinspect.web.signed import signed_in

SIGN_IN: Final = "/sign-in"
OPEN: Final = (SHARED, "/assets/")  # share links carry their own secret; assets hold none
COOKIE: Final = "harinspect"
SECURE_COOKIE: Final = "__Host-harinspect"  # RFC 6265bis section 4.1.3.2: Secure, Path=/ and no Domain, or no cookie


class Door:
    """What the gate and the sign-in page share."""

    def __init__(self, access: Access = EVERYBODY_HERE) -> None:
        self.access = access
        self.sessions = Sessions()
        self.attempts = Attempts()

    def cookie(self, scope: Scope) -> str:
        """The cookie's name on such a connection."""
        return SECURE_COOKIE if is_https(scope, self.access) else COOKIE

    def token(self, scope: Scope) -> str:
        return HTTPConnection(scope).cookies.get(self.cookie(scope), "")

    def knows(self, scope: Scope) -> bool:
        """Whether the request comes from somebody who signed in, here or at the proxy."""
        if self.access.header:
            told = Headers(scope=scope).getlist(self.access.header)
            return self.access.is_proxy(peer(scope)) and len(told) == 1 and bool(told[0].strip())
        token = self.token(scope)
        return bool(token) and self.sessions.holds(token)


class Gate:
    """Lets everybody through where nobody has to sign in, and to the open paths; others only if they are known."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._door.access.is_open:
            return await self._app(scope, receive, send)
        refusal = self._refusal(scope)
        if refusal is not None:
            return await refusal(scope, receive, send)
        signed_in.set(not self._door.access.header and self._door.knows(scope))
        return await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        access = self._door.access
        if access.behind_proxy and not access.is_proxy(peer(scope)):
            return _refused(401 if access.header else 403, "This page is reached through its proxy only.\n")
        if _is_open(scope["path"]) or self._door.knows(scope):
            return None
        if access.header:
            return _refused(401, "The proxy did not say who you are: sign in there first.\n")
        return _to_sign_in(scope)


def _is_open(path: str) -> bool:
    return path == SIGN_IN or path.startswith(OPEN)


def _to_sign_in(scope: Scope) -> Response:
    headers = Headers(scope=scope)
    if "hx-request" in headers:
        return _refused(401, "Sign in first.\n", {"HX-Redirect": SIGN_IN})
    if scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", ""):
        return RedirectResponse(f"{SIGN_IN}?to={quote(scope['path'])}", 303)
    return _refused(401, "Sign in first.\n")


def _refused(status: int, sentence: str, headers: dict[str, str] | None = None) -> Response:
    """RFC 9110 section 15.5.2 demands a challenge of every 401; browsers do not know this one, and ask nobody."""
    challenge = {"WWW-Authenticate": 'Cookie realm="harinspect"'} if status == 401 else {}
    return PlainTextResponse(sentence, status, challenge | (headers or {}))
