"""Signing in with the password, and out again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, cast
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from harinspect.store import passphrases
from harinspect.web.contexts import Context
from harinspect.web.gate import SIGN_IN, Door
from harinspect.web.peers import is_https, place
from harinspect.web.sessions import LASTS
from harinspect.web.site import page

LONGEST_FORM: Final = 8192  # bytes
LONGEST_PATH: Final = 500
router = APIRouter()


@dataclass(frozen=True)
class SignIn(Context):
    """`to` is where it leads; `trouble` a sentence, "" at first."""

    template: ClassVar[str] = "sign_in.html"
    to: str
    trouble: str


def _door(request: Request) -> Door:
    return cast(Door, request.app.state.door)


TheDoor = Annotated[Door, Depends(_door)]


@router.get(SIGN_IN)
async def form(door: TheDoor, request: Request, to: str = "/") -> Response:
    if not door.access.password:
        raise HTTPException(404, "Nobody has to sign in here.")
    if door.knows(request.scope):
        return RedirectResponse(own_path(to), 303)
    return page(SignIn(own_path(to), ""))


@router.post(SIGN_IN)
async def sign_in(door: TheDoor, request: Request) -> Response:
    if not door.access.password:
        raise HTTPException(404, "Nobody has to sign in here.")
    fields = await _fields(request.stream())
    to = own_path(fields.get("to", "/"))
    where = place(request.scope, door.access)
    if seconds := door.attempts.begin(where):
        return _later(to, seconds)
    try:
        with passphrases.line():
            fits = await asyncio.to_thread(passphrases.fits, door.access.password, fields.get("password", ""))
    except passphrases.Busy:
        return _later(to, door.attempts.wait(where) or 1)
    if not fits:
        return page(SignIn(to, "This is not the password."), 403)
    door.attempts.succeed(where)
    return _welcome(door, request, to)


@router.post("/sign-out")
async def sign_out(door: TheDoor, request: Request) -> Response:
    door.sessions.close(door.token(request.scope))
    answer = RedirectResponse(SIGN_IN if door.access.password else "/", 303)
    _set_cookie(door, request, answer, "", 0)
    return answer


def own_path(to: str) -> str:
    """A path of this site, "/" for all else: `//` and `/\\` lead to other hosts (URL Standard, section 4.4)."""
    is_ours = to.startswith("/") and not to.startswith(("//", "/\\")) and len(to) <= LONGEST_PATH
    return to if is_ours and to.isascii() and to.isprintable() else "/"


def _later(to: str, seconds: int) -> Response:
    unit = "second" if seconds == 1 else "seconds"
    answer = page(SignIn(to, f"There were too many wrong passwords. Try again in {seconds} {unit}."), 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _welcome(door: Door, request: Request, to: str) -> Response:
    """A new session; the one that the browser may have had ends."""
    door.sessions.close(door.token(request.scope))
    answer = RedirectResponse(to, 303)
    _set_cookie(door, request, answer, door.sessions.open(), LASTS)
    return answer


def _set_cookie(door: Door, request: Request, answer: Response, token: str, seconds: int) -> None:
    name, secure = door.cookie(request.scope), is_https(request.scope, door.access)
    answer.set_cookie(name, token, max_age=seconds, path="/", secure=secure, httponly=True, samesite="strict")


async def _fields(chunks: AsyncIterator[bytes]) -> dict[str, str]:
    """The fields of the form (URL Standard section 5.1). Raises HTTPException 413 where it is far too long."""
    body = b""
    async for chunk in chunks:
        body += chunk
        if len(body) > LONGEST_FORM:
            raise HTTPException(413, "That is no password.")
    try:
        sent = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=10)
    except ValueError as error:
        raise HTTPException(400, "The form could not be read.") from error
    return {name: values[0] for name, values in sent.items()}
