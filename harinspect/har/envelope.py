"""The JSON around log.entries: creator, browser and pages."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from harinspect.har.model import Page
from harinspect.har.salvage import REFUSED, clean, loose_json
from harinspect.har.values import milliseconds, moment

_LOG = rb'"log"\s*:\s*\{'
_WRAPPER_END = " \t\r\n);0123456789"  # what closes a JSONP call, and PhantomJS' own 1 behind it
MAX_PAGES = 10_000

Json = dict[str, object]


class Envelope(Struct, frozen=True):
    """What log says besides its entries. `is_whole`: it could be read to its end."""

    creator: str = ""
    version: str = ""
    browser: str = ""
    pages: tuple[Page, ...] = ()
    is_whole: bool = True
    has_trailing: bool = False


def has_log(head: bytes) -> bool:
    """Whether there is a log object at all."""
    return re.search(_LOG, head) is not None


def read_envelope(head: bytes, tail: bytes) -> Envelope:
    """Read what stands before (up to the `[`) and after (from behind the `]`) the entries."""
    log, rest = _whole_log(head, tail)
    is_whole = log is not None
    log = read_log(head, tail) if log is None else log
    creator = _object(log.get("creator"))
    return Envelope(
        _text(creator.get("name")),
        _text(creator.get("version")),
        _program(log.get("browser")),
        _pages(log.get("pages")),
        is_whole,
        bool(rest.strip(_WRAPPER_END)),
    )


def read_log(head: bytes, tail: bytes) -> Json:
    """The members of log around its entries, which are empty here; those before them where the end is damaged."""
    return _whole_log(head, tail)[0] or _log(head[head.find(b"{") :] + b"]}}")[0] or {}


def _whole_log(head: bytes, tail: bytes) -> tuple[Json | None, str]:
    return _log(head[head.find(b"{") :] + b"]" + tail)


def _log(document: bytes) -> tuple[Json | None, str]:
    """The log object and the text behind the document."""
    try:
        return _object(_object(msgspec.json.decode(document)).get("log")), ""
    except REFUSED:
        pass
    try:
        loose, rest = loose_json(document)
    except (ValueError, RecursionError):
        return None, ""
    return _object(_object(clean(loose)).get("log")), rest


def _object(value: object) -> Json:
    return {key: one for key, one in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return str(value) if isinstance(value, (int, float)) else ""


def _program(value: object) -> str:
    program = _object(value)
    return " ".join(part for part in (_text(program.get("name")), _text(program.get("version"))) if part)


def _pages(value: object) -> tuple[Page, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(_page(_object(one)) for one in value[:MAX_PAGES] if isinstance(one, dict))


def _page(page: Json) -> Page:
    timings = _object(page.get("pageTimings"))
    return Page(
        _text(page.get("id")),
        _text(page.get("title")),
        moment(_text(page.get("startedDateTime"))),
        _duration(timings.get("onContentLoad")),
        _duration(timings.get("onLoad")),
    )


def _duration(value: object) -> float:
    return milliseconds(value) if isinstance(value, (int, float, str)) else -1.0
