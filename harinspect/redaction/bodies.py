"""Free text, as in bodies and headers: secrets beside a telling name in JSON, forms, markup, scripts, and bare ones.

A text is searched once for all words that tell, and for the beginnings of known shapes; only what stands around them is
looked at closely. What is found are spans of the text, which are masked where they do not lie within each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import unquote

from harinspect.redaction import credentials, landmarks, names, placed, runs, shapes
from harinspect.redaction.addresses import readably
from harinspect.redaction.credentials import Mask
from harinspect.redaction.marks import CLOSE, OPEN
from harinspect.redaction.placed import LONGEST_NAME, NAME_CHARACTERS, Found
from harinspect.wire.regexes import regex

Hides = Callable[[str, str], bool]  # is the value beside this name one to mask?

_REST: Final = regex(r"[\w$.\[\]%-]{0,63}")
_SEPARATED: Final = regex(r"(?P<close>\\{0,7}[\"'`])?(?P<bracket>\]?)(?P<gap>\s{0,8})(?P<is>=>|[:=])(?P<space>\s{0,8})")
_OPENED: Final = regex(r"(?:[ubrf](?=[\"']))?(?P<slashes>\\{0,7})(?P<quote>[\"'`])")
_NUMBER: Final = regex(r"-?\d[\d.]{2,30}")
_LIST: Final = regex(r"\[\s{0,8}\"(?P<value>[^\]{}]{1,16384})(?=\"\s{0,8}\]|\Z)")
_FORM_VALUE: Final = regex(r"[^&\s\"'<>;,`\\]{1,65536}")
_LINE_VALUE: Final = regex(r"(?=[^\s\"'<>;,&]{0,200}\d)[^\s\"'<>;,&(){}]{6,4096}(?=[ \t]*(?:[\r\n]|\Z))")
_COOKIES: Final = regex(r"[^\r\n\"'<>\\]{1,16384}")
_COLON_VALUE: Final = regex(r"(?=[^\s\"'<>;,&]{0,200}\d)[^\s\"'<>;,&]{6,4096}")  # a word of prose has no digit
_OBJECT: Final = regex(
    r"\{\s{0,8}\"(?:value|val|raw|text|current|secret|plain|new|old)\"\s{0,8}:\s{0,8}\"(?P<value>(?:\\.|[^\"\\]){1,16384})",
    re.DOTALL,
)
_MARKED: Final = regex(rf"(?i:\b(?:bearer|basic|token)\s+)?{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
_HARMLESS: Final = re.compile(r"[\w.~ /;,*+()-]{0,11}|(?!A[BKS]IA|ACCA)[A-Za-z0-9]{12,23}")
_URL: Final = regex(
    r"\b(?:https?|wss?|ftp|[a-z]{2,20}(?=://[^\s\"'<>/?#]{0,200}@))://[^\s\"'<>\\`)\]}]{1,4096}"
    r"|\bdata:[\w/+.-]{3,60};base64,[A-Za-z0-9+/=%]{16,}",
    re.IGNORECASE,
)
_QUOTED: Final = {
    quote: regex(rf"(?:\\.|[^{quote}\\{newline}]){{1,16384}}", re.DOTALL)
    for quote, newline in (('"', ""), ("'", "\\n"), ("`", ""))
}
_LONGEST: Final = 65_536
_NESTED: Final = 64
_DEEPEST: Final = 3
_SHORT: Final = 256


class Span(NamedTuple):
    """A part of a text and what makes its mark."""

    start: int
    end: int
    make: Callable[[], str]


def hides(name: str, value: str) -> bool:
    """Is it a secret beside this name? Weakly telling names ("code", "key") take a value that is no word."""
    rest = _MARKED.sub("", value).strip() if OPEN in value else value.strip()
    if not rest:  # nothing, or nothing but marks
        return False
    if names.is_secret(name):
        return True
    return names.is_weakly_secret(name) and len(rest) >= 16 and " " not in rest and any(c.isdigit() for c in rest)


def hides_persons(name: str, value: str) -> bool:
    """Is it a secret, or does it tell who somebody is?"""
    if hides(name, value):
        return True
    if names.is_personal(name):
        return bool(_MARKED.sub("", value).strip())
    if names.is_weakly_secret(name):
        return shapes.OPAQUE.fullmatch(value) is not None or (value.isdigit() and len(value) >= 4)
    return names.is_name(name) and shapes.PERSON.fullmatch(value) is not None


def is_harmless(text: str) -> bool:
    """Is it too short for any shape, and has no name beside a value?"""
    return _HARMLESS.fullmatch(text) is not None


def masked(
    text: str, mask: Mask, url: Callable[[str], str], *, identifiers: bool = False, hides: Hides = hides, depth: int = 0
) -> str:
    """The text with its secrets masked. `identifiers`: it is an identifier by its name; random runs stay.

    `depth`: of texts that are encoded in texts.
    """
    if is_harmless(text):
        return text
    search = _Search(text, mask, url, hides, depth)
    shown, end = [], 0
    for span in sorted(search.spans(), key=lambda span: (span.start, -span.end)):
        if span.start >= end:
            between = text[end : span.start] if identifiers else runs.masked(text, end, span.start, mask)
            shown += [between, span.make()]
            end = span.end
    rest = text[end:] if identifiers else runs.masked(text, end, len(text), mask)
    return "".join([*shown, rest])


class _Search:
    """Goes from landmark to landmark of one text."""

    def __init__(self, text: str, mask: Mask, url: Callable[[str], str], hides: Hides, depth: int) -> None:
        self._text = text
        self._mask = mask
        self._url = url
        self._hides = hides
        self._depth = depth
        self._bare_end = 0
        self._nested = 0
        self._pem_end = -1

    def spans(self) -> Iterator[Span]:
        """What has to be masked, in the order of the text but for a few."""
        for shape, start, end in landmarks.find(self._text):
            found = self._beside(start, end) if shape is None else self._shape(shape, start, end)
            yield from found

    def _shape(self, shape: landmarks.Shape, start: int, end: int) -> Iterator[Span]:
        text, mask = self._text, self._mask
        if shape in (landmarks.Shape.EMAIL, landmarks.Shape.ENCODED):
            yield from self._email(start, end) if shape is landmarks.Shape.EMAIL else self._encoded(start)
        elif shape is landmarks.Shape.URL:
            start = start if text[start] in "dD" else self._back(start, landmarks.LETTERS)
            if address := _URL.match(text, start):
                yield Span(address.start(), address.end(), lambda: self._url(address[0]))
        elif shape is landmarks.Shape.PEM and not self._is_pem(start):
            return
        elif found := landmarks.PATTERN[shape].match(text, start):
            if shape is not landmarks.Shape.BEARER:
                yield self._span(shape.value, found)
            elif any(c.isdigit() for c in found["value"]):  # "Bearer authentication is required"
                yield Span(*found.span("value"), lambda: mask("token", found["value"]))

    def _encoded(self, start: int) -> Iterator[Span]:
        """JSON within a form, in percent-encoding."""
        value = _FORM_VALUE.match(self._text, start, self._end(start))
        if value and self._depth < _DEEPEST:
            again = partial(masked, mask=self._mask, url=self._url, hides=self._hides, depth=self._depth + 1)
            yield Span(*self._noted(value.span()), lambda: readably(value[0], again))

    def _email(self, start: int, end: int) -> Iterator[Span]:
        found = shapes.EMAIL.match(self._text, self._back(start, shapes.LOCAL_PART))
        if found and found.end() >= end:
            yield self._span("email", found)

    def _is_pem(self, start: int) -> bool:
        """Is there an end to it within reach, or the end of the text?"""
        if start > self._pem_end:
            end = self._text.find("-----END ", start)
            self._pem_end = end if end >= 0 else len(self._text)
        return self._pem_end - start <= shapes.LONGEST_PEM

    def _span(self, kind: str, found: Found) -> Span:
        return Span(found.start(), found.end(), lambda: self._mask(kind, found[0]))

    def _back(self, place: int, among: frozenset[str], most: int = LONGEST_NAME) -> int:
        text, least = self._text, max(0, place - most)
        while place > least and text[place - 1] in among:
            place -= 1
        return place

    def _beside(self, start: int, end: int) -> Iterator[Span]:
        """The value beside the name that this word is in."""
        text = self._text
        rest = _REST.match(text, end)
        end = rest.end() if rest else end
        if found := _SEPARATED.match(text, end):
            yield from self._behind(self._name(start, end, found["close"]), found)
        if "%" in text[start:end] and (inner := placed.EQUALS.search(text, start, self._end(start))):
            self._noted(inner.span())
            yield from self._told(start, inner.start(), inner)
        for told in placed.values(text, start, end):
            yield from self._told(start, end, told)
        tag, element = placed.tag_or_element(text, start, end)
        if tag:
            yield from self._tag(tag)
        elif element:
            yield from self._told(start, end, element)

    def _behind(self, name: str, found: Found) -> Iterator[Span]:
        """The value of this name behind the separator."""
        value = self._value(found) if names.is_telling(name) else None
        if value is None or not self._hides(name, self._text[value[0] : value[1]]):
            return
        if name.lower() == "cookie" and found["is"] == ":" and (cookies := _COOKIES.match(self._text, value[0])):
            value = value if found["close"] else cookies.span()
        yield self._named(name, *value)

    def _name(self, start: int, end: int, close: str | None) -> str:
        """The whole name; one in quotation marks may have spaces in it."""
        begin = self._back(start, NAME_CHARACTERS)
        if close and begin and self._text[begin - 1] != close[-1]:
            quote = self._text.rfind(close[-1], max(0, start - LONGEST_NAME), start)
            begin = quote + 1 if quote >= 0 and "\n" not in self._text[quote:start] else begin
        name = self._text[begin:end]
        return unquote(name) if "%" in name else name

    def _value(self, found: Found) -> tuple[int, int] | None:
        """Where the value is that stands behind the separator."""
        text, place = self._text, found.end()
        opened = _OPENED.match(text, place)
        if opened:
            return self._quoted(opened["slashes"], opened["quote"], opened.end())
        if found["close"]:
            value = _NUMBER.match(text, place) or _LIST.match(text, place) or _OBJECT.match(text, place)
            group = "value" if value and "value" in value.re.groupindex else 0
            return value.span(group) if value else None
        if "\n" in found["gap"] + found["space"] or len(found["gap"]) > 1 or _is_arrow(found):
            return None
        bare = _bare_value(found).match(text, place, self._end(place))
        return self._noted(bare.span()) if bare else None

    def _end(self, place: int) -> int:
        """How far a bare value may reach: values within values within values get little, however many there are."""
        nested = place < self._bare_end and self._nested > _NESTED
        return min(len(self._text), place + (_SHORT if nested else _LONGEST))

    def _noted(self, span: tuple[int, int]) -> tuple[int, int]:
        self._nested = self._nested + 1 if span[0] < self._bare_end else 0
        self._bare_end = max(self._bare_end, span[1])
        return span

    def _quoted(self, slashes: str, quote: str, place: int) -> tuple[int, int] | None:
        text = self._text
        if slashes:  # JSON within a JSON string
            end = text.find(slashes + quote, place, place + 8192)
            return (place, end if end >= 0 else min(len(text), place + 8192)) if end != place else None
        value = _QUOTED[quote].match(text, place)
        return value.span() if value else None

    def _named(self, name: str, start: int, end: int) -> Span:
        value, mask = self._text[start:end], self._mask
        if _NUMBER.fullmatch(value) and self._text[start - 1 : start] not in ('"', "'", "`", "=", ":", "\\"):
            return Span(start, end, lambda: f'"{mask(names.kind(name), value)}"')
        return Span(start, end, lambda: _shown(name, value, mask))

    def _told(self, start: int, end: int, found: Found) -> Iterator[Span]:
        name, group = self._name(start, end, None), found.lastgroup or "value"
        if names.is_telling(name) and self._hides(name, found[group]):
            yield Span(*found.span(group), lambda: _shown(name, found[group], self._mask))

    def _tag(self, tag: Found) -> Iterator[Span]:
        told = placed.TAG_NAME.search(tag[0])
        if told is None or not names.is_telling(told["name"]):
            return
        kind = names.kind(told["name"])
        for found in placed.TAG_VALUE.finditer(self._text, tag.start(), tag.end()):
            if self._hides(told["name"], found["value"]):
                yield Span(*found.span("value"), partial(self._mask, kind, found["value"]))


def _bare_value(found: Found) -> re.Pattern[str]:
    """What a value without quotation marks looks like behind this separator."""
    if found["is"] != "=":
        return _COLON_VALUE
    return _LINE_VALUE if found["space"] else _COLON_VALUE if found["gap"] else _FORM_VALUE


def _is_arrow(found: Found) -> bool:
    """Of a script's function, and not of an array as PHP prints it: [name] => value."""
    return found["is"] == "=>" and found.string[found.start() - 1] != "]"


def _shown(name: str, value: str, mask: Mask) -> str:
    """A header quoted in a text keeps its structure, as it would in place."""
    header = names.words(name)[-1:]
    if header == ("authorization",):
        return credentials.authorization(value, mask)
    return credentials.cookie(value, mask) if header == ("cookie",) else mask(names.kind(name), value)
