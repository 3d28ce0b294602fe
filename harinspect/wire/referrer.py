"""The Referer that a browser sends (Referrer Policy).

>>> page, image = Url.parse("https://shop.example/cart?id=7"), Url.parse("https://cdn.example.net/a.png")
>>> referer(DEFAULT, page, image), referer(Policy.UNSAFE_URL, page, image)
('https://shop.example/', 'https://shop.example/cart?id=7')
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from harinspect.wire.url import Url, same_origin

LONGEST: Final = 4096  # characters of a Referer, section 8.3 step 6


class Policy(StrEnum):
    """Section 3, as they are written in the header."""

    NO_REFERRER = "no-referrer"
    NO_REFERRER_WHEN_DOWNGRADE = "no-referrer-when-downgrade"
    SAME_ORIGIN = "same-origin"
    ORIGIN = "origin"
    STRICT_ORIGIN = "strict-origin"
    ORIGIN_WHEN_CROSS_ORIGIN = "origin-when-cross-origin"
    STRICT_ORIGIN_WHEN_CROSS_ORIGIN = "strict-origin-when-cross-origin"
    UNSAFE_URL = "unsafe-url"


DEFAULT: Final = Policy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN
_POLICIES: Final = {policy.value: policy for policy in Policy}
_LEGACY: Final = {
    "never": Policy.NO_REFERRER,
    "default": DEFAULT,
    "always": Policy.UNSAFE_URL,
    "origin-when-crossorigin": Policy.ORIGIN_WHEN_CROSS_ORIGIN,
}
_NOT_ON_DOWNGRADE: Final = frozenset(
    {Policy.STRICT_ORIGIN, Policy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN, Policy.NO_REFERRER_WHEN_DOWNGRADE}
)
_ALWAYS_WHOLE: Final = frozenset({Policy.UNSAFE_URL, Policy.NO_REFERRER_WHEN_DOWNGRADE})
_WHOLE_AT_HOME: Final = frozenset(
    {Policy.SAME_ORIGIN, Policy.ORIGIN_WHEN_CROSS_ORIGIN, Policy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN}
)


def parse_policy(header_value: str) -> Policy | None:
    """Section 8.1: the last token that is a policy; unknown ones are skipped. None: the header sets none."""
    tokens = (token.strip(" \t\n").lower() for token in header_value.split(","))
    known = [_POLICIES[token] for token in tokens if token in _POLICIES]
    return known[-1] if known else None


def parse_meta(content: str) -> Policy | None:
    """HTML section 4.2.5.3: what `content` of a `meta` element named referrer says, with its legacy words.

    None: it says nothing. Neither a list nor white space, as the header may have, is a policy here.
    """
    word = content.lower()
    return _LEGACY.get(word) or _POLICIES.get(word)


def referers(policy: Policy, source: Url, way: Sequence[tuple[Url, Policy | None]]) -> list[str | None]:
    """The Referer of a request by way of its redirects: of each address, with the policy that its redirect states.

    Each is made from the one before, so that what one took away no later one brings back (Fetch, main fetch step 8
    and HTTP-redirect fetch step 19).
    """
    found: list[str | None] = []
    current: Url | None = source
    for target, stated in way:
        text = referer(policy, current, target) if current else None
        found.append(text)
        current, policy = Url.parse(text) if text else None, stated or policy
    return found


def says_origin(policy: Policy, source: Url, target: Url) -> bool:
    """Fetch #append-a-request-origin-header: does a request with a body, not in mode "cors", name its origin?

    Otherwise it sends `Origin: null`.
    """
    if policy is Policy.NO_REFERRER:
        return False
    if policy is Policy.SAME_ORIGIN:
        return same_origin(source, target)
    return not (policy in _NOT_ON_DOWNGRADE and source.scheme == "https" and target.scheme != "https")


def referer(policy: Policy, source: Url, target: Url) -> str | None:
    """Section 8.3: the Referer of a request from the document `source` to `target`, None for no Referer at all."""
    if policy is Policy.NO_REFERRER or not source.is_http:
        return None
    at_home = same_origin(source, target)
    downgrade = source.is_trustworthy and not target.is_trustworthy
    if not at_home and (policy is Policy.SAME_ORIGIN or (downgrade and policy in _NOT_ON_DOWNGRADE)):
        return None
    whole = policy in _ALWAYS_WHOLE or (at_home and policy in _WHOLE_AT_HOME)
    return stripped(source) if whole else origin_only(source)


def stripped(source: Url) -> str:
    """Section 8.4 for an HTTP(S) address: without user, password and fragment; too long ones become the origin."""
    query = source.text.partition("?")[1] + source.query
    text = f"{source.origin}{source.path}{query}"
    return text if len(text) <= LONGEST else origin_only(source)


def origin_only(source: Url) -> str:
    """Section 8.4 with the origin-only flag."""
    return f"{source.origin}/"
