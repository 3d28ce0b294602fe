"""The JSON around log.entries: creator, browser and pages."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import msgspec

from harinspect.har.model import Page
from harinspect.har.values import milliseconds, moment

_LOG = re.compile(rb'"log"\s*:\s*\{')
_WRAPPER_END = re.compile(r"[\s);0-9]*\Z", re.ASCII)
MAX_PAGES = 10_000

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What log says besides its entries. `is_whole`: it could be read to its end."""

    creator: str = ""
    version: str = ""
    browser: str = ""
    pages: tuple[Page, ...] = ()
    is_whole: bool = True
    has_trailing: bool = False


def has_log(head: bytes) -> bool:
    """Whether there is a log object at all."""
    return _LOG.search(head) is not None


def read_envelope(head: bytes, tail: bytes) -> Envelope:
    """Read what stands before (up to the `[`) and after (from behind the `]`) the entries."""
    document = head[head.find(b"{") :] + b"]"
    log, rest = _log(document + tail)
    is_whole = log is not None
    if log is None:
        log = _log(document + b"}}")[0] or {}
    creator = _object(log.get("creator"))
    return Envelope(
        _text(creator.get("name")),
        _text(creator.get("version")),
        _program(log.get("browser")),
        _pages(log.get("pages")),
        is_whole,
        _WRAPPER_END.match(rest) is None,
    )


def _log(document: bytes) -> tuple[Json | None, str]:
    """The log object and the text behind the document."""
    try:
        loose: object = msgspec.json.decode(document)
        rest = ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        try:
            loose, end = json.JSONDecoder(strict=False).raw_decode(text := document.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return None, ""
        rest = text[end:]
    log = _object(loose).get("log")
    return (_object(log), rest)


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
