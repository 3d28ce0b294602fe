"""An entry as far as it can be understood by itself: what it keeps silent about is settled when all are known."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Raw, Struct

from harinspect.har.bodies import (
    ERROR_HEAD,
    HTML_LIMIT,
    POST_HEAD,
    content_text,
    decoded,
    is_html,
    raw_text,
)
from harinspect.har.fields import FieldPool, Pairs
from harinspect.har.model import Initiator, PostData
from harinspect.har.salvage import loose_cookies, loose_pairs
from harinspect.har.schema import (
    ContentJson,
    CookieJson,
    EntryJson,
    InitiatorJson,
    PostDataJson,
    RequestJson,
    ResponseJson,
    is_empty,
    is_null,
    messages_decoder,
)
from harinspect.har.values import address, http_version, milliseconds, moment, status, whole, without_fragment

MAX_MESSAGES: Final = 500
MESSAGE_HEAD: Final = 16 << 10
_FRAME_URL = re.compile(rb'"url"\s*:\s*"([^"\\]+)"')
_NO_REQUEST, _NO_RESPONSE, _NO_CONTENT = RequestJson(), ResponseJson(), ContentJson()
_NO_INITIATOR = Initiator()
_COOKIE = frozenset({"cookie", "Cookie", "COOKIE"})
_SET_COOKIE = frozenset({"set-cookie", "Set-Cookie", "SET-COOKIE", "Set-cookie"})
_HIDDEN_MIME = (None, "", "x-unknown")

Messages = tuple[tuple[str, int, str], ...]


class Draft(Struct, gc=False):
    """One entry with values in their final form. `*_line` is the version as written, `*_size` is headersSize."""

    index: int
    started: datetime | None
    duration: float
    wait: float
    method: str
    url: str
    request_line: str
    request_headers: Pairs
    request_size: int
    request_cookies: tuple[CookieJson, ...]
    post_data: PostData | None
    status: int
    status_text: str
    response_line: str
    response_headers: Pairs
    response_size: int
    response_cookies: tuple[CookieJson, ...]
    mime_type: str
    body: str | None
    body_size: int
    redirect_url: str
    error: str | None
    resource_type: str
    initiator: Initiator
    page: str | None
    server_ip: str
    connection: str
    from_cache: bool | None
    from_service_worker: bool | None
    security_state: str
    messages: Messages

    @property
    def http_version(self) -> str:
        return http_version(self.request_line) or http_version(self.response_line)


def draft(entry: EntryJson, index: int, pool: FieldPool) -> Draft:
    """The draft of an entry; bodies are decoded only where they are kept."""
    request, response = entry.request or _NO_REQUEST, entry.response or _NO_RESPONSE
    content = response.content or _NO_CONTENT
    sent, received = pool.sent.shared(request.headers), pool.received.shared(response.headers)
    error, answer = _error(entry, response), status(response.status)
    mime = pool.text(_mime_type(content, received))
    return Draft(
        index,
        moment(entry.started),
        milliseconds(entry.time),
        milliseconds(entry.timings.wait) if entry.timings else -1.0,
        pool.text(request.method),
        without_fragment(request.url),
        pool.text(request.http_version),
        sent,
        whole(request.headers_size),
        _cookies(request.cookies, sent, _COOKIE),
        None if request.post_data is None else _post_data(request.post_data),
        answer,
        pool.text(response.status_text),
        pool.text(response.http_version),
        received,
        whole(response.headers_size),
        _cookies(response.cookies, received, _SET_COOKIE),
        mime,
        _kept_body(content, mime, answer, error),
        _body_size(content, response),
        response.redirect_url or "",
        error,
        pool.lower(entry.resource_type),
        _NO_INITIATOR if entry.initiator is None else _initiator(entry.initiator, pool),
        entry.page,
        pool.text(address(entry.server_ip or entry.masked_ip)),
        pool.text(entry.connection),
        _from_cache(entry),
        _from_service_worker(entry, response),
        pool.text(entry.security_state),
        _messages(entry.messages),
    )


def _mime_type(content: ContentJson, received: Pairs) -> str:
    """The recorded type, or the Content-Type field where the exporter hides it."""
    if content.mime_type not in _HIDDEN_MIME:
        return content.mime_type or ""
    return next((value for name, value in received if name.lower() == "content-type"), "")


def _error(entry: EntryJson, response: ResponseJson) -> str | None:
    for raw in (response.error, entry.error):
        if not is_null(raw):
            return _error_text(raw)
    return response.failure


def _error_text(raw: Raw) -> str | None:
    try:
        value: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(value, dict):
        value = next((value[name] for name in ("code", "message", "name") if value.get(name)), "")
    return None if value is None or value is False else str(value)


def _kept_body(content: ContentJson, mime: str, answer: int, error: str | None) -> str | None:
    """Errors whole up to a head, documents up to a limit; the rest is read again when somebody asks."""
    if answer >= 400 or answer == 0 or error:
        text = content_text(content, mime)
        return text[:ERROR_HEAD] if text else text
    if is_html(mime) and len(memoryview(content.text)) <= HTML_LIMIT:
        return content_text(content, mime)
    return None


def _body_size(content: ContentJson, response: ResponseJson) -> int:
    size = whole(content.size)
    return size if size >= 0 else max(whole(response.body_size), -1)


def _post_data(post: PostDataJson) -> PostData:
    mime = post.mime_type or ""
    text = decoded(raw_text(post.text), post.encoding, mime)
    return PostData(mime, text[:POST_HEAD] if text else text, _params(post.params))


def _params(raw: Raw) -> tuple[tuple[str, str], ...]:
    if is_empty(raw):
        return ()
    return tuple((pair.name, pair.value) for pair in loose_pairs(raw))


def _cookies(raw: Raw, headers: Pairs, names: frozenset[str]) -> tuple[CookieJson, ...]:
    """The list of cookies, asked for only where no header field holds them."""
    if is_empty(raw):
        return ()
    for name, _ in headers:
        if name in names:
            return ()
    return tuple(loose_cookies(raw))


def _initiator(initiator: InitiatorJson | str, pool: FieldPool) -> Initiator:
    if isinstance(initiator, str):
        return pool.initiator("", without_fragment(initiator))
    url = initiator.url or _frame_url(initiator.stack)
    return pool.initiator(pool.lower(initiator.type), without_fragment(url))


def _frame_url(stack: Raw) -> str:
    """The script of the top call frame; frames are written before their asynchronous parents."""
    found = _FRAME_URL.search(stack)
    return found.group(1).decode("utf-8", "replace") if found else ""


def _from_cache(entry: EntryJson) -> bool | None:
    if entry.from_cache or (entry.fulfilled_by and "cache" in entry.fulfilled_by.lower()):
        return True
    if entry.fetch_type:
        return "cache" in entry.fetch_type.lower()
    return None if entry.from_cache is None else False


def _from_service_worker(entry: EntryJson, response: ResponseJson) -> bool | None:
    for mark in (response.via_service_worker, entry.via_service_worker):
        if mark is not None:
            return bool(mark)
    return True if entry.fetch_type == "Service Worker" else None


def _messages(raw: Raw) -> Messages:
    if is_empty(raw):
        return ()
    try:
        messages = messages_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
    return tuple(
        (one.type or "", whole(one.opcode, 0), (one.data or "")[:MESSAGE_HEAD]) for one in messages[:MAX_MESSAGES]
    )
