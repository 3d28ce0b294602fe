"""What a secret looks like where no name stands beside it: JWTs, issuers' key formats, random text."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Final

from harinspect.redaction.marks import IDENTITIES
from harinspect.wire.regexes import regex

JWT: Final = regex(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]*(?:\.[\w-]*){0,3}={0,2}")  # RFC 7515 and 7516, compact
LONGEST_PEM: Final = 20_100
PEM: Final = regex(r"-----BEGIN [A-Z0-9 ]{1,40}-----.{0,20000}?(?:-----END [A-Z0-9 ]{1,40}-----|\Z)", re.DOTALL)
KEY: Final = regex(
    r"(?<![A-Za-z0-9])(?:(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,32}|AIza[\w-]{30,40}|ya29\.[\w.-]{16,}|1//0[\w-]{20,}"
    r"|GOCSPX-[\w-]{20,}|gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|gl(?:pat|ptt|dt|rt|cbt)-[\w-]{16,}"
    r"|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}|whsec_[\w+/=]{16,}|sk-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|hf_[A-Za-z0-9]{20,}|do[opr]_v1_[a-f0-9]{32,}"
    r"|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{16,}|EAA[A-Za-z0-9]{30,}|\d{8,10}:[A-Za-z0-9_-]{35}|SK[0-9a-f]{32}|v[1-4]\.(?:local|public)\.[\w-]{16,}(?:\.[\w-]+)?|key-[0-9a-f]{32})"
)
EMAIL: Final = regex(
    r"(?<![\w.%+-])[\w.%+'-]{1,64}(?:@|%40)(?:[A-Za-z0-9-]{1,63}\.){1,6}"
    r"(?!(?:png|jpe?g|gif|svg|webp|avif|css|m?js|json)\b)[A-Za-z]{2,24}(?![\w-])"
)
LOCAL_PART: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.%+'-")
BEARER: Final = regex(r"(?i:\b(?:bearer|basic|token|apikey)[ \t]+)(?P<value>[A-Za-z0-9._~+/-]{8,}={0,2})")
USER: Final = regex(  # as curl and wget take them
    r" (?i:-u|--user|--proxy-user|--oauth2-bearer(?P<sole>))[ =](?P<quote>[\"'])?(?(sole)|[^\s:\"']{0,64}:)"
    r"(?P<value>(?(quote)[^\r\n\"']{1,400}|[^\s\"'\\]{1,400}))"
)
RUN: Final = regex(r"(?<![A-Za-z0-9])[A-Za-z0-9_-]{24,}(?:={1,2}(?![\w=]))?|(?<![A-Za-z0-9])[A-Za-z0-9+/_-]{40,}={0,2}")
OPAQUE: Final = re.compile(  # letters and digits in one word: what no language writes
    r"(?<![\w.%+/-])(?=[A-Za-z_-]{0,60}\d)(?=[\d_-]{0,60}[A-Za-z])[\w-]{10,}={0,2}(?![\w.%+/-])"
)
PERSON: Final = regex(
    r"(?!.*\b(?:access|denied|forbidden|error|not|request|response|service|server|invalid|failed|exception|unauthorized"
    r"|bad|permission|required|internal|gateway|policy|rule)\b)[^\W\d_][\w'-]{1,30}\.?(?:[ +]|%20)"
    r"(?:[^\W\d_][\w'.-]{0,30}(?:[ +]|%20)){0,3}[^\W\d_][\w'-]{1,30}",
    re.IGNORECASE,
)
CARD: Final = regex(
    r"(?<![\w.-])[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])|(?<![\w.-])3\d{3}[ -]?\d{6}[ -]?\d{5}(?![\w-])"
)
IBAN: Final = regex(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
DIGITS: Final = re.compile(r"\d(?:[ ()/.-]{0,2}\d){6,40}")  # every card and telephone number has them
PHONE: Final = regex(
    r"(?<![\w.+])(?:(?:\+|%2B|tel:\+?|00(?=[1-9]\d{1,2}[ ()/-]))[1-9](?:[ ()/.-]{0,2}\d){6,14}|\(\d{3}\) ?\d{3}-\d{4}"
    r"|\d{3}-\d{3}-\d{4})(?![\w-])"
)
CLIENT_ADDRESS: Final = regex(
    r"(?P<front>\b(?:your|client|remote|visitor)(?:.s)?[ _-]?ip(?:[ _-]?address)?\b"
    r"(?:[^\w\n<]|<[^<>]{0,80}>|\bis\b){1,60})"
    r"(?P<value>\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7})",
    re.IGNORECASE,
)
UUID: Final = regex(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
# what a script sends when it has nothing to send: no secret, and often the whole diagnosis
BROKEN: Final = re.compile(
    r"(?:undefined|null|none|nil|nan|true|false|deleted|delete|expired|\[object \w{1,20}\]|\(null\)"
    r"|\$?\{\{?[ A-Za-z_.-]{0,40}\}?\}|<[ A-Za-z_.-]{1,40}>|%[A-Z_]{2,40}%|:[a-z][A-Za-z_]{0,30}"
    r"|your[-_ ]?(?:api[-_ ]?key|token|access[-_ ]?token)"
    r"|include|omit|same-origin|required|optional|bearer|basic|changeme|redacted|\[redacted\]|\*+|x{3,}|-+)?",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(
    r"[a-z]{1,12}|[A-Z]{1,8}|[A-Z][a-z]{1,11}|\d{1,7}|[a-z]{2,3}[-_][A-Za-z]{2,4}|\d{4}-\d\d-\d\d.{0,20}|[\d.]{1,8}"
)
_PLACE: Final = regex(r"\d{1,13}|(?:[a-z][a-z+.-]{1,10}:)?//.*|/.*|(?:[a-z0-9-]+\.)+[a-z]{2,12}|[\w.+-]+/[\w.+-]+")


def is_broken(value: str) -> bool:
    """A value that is no secret, since it is none at all: empty, "undefined", "[object Object]", "${TOKEN}"."""
    return BROKEN.fullmatch(value.strip("\"' ")) is not None


def is_telling(value: str, *, place: bool) -> bool:
    """Worth hiding wherever else it occurs: no plain word, number, date, language; if `place`, no host, path, time."""
    return len(value.strip()) >= 6 and not _PLAIN.fullmatch(value.strip()) and not (place and _PLACE.fullmatch(value))


def jwt_fields(token: str) -> tuple[tuple[str, str], ...]:
    """The header and the claims of a JWT that a diagnosis needs (RFC 7519 section 4.1) and that are no secret."""
    parts = token.split(".")
    return (*_members(parts[0], ("alg", "typ", "cty", "enc", "kid")), *_claims(parts))


def _claims(parts: list[str]) -> tuple[tuple[str, str], ...]:
    wanted = ("aud", "exp", "iat", "iss", "nbf", "scope", "scp", "roles", "azp", "tid", *IDENTITIES)
    return _members(parts[1], wanted) if len(parts) == 3 else ()


def _members(part: str, wanted: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    try:
        found: object = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return ()
    if not isinstance(found, dict):
        return ()
    return tuple((name, _flat(found[name])) for name in wanted if _is_flat(found.get(name)))


def _is_flat(member: object) -> bool:
    if isinstance(member, list):
        return all(isinstance(item, str) for item in member)
    return isinstance(member, str | int | float) and not isinstance(member, bool)


def _flat(member: object) -> str:
    text = ",".join(map(str, member)) if isinstance(member, list) else str(member)
    return EMAIL.sub("(e-mail)", text)[:300]


def is_iban(text: str) -> bool:
    """An account number whose check digits are right (ISO 13616-1, ISO/IEC 7064 MOD 97-10)."""
    plain = "".join(c for c in text if c.isalnum())
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_card(text: str) -> bool:
    """Thirteen to nineteen digits whose check digit is right (ISO/IEC 7812-1, annex B)."""
    digits = [int(c) for c in reversed(text) if c.isdigit()]
    doubled = [d * 2 - 9 if i % 2 and d > 4 else d * (1 + i % 2) for i, d in enumerate(digits)]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and sum(doubled) % 10 == 0
