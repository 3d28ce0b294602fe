"""Tokens of a test environment at a host that is not one, by the names in the issuer and in the address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer
from harinspect.traffic.model import Denial
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

inspector = Inspector(__name__)
_TRIAL = regex(
    r"(?<![a-z0-9])(dev(?:elop(?:ment)?)?|test(?:ing)?|qa|uat|stag(?:e|ing)|stg|sandbox|pre-?prod|non-?prod|localhost)"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)

OTHER = inspector.rule(
    "another",
    cause="auth.token-issuer",
    title="The token seems to come from another environment",
    why="The token was issued by `{issuer}`, by its name an environment for trials, and `{host}` is not named as one.",
    responsible="client-code",
    fixes=(
        developer("Check which identity provider the page is configured with for this environment.", "easy"),
        admin("Check which issuer the API trusts."),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc7519#section-4.1.1",),
)


@inspector.check
def issued_elsewhere(denial: Denial) -> Iterator[Verdict]:
    """No more than a hint, and none where a token of that issuer passed at this host."""
    exchange, jwt_of = denial.exchange, denial.traffic.tokens.jwt_of
    url, token = denial.traffic.urls.get(exchange.index), jwt_of(exchange)
    issuer = token.jwt.issuer if token and token.jwt else ""
    if exchange.status not in (401, 403) or url is None or token is None or not _trial(issuer) or _trial(url.origin):
        return
    place = Evidence(exchange.index, token.part, token.name, token.value, f"its iss is {issuer}")
    rivals = map(jwt_of, denial.allowed_at_host)
    if any(rival and rival.jwt and rival.jwt.issuer == issuer for rival in rivals):
        yield OTHER.ruled_out("A token of this issuer passed at this host.", place)
    else:
        yield OTHER.found(Basis.CIRCUMSTANCE, place, issuer=issuer, host=url.host)


def _trial(address: str) -> str:
    """The word in a host's name that says so; its last label is left out, as `.test` and `.dev` are domains, too."""
    url = Url.parse(address)
    host, _, last = url.host.rpartition(".") if url else ("", "", "")
    found = _TRIAL.search(host or last)
    return found[1] if found else ""
