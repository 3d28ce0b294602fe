"""An answer as the patterns see it: text with its spaces settled, JSON with its words, and what a person would read.

Every step is linear in the length of a body that may be hostile, and looks at the first 64 KiB only.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final, NamedTuple

from harinspect.har.model import Exchange
from harinspect.wire.regexes import regex

LIMIT: Final = 65_536
READABLE: Final = 4_000  # characters of readable text: an error page says why near its top
SHORT: Final = 7  # words: what is no longer than that is taken for a label, not for prose
DEPTH: Final = 6

TAG = regex(r"<[^<>]*>")
HIDDEN = re.compile(r"<(?:(script|style|template|noscript|svg)\b|(!--))", re.IGNORECASE)
WORD = regex(r"[A-Z]+(?![a-z])[a-z0-9]*|[A-Z]?[a-z0-9]+")  # in camel case, too: HTTPError is HTTP and Error
COMMENT_END: Final = "-->"
TELLING = re.compile(r"error|reason|denied|deny|message|blocked|www-authenticate")
SPOKEN: Final = frozenset(  # names of JSON members that hold a reason or a code for it
    """
    cause code denied-reason deny-reason description detail details developer-message err error error-code
    error-description error-key error-message error-messages error-msg error-reason error-subcode error-summary
    error-type errorcode
    errormessage errormessages errors errortype exception fault faultcode faultstring hint id info key localized-message
    message message-key messages msg name non-field-errors reason reason-code result-code result-message slug status
    status-text statustext sub-code subcode summary text title type user-message why
    """.split()
)
STANDARD: Final = frozenset(
    {
        "forbidden",
        "unauthorized",
        "ok",
        "too many requests",
        "proxy authentication required",
        "",
    }
)


class Clue(NamedTuple):
    """A place in the exchange: which part, the name there, and the value."""

    part: str
    name: str
    value: str


class Said(NamedTuple):
    """A text that the server wrote, and where. `plain`: not from a page with markup, where it may stand by chance."""

    text: str
    clue: Clue
    plain: bool = True


class Reading:
    """A lazy view of one exchange's answer."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    @cached_property
    def raw(self) -> str:
        return (self.exchange.response.body or "")[:LIMIT]

    @cached_property
    def text(self) -> str:
        """The body with character references resolved and every run of white space one space."""
        raw = html.unescape(self.raw) if "&" in self.raw else self.raw
        return " ".join(raw.split())

    @cached_property
    def lowered(self) -> str:
        return self.text.lower()

    @cached_property
    def haystack(self) -> str:
        """All text of the answer in lower case: the body, and what headers and the status line say."""
        return "\n".join((self.lowered, *(said.text.lower() for said in self.in_headers)))

    @property
    def is_markup(self) -> bool:
        return self.raw.lstrip()[:1] == "<"

    @cached_property
    def json(self) -> object:
        """The parsed body, None where it is no JSON."""
        raw = self.raw.removeprefix("\ufeff").removeprefix(")]}'").lstrip(", \t\r\n")
        if raw[:1] not in ("{", "[", '"'):
            return None
        try:
            parsed: object = json.loads(raw)
        except (ValueError, RecursionError):
            return None
        return parsed

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """All texts of this answer in which a server states a reason."""
        return (*self.in_headers, *self._in_body())

    @cached_property
    def prose(self) -> tuple[tuple[str, Said], ...]:
        """The same, each with its text in lower case."""
        return tuple((said.text.lower(), said) for said in self.said)

    @cached_property
    def labels(self) -> tuple[tuple[frozenset[str], Said], ...]:
        """The short ones of those that are plain, as sets of words."""
        plain = self.in_headers if self.is_markup else self.said
        rows = ((words(said.text), said) for said in plain if len(said.text) <= 100)
        return tuple((found, said) for found, said in rows if 0 < len(found) <= SHORT)

    @cached_property
    def keys(self) -> dict[str, str]:
        """Names of JSON members, words joined by "-", with the name as it was written."""
        return {kebab(path[-1]): ".".join(path) for path, _ in members(self.json) if path}

    @cached_property
    def in_headers(self) -> tuple[Said, ...]:
        """What the status line and headers say."""
        return tuple(self._in_headers())

    def _in_headers(self) -> Iterator[Said]:
        response = self.exchange.response
        if response.status_text.lower() not in STANDARD:
            yield Said(response.status_text, Clue("response.status", "", response.status_text))
        for name, value in response.headers:
            if TELLING.search(name.lower()):
                yield Said(value[:500], Clue("response.header", name, value[:500]))

    def _in_body(self) -> Iterator[Said]:
        if self.json is not None:
            yield from self._in_json()
        elif self.is_markup:
            text = " ".join(html.unescape(visible(self.raw)).split())[:READABLE]
            yield Said(text, Clue("response.body", "", text), plain=False)
        elif self.text and len(self.text) <= READABLE:
            yield Said(self.text, Clue("response.body", "", self.text))

    def _in_json(self) -> Iterator[Said]:
        for path, value in members(self.json):
            text = " ".join(value.split())[:500]
            if text and (not path or kebab(path[-1]) in SPOKEN):
                yield Said(text, Clue("response.body", ".".join(path), text))


def members(value: object, path: tuple[str, ...] = (), depth: int = DEPTH) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every member below `value`, `depth` levels down: the names on the way (lists add none) and a scalar as text."""
    if isinstance(value, dict | list) or value is None:
        yield path, ""
    if isinstance(value, dict) and depth:
        for name, inner in value.items():
            yield from members(inner, (*path, str(name)), depth - 1)
    elif isinstance(value, list) and depth:
        for inner in value[:20]:
            yield from members(inner, path, depth - 1)
    elif isinstance(value, dict | list) or value is None:
        return
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)


def words(text: str) -> frozenset[str]:
    """The words of a code or a short text: TokenExpired, token_expired and "token expired" are alike."""
    return frozenset(map(str.lower, WORD.findall(text)))


def kebab(name: str) -> str:
    """A member's name in one spelling: requiredRole and required_role are required-role."""
    return "-".join(WORD.findall(name)).lower()


def visible(markup: str) -> str:
    """The text of a page without scripts, styles, comments and tags."""
    parts, at, lowered = [], 0, markup.lower()
    while opening := HIDDEN.search(markup, at):
        parts.append(markup[at : opening.start()])
        name = opening[1]
        closing = f"</{name.lower()}" if name else COMMENT_END
        end = lowered.find(closing, opening.end())
        if end < 0:
            break
        at = end if name else end + len(closing)
    else:
        parts.append(markup[at:])
    return TAG.sub(" ", "".join(parts))
