"""What a plain form sends: `application/x-www-form-urlencoded`, of moderate size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request

LONGEST: Final = 300_000  # bytes: the longest notes, every character of them percent-encoded
MANY: Final = 50


async def _fields(request: Request) -> Mapping[str, str]:
    """Each field's last value. Raises HTTPException 413 and 400."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            raise HTTPException(413, "That is more than a form of this page sends.")
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MANY))
    except ValueError as broken:
        raise HTTPException(400, "The form could not be read.") from broken


Fields = Annotated[Mapping[str, str], Depends(_fields)]
