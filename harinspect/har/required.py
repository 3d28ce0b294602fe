"""The members that HAR 1.2 demands, put in where an exporter left them out, with values that say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harinspect.har.values import moment, number, whole

Json = dict[str, object]

NO_TIME: Final = "1970-01-01T00:00:00.000Z"  # readers take a year before the Web as no time at all
_TEXTS: Final = {
    "request": ("method", "url", "httpVersion"),
    "response": ("statusText", "httpVersion", "redirectURL"),
    "content": ("mimeType",),
    "postData": ("mimeType",),
}
_LISTS: Final = {"request": ("cookies", "headers", "queryString"), "response": ("cookies", "headers")}
_NUMBERS: Final[Mapping[str, Mapping[str, int]]] = {
    "request": {"headersSize": -1, "bodySize": -1},
    "response": {"status": 0, "headersSize": -1, "bodySize": -1},
    "content": {"size": -1},
    "timings": {"send": -1, "wait": -1, "receive": -1},
}


def completed(entry: Json) -> Json:
    """The entry with all that the format demands; what is there and fits is not touched."""
    request, response = _part("request", entry), _part("response", entry)
    response["content"] = _part("content", response)
    if "postData" in request:
        request["postData"] = _part("postData", request)
    cache = entry.get("cache")
    started, time = entry.get("startedDateTime"), entry.get("time")
    return entry | {
        "startedDateTime": started if isinstance(started, str) and moment(started) else NO_TIME,
        "time": time if _is_number(time) and number(time) >= 0 else 0,  # type: ignore[arg-type]
        "request": request,
        "response": response,
        "cache": cache if isinstance(cache, dict) else {},
        "timings": _part("timings", entry),
    }


def completed_page(page: Json) -> Json:
    """The same for an element of log.pages."""
    started, timings = page.get("startedDateTime"), page.get("pageTimings")
    texts = {name: page[name] if isinstance(page.get(name), str) else "" for name in ("id", "title")}
    is_dated = isinstance(started, str) and moment(started)
    return (
        page
        | texts
        | {
            "startedDateTime": started if is_dated else NO_TIME,
            "pageTimings": timings if isinstance(timings, dict) else {},
        }
    )


def _part(name: str, parent: Json) -> Json:
    found = parent.get(name)
    part: Json = dict(found) if isinstance(found, dict) else {}
    for text in _TEXTS.get(name, ()):
        if not isinstance(part.get(text), str):
            part[text] = ""
    for pairs in _LISTS.get(name, ()):
        part[pairs] = _pairs(part.get(pairs))
    for measure, otherwise in _NUMBERS.get(name, {}).items():
        if not _is_number(part.get(measure)):
            part[measure] = _as_number(part.get(measure), otherwise)
    return part


def _pairs(found: object) -> list[object]:
    if isinstance(found, dict):  # some exporters write an object where the format has a list
        return [{"name": name, "value": value} for name, value in found.items()]
    if not isinstance(found, list):
        return []
    return [_pair(one) for one in found if isinstance(one, dict)]


def _pair(pair: Json) -> Json:
    if isinstance(pair.get("name"), str) and isinstance(pair.get("value"), str):
        return pair
    return pair | {"name": _text(pair.get("name")), "value": _text(pair.get("value"))}


def _text(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(map(_text, value))
    return "" if value is None else str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _as_number(value: object, otherwise: int) -> int:
    return whole(value, otherwise) if isinstance(value, str) else otherwise
