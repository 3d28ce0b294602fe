"""The JSON of one entry, typed just strictly enough for msgspec to skip what nobody reads.

Fields on which exporters differ are unions; what fits none of them goes through `salvage`, which brings it into shape.
"""

from __future__ import annotations

from msgspec import Raw, Struct, field
from msgspec.json import Decoder

Text = str | None
Number = float | str | None
Flag = bool | str | float | None

NOTHING = Raw(b"null")
_NO_ELEMENTS = Raw(b"[]")


def is_null(raw: Raw) -> bool:
    """Whether a raw value is missing, or there and null."""
    return raw == NOTHING


def is_empty(raw: Raw) -> bool:
    """Whether a raw list is missing, null or has no elements."""
    return raw in (_NO_ELEMENTS, NOTHING)


class PairJson(Struct, gc=False, frozen=True):
    """A header or a parameter; equal ones hash alike, for a file repeats most of them."""

    name: str = ""
    value: str = ""


class PostDataJson(Struct, gc=False):
    mime_type: Text = field(name="mimeType", default=None)
    text: Raw = NOTHING
    params: Raw = NOTHING
    encoding: Text = None


class RequestJson(Struct, gc=False):
    method: Text = None
    url: Text = None
    http_version: Text = field(name="httpVersion", default=None)
    headers: list[PairJson] | None = None
    cookies: Raw = NOTHING
    headers_size: Number = field(name="headersSize", default=None)
    post_data: PostDataJson | None = field(name="postData", default=None)


class ContentJson(Struct, gc=False):
    size: Number = None
    mime_type: Text = field(name="mimeType", default=None)
    text: Raw = NOTHING
    encoding: Text = None


class ResponseJson(Struct, gc=False):
    status: Number = None
    status_text: Text = field(name="statusText", default=None)
    http_version: Text = field(name="httpVersion", default=None)
    headers: list[PairJson] | None = None
    cookies: Raw = NOTHING
    content: ContentJson | None = None
    redirect_url: Text = field(name="redirectURL", default=None)
    headers_size: Number = field(name="headersSize", default=None)
    body_size: Number = field(name="bodySize", default=None)
    error: Raw = field(name="_error", default=NOTHING)
    failure: Text = field(name="_failureText", default=None)
    via_service_worker: Flag = field(name="_fetchedViaServiceWorker", default=None)


class TimingsJson(Struct, gc=False):
    wait: Number = None


class InitiatorJson(Struct, gc=False):
    type: Text = None
    url: Text = None
    stack: Raw = NOTHING


class EntryJson(Struct, gc=False):
    """One element of log.entries."""

    started: Text = field(name="startedDateTime", default=None)
    time: Number = None
    page: Text = field(name="pageref", default=None)
    request: RequestJson | None = None
    response: ResponseJson | None = None
    timings: TimingsJson | None = None
    server_ip: Text = field(name="serverIPAddress", default=None)
    masked_ip: Text = field(name="_serverIPAddress", default=None)
    connection: Text = None
    error: Raw = field(name="_error", default=NOTHING)
    resource_type: Text = field(name="_resourceType", default=None)
    initiator: InitiatorJson | str | None = field(name="_initiator", default=None)
    from_cache: Flag = field(name="_fromCache", default=None)
    fulfilled_by: Text = field(name="_fulfilledBy", default=None)
    fetch_type: Text = field(name="_fetchType", default=None)
    via_service_worker: Flag = field(name="_fetchedViaServiceWorker", default=None)
    security_state: Text = field(name="_securityState", default=None)
    messages: Raw = field(name="_webSocketMessages", default=NOTHING)


class MessageJson(Struct, gc=False):
    """One WebSocket message as Chromium and mitmproxy write it."""

    type: Text = None
    opcode: Number = None
    data: Text = None


class CookieJson(Struct, gc=False):
    """One element of request.cookies or response.cookies."""

    name: Text = None
    value: Text = None
    path: Text = None
    domain: Text = None
    expires: Text = None
    other_expiry: Text = field(name="_expires", default=None)
    http_only: Flag = field(name="httpOnly", default=None)
    secure: Flag = None
    same_site: Text = field(name="sameSite", default=None)


entry_decoder = Decoder(EntryJson)
entries_decoder = Decoder(list[EntryJson])
text_decoder = Decoder(str)
pairs_decoder = Decoder(list[PairJson])
cookies_decoder = Decoder(list[CookieJson])
messages_decoder = Decoder(list[MessageJson])
