"""What is known about products that stand between a browser and an application, and how each of them says no.

A responder is one TOML file. Its `present` records show that it stands in the path, which proves nothing about a
refusal; its `blocked` records show that it wrote this very answer.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, Literal, cast

from msgspec import Struct

from harinspect.knowledge.causes import RESPONSIBLE, causes
from harinspect.knowledge.patterns import Pattern
from harinspect.knowledge.tables import KnowledgeError, Table, table_of
from harinspect.wire.regexes import regex

Basis = Literal["stated", "signature", "identity"]

# Closest to the client first.
LAYERS: Final = (
    "browser",
    "corporate-proxy",
    "cdn",
    "waf",
    "gateway",
    "web-server",
    "object-storage",
    "api-platform",
    "framework",
    "application",
)
BASES: Final = ("stated", "signature", "identity")
ELSEWHERE: Final = "https://app.example/thing"
SPECIMEN = regex(r"^(?:counter)?example = \{.*\}$", re.MULTILINE)
TEMPORARY: Final = frozenset({"yes", "no", "maybe"})


class Specimen(Struct, frozen=True, omit_defaults=True):
    """A minimal answer that a record must hit, or must leave alone."""

    status: int = 403
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    url: str = ELSEWHERE
    error: str = ""
    reason: str = ""


class Reference(Struct, frozen=True, omit_defaults=True):
    """What to quote to support: a header's value, or the first group of a regex in the body.

    `log`: where its owner looks it up, "" where that is not known.
    """

    label: str
    headers: tuple[str, ...] = ()
    body: Pattern | None = None
    log: str = ""


class Remedy(Struct, frozen=True, omit_defaults=True):
    """What to do: `owner` runs the thing that refused, `caller` does not."""

    owner: str = ""
    caller: str = ""


NO_REMEDY: Final = Remedy()
NO_SPECIMEN: Final = Specimen()


class Presence(Struct, frozen=True, omit_defaults=True):
    """It stands in the path where a response header is there (with that value), or sets a cookie of that name."""

    header: str = ""
    value: Pattern | None = None
    cookie: Pattern | None = None


class Words(Struct, frozen=True, omit_defaults=True):
    """What an application says in its own shape; any one is enough.

    `codes`: sets of words that all occur in one short machine-made text, such as a JSON error code or a header;
    `keys`: names of JSON members; `phrases`: regexes over the readable text; a text that has a word of `unless` in it
    is left to others. Words and names are in lower case.
    """

    codes: tuple[frozenset[str], ...] = ()
    keys: frozenset[str] = frozenset()
    phrases: tuple[Pattern, ...] = ()
    unless: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.codes or self.keys or self.phrases)


SILENCE: Final = Words()


class Record(Struct, frozen=True, omit_defaults=True):
    """One way in which a responder says no. All kinds of patterns that are given must hold.

    Of `body` and of `words` any one is enough, and so is any one of the names beside a pattern in `headers`.
    """

    key: str
    says: str
    cause: str
    basis: Basis
    layer: str
    statuses: frozenset[int] = frozenset()
    headers: tuple[tuple[tuple[str, ...], Pattern], ...] = ()
    set_cookie: Pattern | None = None
    body: tuple[Pattern, ...] = ()
    body_all: tuple[Pattern, ...] = ()
    body_none: tuple[Pattern, ...] = ()
    json: tuple[tuple[tuple[str, ...], Pattern], ...] = ()
    words: Words = SILENCE
    url: Pattern | None = None
    reason: Pattern | None = None
    error: Pattern | None = None
    responsible: str = ""
    temporary: str = "maybe"
    remedy: Remedy = NO_REMEDY
    source: str = ""
    example: Specimen = NO_SPECIMEN
    counterexample: Specimen = NO_SPECIMEN

    @property
    def is_textual(self) -> bool:
        """Do the status and the words of an answer alone decide?"""
        return not (self.headers or self.set_cookie or self.url or self.reason or self.error)


class Responder(Struct, frozen=True, omit_defaults=True, eq=False):
    """A product. `generic`: no product at all, but words that any application may use."""

    id: str
    name: str
    layer: str
    generic: bool = False
    present: tuple[Presence, ...] = ()
    blocked: tuple[Record, ...] = ()
    reference: Reference | None = None
    remedy: Remedy = NO_REMEDY


def read_responder(path: Path, specimens: bool = True) -> Responder:
    """The responder of one file; its id is the file's stem. Raises KnowledgeError naming "file: key" where it is wrong.

    Without `specimens` the lines of examples are left unread, which halves the time.
    """
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise KnowledgeError(f"{path.name}: {error}") from error
    table = table_of(path.name, text if specimens else SPECIMEN.sub("", text))
    layer = table.choice("layer", LAYERS)
    statuses = table.numbers("status")
    found = Responder(
        path.stem,
        name=table.text("name"),
        layer=layer,
        generic=table.flag("generic"),
        present=tuple(_presence(row) for row in table.tables("present")),
        reference=_reference(table.table("reference")),
        remedy=_remedy(table.table("fix")),
        blocked=tuple(_record(row, layer, statuses) for row in table.tables("blocked")),
    )
    table.done()
    return found


def _presence(table: Table) -> Presence:
    header = table.text("header", "").lower()
    cookie = _pattern(table, "cookie")
    if bool(header) == bool(cookie):
        raise table.error("header", "either a header or a cookie is needed")
    found = Presence(header, _pattern(table, "value"), cookie)
    table.done()
    return found


def _reference(table: Table | None) -> Reference | None:
    if table is None:
        return None
    headers = tuple(name.lower() for name in table.texts("header"))
    found = Reference(table.text("label"), headers, _pattern(table, "body"), table.text("log", ""))
    table.done()
    return found


def _remedy(table: Table | None) -> Remedy:
    if table is None:
        return NO_REMEDY
    found = Remedy(table.text("owner", ""), table.text("caller", ""))
    table.done()
    return found


def _record(table: Table, layer: str, statuses: frozenset[int]) -> Record:
    basis = cast(Basis, table.choice("basis", BASES))
    cause = table.choice("cause", causes(), otherwise="")
    if bool(cause) == (basis == "identity"):
        raise table.error("cause", "must be there, except where the basis is identity")
    found = Record(
        key=table.text("key"),
        says=table.text("says"),
        cause=cause,
        basis=basis,
        layer=table.choice("layer", LAYERS, layer),
        statuses=table.numbers("status") or statuses,
        headers=tuple((tuple(names.lower().split("|")), Pattern.of(value)) for names, value in table.pairs("headers")),
        set_cookie=_pattern(table, "set_cookie"),
        body=_patterns(table, "body"),
        body_all=_patterns(table, "body_all"),
        body_none=_patterns(table, "body_none"),
        json=tuple((tuple(path.split(".")), Pattern.of(value)) for path, value in table.pairs("json")),
        words=_words(table),
        url=_pattern(table, "url"),
        reason=_pattern(table, "reason"),
        error=_pattern(table, "error"),
        responsible=table.choice("responsible", RESPONSIBLE, otherwise=""),
        temporary=table.choice("temporary", TEMPORARY, otherwise="maybe"),
        remedy=_remedy(table.table("fix")),
        source=table.text("source", ""),
        example=_specimen(table.table("example")),
        counterexample=_specimen(table.table("counterexample")),
    )
    table.done()
    return found


def _words(table: Table) -> Words:
    codes, keys, phrases = table.texts("codes"), table.texts("keys"), _patterns(table, "phrases")
    if not (codes or keys or phrases):
        return SILENCE
    return Words(
        tuple(frozenset(row.split()) for row in codes), frozenset(keys), phrases, frozenset(table.texts("unless"))
    )


def _specimen(table: Table | None) -> Specimen:
    if table is None:
        return NO_SPECIMEN
    found = Specimen(
        status=table.number("status", 403),
        headers=table.pairs("headers"),
        body=table.text("body", ""),
        url=table.text("url", ELSEWHERE),
        error=table.text("error", ""),
        reason=table.text("reason", ""),
    )
    table.done()
    return found


def _pattern(table: Table, key: str) -> Pattern | None:
    source = table.text(key, "")
    return Pattern.of(source) if source else None


def _patterns(table: Table, key: str) -> tuple[Pattern, ...]:
    return tuple(Pattern.of(source) for source in table.texts(key))
