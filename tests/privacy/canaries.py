"""Canaries: made-up secrets, each once in a file, and the ways in which they can still be read in what was written."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Callable, Iterator
from random import Random
from urllib.parse import quote, unquote_plus

from ahocorasick_rs import AhoCorasick

LETTERS = "abcdefghijkmnopqrstuvwxyz"
DIGITS = "23456789"


class Plant:
    """Makes the canaries of one file and remembers where each was put."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311  # not a secret
        self.planted: dict[str, str] = {}  # the canary, and the place that it was planted in
        self.place = ""

    def secret(self) -> str:
        """Letters and digits, too few to be called random by themselves."""
        text = "".join(self._chance.choices(LETTERS + LETTERS.upper() + DIGITS, k=17))
        return self._kept(f"{self._pick(LETTERS)}{self._pick(DIGITS)}{text}{self._pick(LETTERS)}")

    def word(self) -> str:
        """A name that no list of names holds."""
        return self._kept("".join(self._chance.choices(LETTERS, k=9)).capitalize())

    def email(self) -> str:
        return f"{self.word()}@mail.example"

    def digits(self, count: int, first: str = "") -> str:
        return self._kept(first + "".join(self._chance.choices(DIGITS, k=count - len(first))))

    def card(self, between: str = "") -> str:
        """Sixteen digits with a right check digit (ISO/IEC 7812-1, annex B)."""
        body = "4" + "".join(self._chance.choices(DIGITS, k=14))
        doubled = [int(d) * 2 if i % 2 == 0 else int(d) for i, d in enumerate(body)]
        number = body + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)
        return self._kept(between.join(number[i : i + 4] for i in range(0, 16, 4)))

    def iban(self, between: str = "") -> str:
        """A German account number with right check digits (ISO 13616, ISO/IEC 7064)."""
        account = "".join(self._chance.choices(DIGITS, k=18))
        number = f"DE{98 - int(f'{account}131400') % 97:02d}{account}"
        return self._kept(between.join(number[i : i + 4] for i in range(0, 22, 4)))

    def phone(self) -> str:
        """As it is written in North America."""
        area, office, line = ("".join(self._chance.choices(DIGITS, k=count)) for count in (3, 3, 4))
        return self._kept(f"+1 ({area}) {office}-{line}")

    def address_6(self) -> str:
        return self._kept("2a02:" + ":".join(f"{self._chance.randrange(4096, 65535):x}" for _ in range(7)))

    def address(self) -> str:
        return self._kept("81." + ".".join(str(self._chance.randrange(100, 250)) for _ in range(3)))

    def _pick(self, alphabet: str) -> str:
        return self._chance.choice(alphabet)

    def _kept(self, canary: str) -> str:
        self.planted[canary] = self.place
        return canary


def jwt(payload: object, signature: str) -> str:
    """A JSON Web Token whose claims and signature may hold canaries."""
    parts = ({"alg": "RS256", "typ": "JWT"}, payload)
    front = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{front}.{signature}"


def spellings(name: str) -> Iterator[str]:
    """Lower, upper and mixed case."""
    yield from (name.lower(), name.upper())
    yield "".join(c.upper() if i % 3 == 1 else c.lower() for i, c in enumerate(name))


ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": lambda text: text,
    "percent-encoded": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "percent-encoded twice": lambda text: quote("".join(f"%{byte:02x}" for byte in text.encode()), safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64, one byte on": lambda text: base64.b64encode(f"x{text}yz".encode()).decode(),
    "base64, two bytes on": lambda text: base64.b64encode(f"xx{text}y".encode()).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(f"?>{text}".encode()).decode().rstrip("="),
    "JSON-escaped": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "entities": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "split by markup": lambda text: f"<b>{text[:5]}</b><i>{text[5:]}</i>",
}


def readings(written: str) -> Iterator[str]:
    """The text as it stands and in every form that gives a hidden part away."""
    yield written
    unescaped = re.sub(r"\\+u([0-9A-Fa-f]{4})", lambda m: chr(int(m[1], 16)), written)
    for text in dict.fromkeys((unescaped, re.sub(r"\\+(.)", r"\1", unescaped))):
        plain = text
        for _ in range(3):
            yield plain
            yield re.sub(r"<[^<>]{0,300}>", "", plain)
            yield "\n".join(_decoded(plain))
            before, plain = plain, unquote_plus(html.unescape(plain))
            if plain == before:
                break


def _decoded(text: str) -> Iterator[str]:
    """What every run of base64 says, taken up at each of four characters."""
    for run in set(re.findall(r"[A-Za-z0-9+/_-]{12,}", text)):
        plain = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            part = plain[start:]
            part = part[: len(part) - (len(part) % 4 == 1)]
            yield binascii.a2b_base64(part + "=" * (-len(part) % 4)).decode("latin-1")


def found(written: str, planted: dict[str, str]) -> dict[str, str]:
    """The canaries that can be read, in any case, and where they had been planted."""
    by_lower = {canary.lower(): canary for canary in planted}
    search = AhoCorasick(list(by_lower))
    seen: set[str] = set()
    for reading in readings(written):
        seen.update(search.find_matches_as_strings(reading.lower(), overlapping=True))
    return {by_lower[lower]: planted[by_lower[lower]] for lower in seen}
