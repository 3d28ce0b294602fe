"""One entry at a time: for entries that the fast parser refuses, and for files that are cut or damaged."""

from __future__ import annotations

import math
from typing import Final, TypeVar

import msgspec
from msgspec.json import Decoder

from harinspect.har.schema import CookieJson, EntryJson, PairJson, cookies_decoder, entry_decoder, pairs_decoder
from harinspect.har.structure import Bytes

T = TypeVar("T")

REFUSED: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_PAIRS = frozenset({"headers", "params", "cookies"})
_NUMBERS = frozenset({"time", "wait", "size", "status", "bodySize", "headersSize"})
_FLAGS = frozenset({"_fromCache", "_fetchedViaServiceWorker"})
_ANYTHING = frozenset({"_error", "stack", "_webSocketMessages"})
_OBJECTS = {
    "request": ("method", "url", "httpVersion", "headers", "cookies", "headersSize", "postData"),
    "postData": ("mimeType", "text", "params", "encoding"),
    "response": (
        *("status", "statusText", "httpVersion", "headers", "cookies", "content", "redirectURL", "headersSize"),
        *("bodySize", "_error", "_failureText", "_fetchedViaServiceWorker"),
    ),
    "content": ("size", "mimeType", "text", "encoding"),
    "timings": ("wait",),
    "_initiator": ("type", "url", "stack"),
}
_ENTRY = (
    *("startedDateTime", "time", "pageref", "request", "response", "timings", "serverIPAddress", "connection"),
    *("_serverIPAddress", "_error", "_resourceType", "_initiator", "_fromCache", "_fulfilledBy", "_fetchType"),
    *("_fetchedViaServiceWorker", "_securityState", "_webSocketMessages"),
)


def loose_json(data: Bytes) -> tuple[object, str]:
    """The value at the start of `data`, read as leniently as can be, and the text behind it.

    Raises ValueError or RecursionError.
    """
    import json  # sound files, the usual case, need not wait for this import

    text = data.decode("utf-8", "replace").lstrip()
    value, end = json.JSONDecoder(strict=False).raw_decode(text)
    return value, text[end:]


def decode_entry(data: Bytes) -> EntryJson | None:
    """The entry that is all of `data`, mended where exporters differ; None where it is no JSON object."""
    try:
        return entry_decoder.decode(data)
    except REFUSED:
        return _mended(data)


def _mended(data: Bytes) -> EntryJson | None:
    try:
        loose, rest = loose_json(data)
        if rest.strip() or not isinstance(loose, dict):
            return None
        return entry_decoder.decode(msgspec.json.encode(_pick(loose, _ENTRY)))
    except (ValueError, RecursionError):
        return None


def loose_pairs(raw: msgspec.Raw) -> list[PairJson]:
    """Parameters and their like, however they are written; those that are none are left out."""
    return _loose_list(raw, pairs_decoder, whole=False)


def loose_cookies(raw: msgspec.Raw) -> list[CookieJson]:
    """The cookies of a list or object of them; those that are none are left out."""
    return _loose_list(raw, cookies_decoder, whole=True)


def _loose_list(raw: msgspec.Raw, decoder: Decoder[list[T]], *, whole: bool) -> list[T]:
    data = bytes(raw)
    try:
        return decoder.decode(data)
    except REFUSED:
        pass
    try:
        return decoder.decode(msgspec.json.encode(_pairs(loose_json(data)[0], whole=whole)))
    except (ValueError, RecursionError):
        return []


def _pick(loose: dict[object, object], names: tuple[str, ...]) -> dict[str, object]:
    return {name: _settle(name, loose[name]) for name in names if name in loose}


def _settle(name: str, value: object) -> object:
    if name in _OBJECTS:
        return _pick(value, _OBJECTS[name]) if isinstance(value, dict) else _lone(name, value)
    if name in _PAIRS:
        return _pairs(value, whole=name == "cookies")
    if name in _NUMBERS:
        return _number(value)
    if name in _FLAGS and isinstance(value, bool):
        return value
    return clean(value) if name in _ANYTHING else _text(value)


def _lone(name: str, value: object) -> object:
    """An initiator may be a bare URL; any other object that is none counts as missing."""
    return clean_text(value) if name == "_initiator" and isinstance(value, str) else None


def _pairs(value: object, *, whole: bool) -> list[dict[str, object]]:
    """Headers and their like as a list of objects, whether written as a list or as an object."""
    if isinstance(value, dict):
        value = [{"name": name, "value": one} for name, one in value.items()]
    if not isinstance(value, list):
        return []
    pairs: list[dict[str, object]] = []
    for pair in value:
        if isinstance(pair, dict):
            rest = {key: _text(one) for key, one in pair.items() if isinstance(key, str)} if whole else {}
            name = _text(pair.get("name")) or ""
            pairs.extend({**rest, "name": name, "value": one} for one in _values(pair.get("value")))
    return pairs


def _values(value: object) -> list[str]:
    return [_text(one) or "" for one in (value if isinstance(value, list) else [value])]


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, (int, float, str)) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else clean_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return msgspec.json.encode(clean(value)).decode()


def clean(value: object) -> object:
    """The same data without lone surrogates and without numbers that JSON does not know."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean(one) for one in value]
    if isinstance(value, dict):
        return {clean_text(str(key)): clean(one) for key, one in value.items()}
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(value)
    return value


def clean_text(text: str) -> str:
    """The text with lone surrogates replaced by U+FFFD, so that it can be encoded."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
