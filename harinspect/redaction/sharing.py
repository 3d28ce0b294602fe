"""What is hidden from whoever a recording or a report is passed on to: secrets, persons, and what is no word."""

from __future__ import annotations

import re
from http import HTTPStatus
from ipaddress import ip_address
from typing import Final

from harinspect.redaction import addresses, bodies, landmarks, names, shapes, tables
from harinspect.redaction.marks import MARK, OPEN, Marker
from harinspect.redaction.patterns import Patterns
from harinspect.redaction.values import Redactor
from harinspect.wire.regexes import regex
from harinspect.wire.url import is_private_address

BEFORE_NUMBER: Final = 6  # characters before the first digit that belong to a telephone number: "tel:+("
# What browsers write of a request that failed: words of theirs, however random they look (DevTools protocol, Network
# domain, BlockedReason and CorsError; Chromium's net_error_list.h; Firefox's ErrorList.py).
ERROR: Final = re.compile(
    r"(?:net::ERR|NS_ERROR|NS_BINDING)_[A-Z0-9_]{1,60}"
    r"(?:\.(?:NotSameOrigin(?:AfterDefaultedToSameOriginBy(?:Coep|Dip|CoepAndDip))?|NotSameSite|CoepFrameResourceNeedsCoepHeader"
    r"|CoopSandboxedI[Ff]rameCannotNavigateToCoopPage|SriMessageSignatureMismatch))?"
)
LEARNT_AT_MOST: Final = 10_000
LONGEST_LEARNT: Final = 4096
ALIKE: Final = frozenset({"cookie", "csrf", "session", "token", "nonce", "state", "random"})  # one value, many names
FIELDS: Final = frozenset(  # whose values are words of the protocol: RFC 9110, Fetch, and what browsers and caches add
    "accept accept-charset accept-encoding accept-language accept-ranges age allow alt-svc cache-control connection"
    " content-disposition content-encoding content-language content-length content-range content-type date dnt expect"
    " expires host if-modified-since if-range if-unmodified-since keep-alive last-modified max-forwards origin pragma"
    " priority range retry-after save-data server strict-transport-security te trailer transfer-encoding upgrade"
    " upgrade-insecure-requests user-agent vary via warning www-authenticate proxy-authenticate x-powered-by"
    " x-requested-with x-frame-options x-content-type-options x-xss-protection x-cache referrer-policy"
    " permissions-policy feature-policy content-security-policy content-security-policy-report-only timing-allow-origin"
    " server-timing :method :scheme :authority :status :protocol".split()
)
PREFIXES: Final = ("access-control-", "sec-", "cross-origin-", "x-ratelimit", "ratelimit")
PHRASES: Final = frozenset(status.phrase.lower() for status in HTTPStatus)
PLAIN: Final = re.compile(
    r"[A-Za-z]{1,12}(?:[ _-][A-Za-z]{1,12}){0,3}|-?\d{1,7}(?:\.\d{1,20})?|[Hh]\d|(?i:http/\d(?:\.\d)?)"
    r"|(?:\d{4}-\d\d-\d\dT[\d:.]{5,18}(?:Z|[+-]\d\d:?\d\d)?)"
)
PLAIN_KEY: Final = regex(
    r"[_$]{0,2}(?:[a-z]{1,20}|[A-Z]{2,5})(?:[A-Z][a-z]{1,20}|[A-Z]{2,4}|[_.-][a-z]{1,20}){0,5}\d{0,2}"
)
HARMLESS: Final = regex(r"[a-z]{1,10}(?:[_-][a-z]{1,10}){0,2}|-?\d{1,7}(?:\.\d{1,20})?|[Hh]\d|(?i:http/\d(?:\.\d)?)")
ANY_TEXT: Final = ALIKE | {"secret", "user", "data", "text", "name"}  # kinds that also hold hosts, paths, times
NEVER_LEARNT: Final = frozenset({"pem", "data", "text", "url"})
CLIENTS: Final = ("your", "client", "remote", "visitor")  # with which shapes.CLIENT_ADDRESS begins
NETS: Final = (("loopback", "is_loopback"), ("link-local", "is_link_local"))


