"""What becomes of each kind of text in a HAR that is to be shared, and how often."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from harinspect.redaction.marks import MARK, OPEN
from harinspect.redaction.patterns import Patterns
from harinspect.redaction.sharing import SharedRedactor

# What browsers write of a request that failed: words of theirs, however random they look (DevTools protocol, Network
# domain, BlockedReason and CorsError; Chromium's net_error_list.h; Firefox's ErrorList.py).
ERROR: Final = re.compile(
    r"(?:net::ERR|NS_ERROR|NS_BINDING)_[A-Z0-9_]{1,60}"
    r"(?:\.(?:NotSameOrigin(?:AfterDefaultedToSameOriginBy(?:Coep|Dip|CoepAndDip))?|NotSameSite|CoepFrameResourceNeedsCoepHeader"
    r"|CoopSandboxedI[Ff]rameCannotNavigateToCoopPage|SriMessageSignatureMismatch))?"
)
LONGEST_COOKIE: Final = 4096  # bytes of name and value that browsers store (RFC 6265bis section 5.7)


class Masks:
    """The redactor as the rewriting of a HAR asks for it, with a count of what it hid."""

    def __init__(self, redactor: SharedRedactor, patterns: Patterns) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self._redactor = redactor
        self._patterns = patterns

    @property
    def learnt(self) -> dict[str, str]:
        """The secrets that have to be looked for everywhere, and their marks."""
        return self._redactor.learnt

    def forget(self) -> None:
        """Let go of what was only kept to be quick."""
        self._redactor.forget()

    def begin(self, url: str) -> None:
        """`url`: of the first request of the file."""

    def url(self, text: str) -> str:
        return self._counted("url", text, self._redactor.url(text))

    def header(self, name: str, value: str) -> str:
        shown = self._own(name, value) or self._redactor.header(name, value)
        self._counted("header", value, shown)
        return _as_long(value, shown) if len(value) > LONGEST_COOKIE and name.lower() == "set-cookie" else shown

    def cookie(self, name: str, value: str) -> str:
        return self._counted("cookie", value, self._redactor.secret("cookie", value))

    def parameter(self, name: str, value: str) -> str:
        return self._counted("parameter", value, self._own(name, value) or self._redactor.parameter(name, value))

    def address(self, text: str) -> str:
        return self._counted("address", text, self._redactor.address(text))

    def text(self, text: str) -> str:
        return self._counted("text", text, self._redactor.text(text))

    def word(self, name: str, text: str) -> str:
        if ERROR.fullmatch(text):
            return text
        if name == "title":
            is_url = text.startswith(("http://", "https://"))
            return self.url(text) if is_url else self._counted("title", text, self._redactor.secret("title", text))
        return self._counted("name" if name == "name" else "word", text, self._redactor.word(text))

    def unknown(self, text: str) -> str:
        return self._counted("other", text, self._redactor.unknown(text))

    def key(self, name: str) -> str:
        return self._counted("name", name, self._redactor.key(name))

    def _own(self, name: str, value: str) -> str:
        kind = self._patterns.kind_of(name)
        return self._redactor.secret(kind, value) if kind else ""

    def _counted(self, place: str, before: str, after: str) -> str:
        if before is not after and OPEN in after:
            self.counts.update((place, found["kind"]) for found in MARK.finditer(after))
        return after


def _as_long(before: str, after: str) -> str:
    """A cookie that was too long to be stored stays so: its mark is followed by as many dots as it was shorter."""
    pair, rest = before.partition(";")[0], after.partition(";")
    return rest[0] + "." * (len(pair) - len(rest[0])) + rest[1] + rest[2]
