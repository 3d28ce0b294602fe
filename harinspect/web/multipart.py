"""The plain form's upload, for a browser without script: one or more files in a multipart body (RFC 7578)."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator
from typing import BinaryIO

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from harinspect.web.uploads import Unusable

MANY = 100


async def received_files(
    headers: Headers, chunks: AsyncIterator[bytes], limit: int
) -> tuple[tuple[str, BinaryIO], ...]:
    """(name, private file) of every file sent. Raises Unusable."""
    parser = MultiPartParser(headers, _limited(chunks, limit), max_files=MANY, max_fields=MANY)
    try:
        form = await parser.parse()
    except MultiPartException as broken:
        raise Unusable("The form could not be read.", 400) from broken
    try:
        sent = [part for part in form.getlist("files") if isinstance(part, UploadFile) and part.size]
        if not sent:
            raise Unusable("No file was chosen.", 400)
        return tuple((part.filename or "", _own(part)) for part in sent)
    finally:
        await form.close()


async def _limited(chunks: AsyncIterator[bytes], limit: int) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > limit:
            raise Unusable("The files are larger than the limit.", 413)
        yield chunk


def _own(part: UploadFile) -> BinaryIO:
    """The part's bytes as an open file without a name (tempfile made it private), at its start."""
    number = part.file.fileno()  # a small part moves from memory to its file here
    part.file.seek(0)
    return os.fdopen(os.dup(number), "rb")