class SharedRedactor(Redactor):
    """Masks persons and what is no word as well, and keeps what it hid in `learnt` for a second look."""

    _hides = staticmethod(bodies.hides_persons)
    _hides_in_address = staticmethod(addresses.is_hidden_or_personal)

    def __init__(self, patterns: Patterns | None = None, marker: Marker | None = None) -> None:
        super().__init__(marker)
        self.learnt: dict[str, str] = {}
        self.is_full = False  # there were more secrets than are learnt
        self._patterns = patterns or Patterns()

    def secret(self, kind: str, value: str) -> str:
        """One mark for the whole value, which stays where it is none at all ("undefined")."""
        return value if shapes.is_broken(value) else self.value(kind, value)

    def word(self, text: str) -> str:
        """A short technical text: words stay, also the browser's own for an error; what is none is masked."""
        if is_word(text):
            return text
        return self._cached("word", text, lambda plain: self._without_opaque(self._text(plain)))

    def unknown(self, text: str) -> str:
        """A text of which nobody knows what it is: all of it, unless it is a plain word or a number."""
        return text if HARMLESS.fullmatch(text) else self.secret("text", text)

    def key(self, name: str) -> str:
        """The name of a member that no standard has."""
        return name if PLAIN_KEY.fullmatch(name) or MARK.fullmatch(name) else self.value("name", name)

    def address(self, text: str) -> str:
        """An IP address as a mark that tells the network it is of; a port stays."""
        host, colon, port = text.rpartition(":") if re.fullmatch(r"[\d.]+:\d+|\[.*\]:\d+", text) else (text, "", "")
        try:
            found = ip_address(host.strip("[]").partition("%")[0])
        except ValueError:
            return self.unknown(text)
        inside = "private" if is_private_address(host) else "public"
        net = next((shown for shown, test in NETS if getattr(found, test)), inside)
        return self._marker.mark("ip", host, (("net", net),)) + colon + port

    def _header(self, lower: str, value: str) -> str:
        if names.is_user_header(lower):
            return self._mask("user", value)
        if lower == "sec-websocket-protocol":
            return self._without_opaque(value)
        if lower == "authentication-info":
            return self._authorization(f"Digest {value}").partition(" ")[2]
        shown = super()._header(lower, value)
        is_known = lower in self._headers or lower in FIELDS or lower.startswith(PREFIXES) or names.is_id_header(lower)
        return shown if is_known or names.is_url_header(lower) else self._without_opaque(shown)

    def _text(self, text: str) -> str:
        text = self._patterns.sub(text, self._mask)
        if bodies.is_harmless(text):
            return self._without_numbers(text)
        shown = super()._text(tables.masked(text, self._mask, self._hides))
        if (":" in shown or "." in shown) and ("ip" in shown or "IP" in shown or "Ip" in shown):
            shown = self._without_clients(shown)
        return self._without_numbers(shown)

    def _without_clients(self, text: str) -> str:
        """Without the addresses that are said to be of who asks."""
        shown, end = "", 0
        for start in sorted(landmarks.places(text, CLIENTS)):
            if start >= end and (found := shapes.CLIENT_ADDRESS.match(text, start)):
                shown += text[end : found.start("value")] + self._mask("ip", found["value"])
                end = found.end()
        return shown + text[end:] if end else text

    def _without_numbers(self, text: str) -> str:
        shown, end = "", 0
        for digits in shapes.DIGITS.finditer(text):
            start, stop = max(end, digits.start() - BEFORE_NUMBER), min(len(text), digits.end() + 1)
            cards = (("card", m) for m in shapes.CARD.finditer(text, start, stop) if shapes.is_card(m[0]))
            phones = (("phone", m) for m in shapes.PHONE.finditer(text, start, stop))
            ibans = (("iban", m) for m in shapes.IBAN.finditer(text, max(end, start - 4), stop) if shapes.is_iban(m[0]))
            for kind, found in (*ibans, *cards, *phones):
                if found.start() >= end:
                    shown += text[end : found.start()] + self._mask(kind, found[0])
                    end = found.end()
        return shown + text[end:] if end else text

    def _without_opaque(self, text: str) -> str:
        return shapes.OPAQUE.sub(lambda m: self._mask("random", m[0]), text)

    def _learn(self, kind: str, secret: str, mark: str) -> None:
        is_sentence = kind != "password" and len(secret.split()) > 1
        is_plain = kind != "password" and len(secret) < 16 and not any(c.isdigit() for c in secret)
        if is_sentence or is_plain or not 6 <= len(secret) <= LONGEST_LEARNT or secret in self.learnt:
            return
        if kind in NEVER_LEARNT or OPEN in secret or not shapes.is_telling(secret, place=kind in ANY_TEXT):
            return
        if len(self.learnt) < LEARNT_AT_MOST:
            self.learnt[secret] = mark
        else:
            self.is_full = True


def is_word(text: str) -> bool:
    """Is it nothing but words, a number, or what browsers write of an error?"""
    return bool(PLAIN.fullmatch(text) or text.lower() in PHRASES or ERROR.fullmatch(text))
