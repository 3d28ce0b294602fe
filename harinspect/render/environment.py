"""The one Jinja environment: autoescaping, undefined names are errors, and few reviewed filters."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import datetime
from functools import cache
from hashlib import sha256

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from harinspect import __version__
from harinspect.render import shipped_folder, words
from harinspect.render.addresses import address

STYLES = ("app.css", "report.css")
_CODE = re.compile(r"`([^`\n]+)`")
# Controls but tab and line ends, line and paragraph separators, the byte order mark, and what turns text around
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u2028-\u202e\u200e\u200f\u2066-\u2069\ufeff\ud800-\udfff]"
)


def prose(text: str) -> Markup:
    """Text with `code` in backticks, as safe HTML: every part is escaped, only <code> and <p> are added."""
    paragraphs = [_line(part) for part in text.split("\n\n") if part.strip()]
    if len(paragraphs) == 1:
        return paragraphs[0]
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in paragraphs)


def _line(text: str) -> Markup:
    parts = _CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def plain(text: str) -> str:
    """The same text without its backticks, for attributes."""
    return _CODE.sub(r"\1", text)


def visible(value: object) -> object:
    """What a template puts out, with the replacement character for each that steers the page without being seen.

    So a value cannot turn the text after it around (UAX 9), hide a part of itself, or be no HTML at all.
    """
    if not isinstance(value, str) or value.isprintable():
        return value
    shown = _UNSEEN.sub("\ufffd", value)
    return Markup(shown) if isinstance(value, Markup) else shown  # noqa: S704 - was markup before, and has only lost


def clock(stamp: str | None) -> str:
    """The time of day of an ISO 8601 stamp, as recorded; "" where there is none."""
    try:
        return datetime.fromisoformat(stamp).strftime("%H:%M:%S") if stamp else ""
    except ValueError:
        return stamp or ""


def day(stamp: str | None) -> str:
    """Date and time of an ISO 8601 stamp for a person, with its zone where it has one."""
    try:
        told = datetime.fromisoformat(stamp).strftime("%-d %b %Y, %H:%M") if stamp else "an unknown time"
    except ValueError:
        return stamp or ""
    return f"{told} {zone(stamp)}".rstrip()


def zone(stamp: str | None) -> str:
    """The zone of an ISO 8601 stamp, such as "UTC" or "UTC+02:00"; "" where it names none."""
    try:
        return datetime.fromisoformat(stamp).strftime("%Z") if stamp else ""
    except ValueError:
        return ""


def asset_text(name: str) -> str:
    return (shipped_folder("templates") / "assets" / name).read_text(encoding="utf-8")


@cache
def asset(name: str) -> str:
    """The address of an asset, with a mark of its content so that it may be cached for good."""
    content = (shipped_folder("templates") / "assets" / name).read_bytes()
    return f"/assets/{name}?v={sha256(content).hexdigest()[:12]}"


@cache
def stylesheet() -> Markup:
    """Our own style sheet for a stand-alone file. It is ours, so it needs no escaping."""
    return Markup("\n".join(asset_text(name) for name in STYLES))  # noqa: S704 - files of this package, never input


@cache
def stylesheet_hash() -> str:
    """The Content-Security-Policy source of that style sheet (CSP3 section 2.3.1)."""
    return "sha256-" + b64encode(sha256(stylesheet().encode()).digest()).decode()


@cache
def environment() -> Environment:
    """Made once; templates are compiled at their first use."""
    made = Environment(
        loader=FileSystemLoader(shipped_folder("templates")),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        prose=prose,
        plain=plain,
        address=address,
        clock=clock,
        day=day,
        zone=zone,
        size=words.size,
        ms=words.milliseconds,
    )
    made.globals.update(
        words=words,
        asset=asset,
        stylesheet=stylesheet,
        stylesheet_hash=stylesheet_hash,
        version=__version__,
        signed_in=bool,  # nobody has to where nothing is served; the web says it for its visitors
    )
    return made
