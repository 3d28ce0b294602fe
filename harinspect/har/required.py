"""HAR 1.2 as its readers demand it: what an exporter left out is put in, what has another type is brought into its own.

What is put in says nothing, and what the format has no way to say is left out, or stands beside under a name of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, NamedTuple

from harinspect.har.urls import as_uri, with_marks
from harinspect.har.values import iso_date, number, whole

Json = dict[str, object]


class Type(NamedTuple):
    """The `usual` type of a value, None where any has to be looked at; what one of another type is in this one, None
    where it is nothing.
    """

    usual: type | None
    told: Callable[[object], object]


NO_TIME: Final = "1970-01-01T00:00:00.000Z"  # readers take a year before the Web as no time at all
MASKED_ADDRESS: Final = "_serverIPAddress"
OTHER_EXPIRY: Final = "_expires"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object) -> str | None:
    return str(value) if _is_number(value) else None


def _number(value: object) -> object:
    return value if _is_number(value) else _whole(value)


def _whole(value: object) -> int | None:
    found = whole(value, _NONE) if isinstance(value, str | float) else _NONE
    return None if found == _NONE else found


def _flag(value: object) -> bool | None:
    return True if value in (1, "true") else None


def _date(value: object) -> str | None:
    return iso_date(value) or None


def _time(value: object) -> object:
    return value if isinstance(value, int | float) and _is_number(value) and number(value) >= 0 else None


_TEXT: Final = Type(str, _text)
_NUMBER: Final = Type(float, _number)
_WHOLE: Final = Type(int, _whole)
_FLAG: Final = Type(bool, _flag)
_DATE: Final = Type(None, _date)
_TIME: Final = Type(None, _time)
_ABSENT: Final = object()
_NONE: Final = -(2**60)
_TYPES: Final[Mapping[str, Mapping[str, Type]]] = {
    "creator": dict.fromkeys(("name", "version", "comment"), _TEXT),
    "browser": dict.fromkeys(("name", "version", "comment"), _TEXT),
    "page": dict.fromkeys(("id", "title", "comment"), _TEXT) | {"startedDateTime": _DATE},
    "pageTimings": {"onContentLoad": _NUMBER, "onLoad": _NUMBER, "comment": _TEXT},
    "entry": {
        **dict.fromkeys(("pageref", "connection", "serverIPAddress", "comment"), _TEXT),
        "startedDateTime": _DATE,
        "time": _TIME,
    },
    "request": {
        **dict.fromkeys(("method", "url", "httpVersion", "comment"), _TEXT),
        **dict.fromkeys(("headersSize", "bodySize"), _WHOLE),
    },
    "response": {
        **dict.fromkeys(("statusText", "httpVersion", "redirectURL", "comment"), _TEXT),
        **dict.fromkeys(("status", "headersSize", "bodySize"), _WHOLE),
    },
    "content": {
        **dict.fromkeys(("mimeType", "text", "encoding", "comment"), _TEXT),
        **dict.fromkeys(("size", "compression"), _WHOLE),
    },
    "postData": dict.fromkeys(("mimeType", "text", "comment"), _TEXT),
    "timings": {
        **dict.fromkeys(("blocked", "dns", "connect", "ssl", "send", "wait", "receive"), _NUMBER),
        "comment": _TEXT,
    },
    "cache": {"comment": _TEXT},
    "beforeRequest": {
        **dict.fromkeys(("expires", "lastAccess"), _DATE),
        **dict.fromkeys(("eTag", "comment"), _TEXT),
        "hitCount": _WHOLE,
    },
    "pair": {
        **dict.fromkeys(("path", "domain", "fileName", "contentType", "comment"), _TEXT),
        **dict.fromkeys(("httpOnly", "secure"), _FLAG),
    },
}
_DEMANDED: Final[Mapping[str, Json]] = {
    "creator": {"name": "", "version": ""},
    "browser": {"name": "", "version": ""},
    "page": {"id": "", "title": "", "startedDateTime": NO_TIME},
    "entry": {"startedDateTime": NO_TIME, "time": 0},
    "request": {"method": "", "url": "", "httpVersion": "", "headersSize": -1, "bodySize": -1},
    "response": {
        **dict.fromkeys(("statusText", "httpVersion", "redirectURL"), ""),
        **{"status": 0, "headersSize": -1, "bodySize": -1},
    },
    "content": {"size": -1, "mimeType": ""},
    "postData": {"mimeType": "", "text": ""},
    "timings": {"send": -1, "wait": -1, "receive": -1},
    "beforeRequest": {"lastAccess": NO_TIME, "eTag": "", "hitCount": 0},
}
_LISTS: Final = {"request": ("cookies", "headers", "queryString"), "response": ("cookies", "headers")}


def completed(entry: Json) -> Json:
    """The entry with all that the format demands; what is there and fits is not touched."""
    request, response = _part("request", entry), _part("response", entry)
    request["url"] = with_marks(str(request["url"]))
    response["content"] = _part("content", response)
    if "postData" in request:
        request["postData"] = _posted(request)
    return _typed("entry", entry) | {
        "request": request,
        "response": response,
        "cache": _cache(entry),
        "timings": _part("timings", entry),
    }


def completed_page(page: Json) -> Json:
    """The same for an element of log.pages."""
    return _typed("page", page) | {"pageTimings": _part("pageTimings", page)}


def completed_program(name: str, log: Json) -> Json:
    """The same for log.creator and log.browser."""
    return _part(name, log)


def conforming(entry: Json) -> Json:
    """An entry whose texts were changed: marks stand in its URL as RFC 3986 section 2.5 has it, and in no address."""
    request, address = entry.get("request"), entry.get("serverIPAddress")
    if isinstance(request, dict):
        request["url"] = as_uri(request["url"])
    if address is None or _is_address(str(address)):
        return entry
    rest = {name: value for name, value in entry.items() if name != "serverIPAddress"}
    return rest | {MASKED_ADDRESS: address} if address else rest


@lru_cache(maxsize=1024)
def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _typed(name: str, found: Json) -> Json:
    demanded = _DEMANDED.get(name, {})
    part = demanded | found
    for member, (usual, as_told) in _TYPES[name].items():
        value = found.get(member, _ABSENT)
        if type(value) is usual or value is _ABSENT:
            continue
        told = as_told(value)
        part[member] = demanded.get(member) if told is None else told
        if part[member] is None:
            del part[member]
    return part


def _part(name: str, parent: Json) -> Json:
    found = parent.get(name)
    part = _typed(name, found if isinstance(found, dict) else {})
    for pairs in _LISTS.get(name, ()):
        part[pairs] = _pairs(part.get(pairs))
    return part


def _posted(request: Json) -> Json:
    post = _part("postData", request)
    if "params" in post:
        post["params"] = _pairs(post["params"])
    return post


def _cache(entry: Json) -> Json:
    cache = _part("cache", entry)
    for name in ("beforeRequest", "afterRequest"):
        state = cache.pop(name, None)
        if isinstance(state, dict):
            cache[name] = _typed("beforeRequest", state)
    return cache


def _pairs(found: object) -> list[object]:
    if isinstance(found, dict):  # some exporters write an object where the format has a list
        return [{"name": name, "value": _value(value)} for name, value in found.items()]
    if not isinstance(found, list):
        return []
    return [_pair(one) for one in found if isinstance(one, dict)]


def _pair(pair: Json) -> Json:
    is_told = isinstance(pair.get("name"), str) and isinstance(pair.get("value"), str)
    if is_told and len(pair) == len(("name", "value")):
        return pair
    typed = _typed("pair", pair)
    if "expires" in typed:
        _move_date(typed)
    return typed if is_told else typed | {"name": _value(pair.get("name")), "value": _value(pair.get("value"))}


def _move_date(cookie: Json) -> None:
    """A cookie that expires at a date of ISO 8601, or at what it says elsewhere."""
    expires = cookie.pop("expires")
    if date := iso_date(expires):
        cookie["expires"] = date
    elif isinstance(expires, str) and expires:
        cookie[OTHER_EXPIRY] = expires


def _value(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(map(_value, value))
    return "" if value is None else str(value)
