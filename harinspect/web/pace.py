"""How fast a request's body has to come: a slow network is waited for, an endless trickle is not."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE: Final = 30.0  # seconds
LEAST: Final = 8000  # bytes a second, on average
LONGEST: Final = 7200.0  # seconds for a whole body
TOO_SLOW: Final = "The transfer was too slow, and was ended."


class Pace:
    """Raises HTTPException 408 (RFC 9110 section 15.5.9) where the application waits for a body that does not come."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        start, received, is_whole = asyncio.get_running_loop().time(), 0, False

        async def receive_in_time() -> Message:
            nonlocal received, is_whole
            if is_whole:  # what is waited for now is the end of the connection
                return await receive()
            try:
                async with asyncio.timeout_at(start + min(GRACE + received / LEAST, LONGEST)):
                    message = await receive()
            except TimeoutError as late:
                raise HTTPException(408, TOO_SLOW, {"Connection": "close"}) from late
            received += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            return message

        await self._app(scope, receive_in_time, send)
