"""A HAR file as the rest of the program sees it: settled once, typed, immutable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct

from harinspect.wire.headers import Headers


class Credentials(Enum):
    """Does the file tell whether Cookie, Set-Cookie and Authorization were on the wire?"""

    RECORDED = "recorded"
    REMOVED = "removed"
    UNKNOWN = "unknown"


class Problem(Struct, frozen=True):
    """Something that was lost or could not be read. `where` is a JSON pointer or "byte N"."""

    where: str
    what: str


class PostData(Struct, frozen=True):
    """A request body. `text` is None where the exporter kept none."""

    mime_type: str = ""
    text: str | None = None
    params: tuple[tuple[str, str], ...] = ()


class Request(Struct, frozen=True):
    """`url` has no fragment. `removed_bytes`: length of header lines that a sanitizer took out (HTTP/1.x only)."""

    method: str
    url: str
    http_version: str
    headers: Headers
    post_data: PostData | None = None
    removed_bytes: int | None = None


class Response(Struct, frozen=True):
    """`status` is 0 where no answer is recorded, whatever number the exporter writes for that.

    `body` is the decoded text where it was kept (errors, HTML of moderate size), None where the file has none
    or it was not kept: `Har.body(index)` re-reads those.
    """

    status: int
    status_text: str
    headers: Headers
    mime_type: str = ""
    body: str | None = None
    body_size: int = -1
    redirect_url: str = ""
    removed_bytes: int | None = None


class Initiator(Struct, frozen=True):
    """What made the request. `kind`: parser, script, preflight, redirect, other, ""; `url`: its document or script."""

    kind: str = ""
    url: str = ""


class Exchange(Struct, frozen=True):
    """One request and its response. `index` is its place in log.entries; `duration` in milliseconds, -1 if unknown.

    `error` is the browser's own net error ("net::ERR_FAILED"), "" for an empty mark, None where there is no mark.
    `resource_type` is lower case as DevTools says it (document, fetch, xhr, image, preflight, ...) or "".
    `from_cache` and `from_service_worker` are None where the exporter never tells.
    `messages` are WebSocket messages as (type, opcode, data).
    """

    index: int
    started: datetime | None
    duration: float
    request: Request
    response: Response
    error: str | None = None
    resource_type: str = ""
    initiator: Initiator = Initiator()
    page: str | None = None
    server_ip: str = ""
    connection: str = ""
    from_cache: bool | None = None
    from_service_worker: bool | None = None
    provisional: bool = False
    security_state: str = ""
    wait: float = -1.0
    messages: tuple[tuple[str, int, str], ...] = ()

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def url(self) -> str:
        return self.request.url

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def ended(self) -> datetime | None:
        """When the answer was there, as far as the file tells."""
        if self.started is None:
            return None
        return self.started + timedelta(milliseconds=max(self.duration, 0.0))


class Page(Struct, frozen=True):
    """One page of log.pages. Times in milliseconds after `started`, -1 if unknown."""

    id: str
    title: str
    started: datetime | None
    on_content_load: float = -1.0
    on_load: float = -1.0


class Source(Struct, frozen=True):
    """Where a HAR came from. `exporter` is the settled name (chrome, firefox, safari, charles, ...) or unknown."""

    name: str
    bytes: int
    exporter: str = "unknown"
    creator: str = ""
    browser: str = ""
    credentials: Credentials = Credentials.UNKNOWN


def _no_body(index: int) -> str | None:
    return None


class Har(Struct, frozen=True):
    """A file that was read. `exchanges` are in file order; `lost` counts entries seen that could not be read.

    `body(index)` re-reads the body of any exchange while the file is open; None where there is none.
    """

    source: Source
    exchanges: tuple[Exchange, ...]
    pages: tuple[Page, ...] = ()
    lost: int = 0
    problems: tuple[Problem, ...] = ()
    body: Callable[[int], str | None] = _no_body


class NotHar(ValueError):
    """The input cannot be used at all; the message is one sentence for a person."""
