"""Where in a text something may have to be masked: words of telling names, and beginnings of known shapes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind

from harinspect.redaction import shapes


class Shape(Enum):
    """What shows by itself; the value is the kind of its mark."""

    PEM = "pem"
    JWT = "jwt"
    KEY = "key"
    URL = "url"
    EMAIL = "email"
    BEARER = "token"
    ENCODED = "json"
    USER = "password"


PATTERN: Final = {
    **{Shape.PEM: shapes.PEM, Shape.JWT: shapes.JWT, Shape.KEY: shapes.KEY},
    **{Shape.BEARER: shapes.BEARER, Shape.USER: shapes.USER},
}
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_NAMES_TOO: Final = frozenset({"bearer", "token", "apikey", "key"})  # beginnings of a shape that also are words
_SUBJECT: Final = ('sub"', 'sub\\"')  # a claim of OpenID Connect Core, section 5.1; without an end it is in any text
_SHAPES: Final = {
    Shape.PEM: ("-----begin ",),
    Shape.JWT: ("eyj",),
    Shape.URL: ("://", "data:"),
    Shape.EMAIL: ("@", "%40"),
    Shape.ENCODED: ("%7b%22", "%5b%22", "%5b%7b"),
    Shape.USER: (" -u ", " --user ", " --user=", " --proxy-user ", " --oauth2-bearer "),
    Shape.BEARER: tuple(word + gap for word in ("bearer", "basic", "token", "apikey") for gap in " \t"),
    Shape.KEY: tuple(
        "akia asia abia acca aiza ya29. 1//0 gocspx- ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- glptt- gldt- glrt-"
        " glcbt- sk_live_ sk_test_ rk_live_ rk_test_ pk_live_ pk_test_ whsec_ sk- xoxa- xoxb- xoxe- xoxo- xoxp- xoxr-"
        " xoxs- xapp- sg. npm_ pypi- hf_ doo_v1_ dop_v1_ dor_v1_ shpat_ shpca_ shppa_ shpss_ eaa key-"
        " v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public.".split()
    ),
}
# Parts of the names that redaction.names knows: every such name has one of them in it
_WORDS: Final = (
    "token secret passw passphrase passcode pass pwd sess apikey accesskey jwt csrf xsrf otp sid sig hmac credential"
    " authorization bearer assertion saml cookie cvv cvc verifier keyid privatekey secretkey seed mnemonic dpop nonce"
    " keypair code state key auth pin ticket name street addr mail phone mobile msisdn tel fax birth dob zip post"
    " iban bban passport taxid tax_id taxnumber vat national social card credit account customer patient member driver"
    " ssn pan ip kennwort contrase senha motdepasse mot_de_passe wachtwoord haslo parola apellid prenom cognome"
    " strasse salt geheim dsn connectionstring connection_string answer mac imei imsi hwaddr routing device visitor"
    " advertising bssid".split()
)


@cache
def _search() -> tuple[AhoCorasick, tuple[Shape | None, ...]]:
    """Built at the first text: many a command has none."""
    known = {start: shape for shape, starts in _SHAPES.items() for start in starts}
    words: dict[str, Shape | None] = {**dict.fromkeys((*_WORDS, *_SUBJECT)), **known}
    return AhoCorasick(list(words), matchkind=MatchKind.LeftmostLongest), tuple(words.values())


def lower_case(text: str) -> str:
    """The text in lower case, each character in its place."""
    lower = text.lower()
    if len(lower) != len(text):  # a capital that becomes two characters (Unicode, SpecialCasing.txt): U+0130 alone
        lower = text.replace("\u0130", "i").lower()
    return lower


def find(text: str) -> Iterator[tuple[Shape | None, int, int]]:
    """Shape, start and end of every landmark; None for a word of a name."""
    lower = lower_case(text)
    search, shapes_of = _search()
    for place, start, end in search.find_matches_as_indexes(lower):
        yield shapes_of[place], start, end if lower[end - 1] != '"' or shapes_of[place] else start + len("sub")
        if shapes_of[place] in (Shape.BEARER, Shape.KEY) and (word := lower[start:end].rstrip(" \t-")) in _NAMES_TOO:
            yield None, start, start + len(word)


def places(text: str, words: tuple[str, ...]) -> Iterator[int]:
    """Where these words begin, in any case."""
    lower = lower_case(text)
    for word in words:
        place = lower.find(word)
        while place >= 0:
            yield place
            place = lower.find(word, place + len(word))
