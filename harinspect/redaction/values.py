"""Secrets become marks. One `Redactor` serves one report: equality shows within it, never across reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final
from urllib.parse import unquote

from harinspect.redaction import addresses, bodies, credentials, names, shapes
from harinspect.redaction.known import Known
from harinspect.redaction.marks import CLOSE, MARK, OPEN, Marker
from harinspect.wire.regexes import regex

_KNOWN_AT_MOST: Final = 500
_CACHED_AT_MOST: Final = 20_000
_MARKS_AT_MOST: Final = 2_000
_CACHED_CHARACTERS: Final = 1_000_000
_LONGEST_KNOWN: Final = 4096
_STAND_IN: Final = regex(f"{OPEN}~(\\d{{1,6}}){CLOSE}")
_BARE_MARK: Final = re.sub(r"\?P<\w+>", "?:", MARK.pattern)
_ONLY_MARKS: Final = regex(rf"[\W_]*(?:{_BARE_MARK}[\W_]*)+")
_ANY_TEXT: Final = frozenset({"cookie", "state", "user", "data"})  # kinds that also hold hosts, paths, times
_DEEPEST: Final = 4
_ANYWHERE: Final = 12  # shorter secrets are hidden elsewhere only as whole words


class Redactor:
    """Masks values; its own marks pass unchanged, so that redacting twice is redacting once.

    A secret is hidden wherever it occurs from the moment it was seen: show it the credentials of all exchanges
    first (`learn`), then ask it for what the report shows.
    """

    def __init__(self, marker: Marker | None = None) -> None:
        self._marker = marker or Marker()
        self._known = Known()
        self._cache: dict[tuple[str, str], tuple[int, str]] = {}  # and how many of the secrets were looked for in it
        self._room = _CACHED_CHARACTERS
        self._marks: dict[tuple[str, str], str] = {}  # of each kind and value, as cookies are sent over and over
        self._secret_names: dict[str, str] = {}  # of headers, and how they are called in the cache, "" for others
        self._stash: list[str] = []
        self._depth = 0  # of addresses within texts within addresses
        self._headers: dict[str, Callable[[str], str]] = {
            "cookie": self._cookie,
            "cookie2": self._cookie,
            "set-cookie": self._set_cookie,
            "set-cookie2": self._set_cookie,
            "authorization": self._authorization,
            "authentication": self._authorization,
            "proxy-authorization": self._authorization,
            "x-amz-authorization": self._authorization,
        }

    _hides = staticmethod(bodies.hides)
    _hides_in_address = staticmethod(addresses.is_hidden)

    def learn(self, headers: Iterable[tuple[str, str]]) -> None:
        """See the secrets of these header fields, to know them wherever else they occur."""
        for name, value in headers:
            kept_for = self._secret_names.get(name)
            if kept_for is None:
                lower = name.lower()
                secret = lower in self._headers or names.is_secret_header(lower)
                kept_for = self._secret_names[name] = f"header {lower}" if secret else ""
            if not kept_for:
                continue
            make = partial(self._header, kept_for.removeprefix("header "))
            # cookies come in ever new company: each is learnt by itself
            for part in value.split("; ") if kept_for == "header cookie" else (value,):
                if (kept_for, part) not in self._cache:  # other secrets are looked for in it when it is shown
                    self._keep(kept_for, part, self._made(part, make), 0)

    def header(self, name: str, value: str) -> str:
        """The value of a header field with its secrets masked; structure, attributes and broken values stay."""
        lower = name.lower()
        return self._cached(f"header {lower}", value, lambda text: self._header(lower, text))

    def url(self, text: str) -> str:
        """An absolute or relative URL with its secrets masked and its fragment dropped."""
        return self._cached("url", text, self._url)

    def parameter(self, name: str, value: str) -> str:
        """The value of a parameter, out of its address or form and decoded or not, as it would be masked in there."""
        return self._cached(f"parameter {name}", value, lambda text: self._parameter(name, text))

    def text(self, body: str) -> str:
        """Any text with its secrets masked: a body, a status text, a value."""
        return self._cached("text", body, self._text)

    def value(self, kind: str, value: str) -> str:
        """One mark for the whole value, "" for "". `kind`: lower-case letters and hyphens, at most 16."""
        return value if not value or _is_mark(value) else self._marked(kind, value)

    def _cached(self, kind: str, value: str, make: Callable[[str], str]) -> str:
        known, found = self._cache.get((kind, value), (-1, ""))
        if known < 0:
            found = self._made(value, make)
        if known != len(self._known):
            found = self._without_known(found, max(known, 0))
            self._keep(kind, value, found, len(self._known))
        return found

    def _keep(self, kind: str, value: str, found: str, known: int) -> None:
        """`known`: so many of the known secrets are not in what was found."""
        self._room -= len(value) + len(found)
        if len(self._cache) >= _CACHED_AT_MOST or self._room < 0:
            self._cache.clear()
            self._room = _CACHED_CHARACTERS
        self._cache[kind, value] = self._cache[kind, found] = (known, found)

    def _made(self, value: str, make: Callable[[str], str]) -> str:
        self._stash.clear()
        free = MARK.sub(lambda m: self._stashed(m[0]), value) if OPEN in value else value
        return self._restored(make(free))

    def _stashed(self, mark: str) -> str:
        """A stand-in for a finished mark, which no pattern can take apart."""
        self._stash.append(mark)
        return f"{OPEN}~{len(self._stash) - 1}{CLOSE}"

    def _restored(self, text: str, space: str = " ") -> str:
        if OPEN not in text:
            return text
        marks = self._stash if space == " " else [mark.replace(" ", space) for mark in self._stash]
        pieces = _STAND_IN.split(text)  # every other one is the number of a mark
        known = len(marks)
        pieces[1::2] = [
            marks[place] if (place := int(number)) < known else f"{OPEN}~{number}{CLOSE}" for number in pieces[1::2]
        ]
        return "".join(pieces)

    def _header(self, lower: str, value: str) -> str:
        special = self._headers.get(lower)
        if special:
            return special(value)
        if names.is_client_address_header(lower):
            return self._mask("ip", value)
        if names.is_secret_header(lower):
            return self._secret_header(lower, value)
        if names.is_url_header(lower):
            return self._url(value)
        return bodies.masked(value, self._mask, self._url, identifiers=names.is_id_header(lower), hides=self._hides)

    def _cookie(self, value: str) -> str:
        return credentials.cookie(value, self._mask)

    def _set_cookie(self, value: str) -> str:
        return credentials.set_cookie(value, self._mask, self._text)

    def _authorization(self, value: str) -> str:
        return credentials.authorization(value, self._mask)

    def _secret_header(self, lower: str, value: str) -> str:
        if " " in value.strip() and not _is_mark(value):
            return credentials.authorization(value, self._mask)
        return self._mask(names.kind(lower), value)

    def _url(self, text: str) -> str:
        if self._depth >= _DEEPEST:
            return self._mask("url", text)
        self._depth += 1
        shown = addresses.masked(text, self._mask, self._text, self._hides_in_address)
        self._depth -= 1
        return shown if OPEN not in shown else self._stashed(self._restored(shown, "%20"))

    def _parameter(self, name: str, value: str) -> str:
        return addresses.parameter(name, value, self._mask, self._text, self._hides_in_address)

    def _text(self, text: str) -> str:
        return bodies.masked(text, self._mask, self._url, hides=self._hides)

    def _mask(self, kind: str, value: str) -> str:
        whole = self._restored(value)
        if shapes.is_broken(whole) or (OPEN in whole and _ONLY_MARKS.fullmatch(whole)):
            return value
        return self._stashed(self._marked(kind, whole))

    def _marked(self, kind: str, value: str) -> str:
        found = self._marks.get((kind, value))
        if found is None:
            if len(self._marks) >= _MARKS_AT_MOST:
                self._marks.clear()
            found = self._marks[kind, value] = self._newly_marked(kind, value)
        return found

    def _newly_marked(self, kind: str, value: str) -> str:
        plain = unquote(value).strip("\"'")
        is_jwt = shapes.JWT.fullmatch(plain) is not None
        mark = self._marker.mark("jwt" if is_jwt else kind, value, shapes.jwt_fields(plain) if is_jwt else ())
        for form in dict.fromkeys((value, plain, plain.replace("/", "\\/"))):
            self._remember(kind, form, mark)
        return mark

    def _remember(self, kind: str, secret: str, mark: str) -> None:
        room = len(self._known) < _KNOWN_AT_MOST and len(secret) <= _LONGEST_KNOWN
        sentence = kind != "password" and len(secret.split()) > 1
        if room and not sentence and kind != "random" and shapes.is_telling(secret, place=kind in _ANY_TEXT):
            self._known.add(secret, mark)

    def _without_known(self, text: str, checked: int) -> str:
        """The text without any secret that was seen before, outside of marks. The first `checked` are not in it."""
        if not self._known.within(text, checked):
            return text
        longest_first = sorted(self._known.within(text), key=len, reverse=True)
        pattern = re.compile(f"{_BARE_MARK}|" + "|".join(map(_pattern, longest_first)))
        marks, before = self._known.marks, ""
        while before != text:  # a mark may set the next secret free as a word of its own
            before, text = text, pattern.sub(lambda m: marks.get(m[0], m[0]), text)
        return text


def _is_mark(value: str) -> bool:
    return value.startswith(OPEN) and MARK.fullmatch(value) is not None


def _pattern(secret: str) -> str:
    bare = re.escape(secret)
    return bare if len(secret) >= _ANYWHERE else rf"(?<![A-Za-z0-9]){bare}(?![A-Za-z0-9])"
