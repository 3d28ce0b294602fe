"""Servers that look at the Referer: hotlink protection, key restrictions, CSRF checks (Referrer Policy, section 8)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.changes import SERVERS_SITES, PathSent
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.referrers import policy_stated, silenced_by
from harinspect.wire.headers import WITHHELD
from harinspect.wire.url import Url, same_site

inspector = Inspector(__name__)
POLICY = "https://www.w3.org/TR/referrer-policy/#determine-requests-referrer"
EMBEDDED = frozenset({"image", "video", "audio", "track", "font", "media", "object", "embed"})

MISSING = inspector.rule(
    "missing",
    cause="referer.missing",
    title="The request carries no Referer, and the server seems to want one",
    why="`{url}` is embedded in a page of another host, and {reason}, so the request bore no Referer. Servers with "
    "hotlink protection refuse that. {contrast}",
    responsible="server-config",
    fixes=(
        developer("Send `Referrer-Policy: strict-origin-when-cross-origin` with the page or the redirect.", "easy"),
        admin("Let the rule accept requests without a Referer: privacy settings and apps leave it out.", "easy"),
        user("Check that no extension or setting removes the Referer, and reload.", "easy"),
    ),
    refs=(POLICY,),
)
FOREIGN = inspector.rule(
    "foreign",
    cause="referer.foreign",
    title="The Referer names a site that the server does not serve",
    why="`{url}` was embedded by `{referer}`, another site, and refused. That is what hotlink protection or a list of "
    "allowed sites does. {contrast}",
    responsible="server-config",
    fixes=(
        admin(
            "Add the host of `{referer}` to the sites that may embed this file, if it should be one of them.", "easy"
        ),
        developer("Serve the file from your own site, or ask its owner to list yours.", "medium"),
        user("Tell the owner of the page that shows it: the file's server does not accept that page.", "easy"),
    ),
    refs=(POLICY,),
)
TRIMMED = inspector.rule(
    "trimmed",
    cause="referer.trimmed",
    title="The Referer lost its path, and the server seems to want it",
    why="With `Referer: {referer}`, an origin without a path, the call was refused; with `{other}` it passed.",
    responsible="server-config",
    fixes=(
        developer("Set `referrerPolicy: 'no-referrer-when-downgrade'` on this call if the path is no secret.", "easy"),
        admin("Compare the origin only: browsers leave the path out towards other origins by default.", "easy"),
    ),
    refs=(POLICY, "https://www.w3.org/TR/referrer-policy/#referrer-policy-strict-origin-when-cross-origin"),
)


@inspector.check
def hotlinking(denial: Denial) -> Iterator[Verdict]:
    """An embedded file of another host was refused: with no Referer, with a foreign one, and what passed beside it."""
    exchange, referer = denial.exchange, denial.exchange.request.headers.get("referer")
    url = denial.traffic.urls.get(exchange.index)
    if denial.kind is not DenialKind.FORBIDDEN or url is None or referer is WITHHELD or not _is_embedded(exchange):
        return
    beside = {_maker(other): other for other in reversed(list(_siblings(denial, url)))}
    alike = beside.pop(_maker(exchange), None)
    other = next(iter(beside.values()), None)
    page = Url.parse(_maker(exchange))
    if alike:
        here = Evidence(alike.index, "request.header", "referer", alike.request.headers.text("referer"), "allowed")
        yield FOREIGN.ruled_out("A file beside it was given out to the same page.", here)
    elif page is None and (other or silenced_by(denial)):
        yield _missing(denial, other)
    elif page and page.is_http and not same_site(page, url):
        yield _foreign(denial, other)


@inspector.check
def path_was_cut_off(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    source = Url.parse(sent := exchange.request.headers.text("referer"))
    if source is None or source.path != "/" or denial.kind is not DenialKind.FORBIDDEN:
        return
    for twin in (e for e in denial.allowed_alike if e.url == exchange.url and e.method == exchange.method):
        full = twin.request.headers.text("referer")
        if full.startswith(source.origin + "/") and len(full) > len(source.origin) + 1:
            here = Evidence(exchange.index, "request.header", "referer", sent, "refused")
            there = Evidence(twin.index, "request.header", "referer", full, "allowed")
            whole = PathSent(exchange.index, twin.index)
            yield TRIMMED.found(Basis.CONTRAST, here, there, change=whole, referer=sent, other=full)
            return


def _is_embedded(exchange: Exchange) -> bool:
    """By Sec-Fetch-Dest, the browser's own word for what the file is for, or else DevTools' resource type."""
    return _kind(exchange) in EMBEDDED and "origin" not in exchange.request.headers


def _kind(exchange: Exchange) -> str:
    return exchange.request.headers.text("sec-fetch-dest") or exchange.resource_type


def _maker(exchange: Exchange) -> str:
    """The origin that the Referer names, "" where there is none."""
    return page.origin if (page := Url.parse(exchange.request.headers.text("referer"))) else ""


def _siblings(denial: Denial, url: Url) -> Iterator[Exchange]:
    """What the host gave out of the same kind, at the same place or beside it."""
    kind = _kind(denial.exchange)
    for other in denial.allowed_at_host:
        place = denial.traffic.urls[other.index]
        beside = place.path.rpartition("/")[0] == url.path.rpartition("/")[0] and _kind(other) == kind
        if not other.provisional and (beside or place.path == url.path):
            yield other


def _missing(denial: Denial, other: Exchange | None) -> Verdict:
    maker = silenced_by(denial)
    evidence = [Evidence(denial.exchange.index, "request.header", "referer", "", "not in the request")]
    if maker:
        evidence.append(Evidence(maker[0].index, "response.header", "referrer-policy", maker[1], "the policy in force"))
    reason = f"the policy in force is `{maker[1]}`" if maker else "the page sent none"
    return _found(MISSING, denial, other, evidence, reason=reason)


def _foreign(denial: Denial, other: Exchange | None) -> Verdict:
    referer = denial.exchange.request.headers.text("referer")
    where = Evidence(denial.exchange.index, "request.header", "referer", referer, "another site")
    return _found(FOREIGN, denial, other, [where], referer=referer)


def _found(rule: Rule, denial: Denial, other: Exchange | None, evidence: list[Evidence], **holes: str) -> Verdict:
    change = policy_stated(denial) if rule is MISSING else SERVERS_SITES
    holes |= {"url": denial.exchange.url, "contrast": "Nothing in the file to compare it with was allowed."}
    if other is None:
        return rule.found(Basis.CIRCUMSTANCE, *evidence, change=change, **holes)
    its = other.request.headers.text("referer")
    evidence.append(Evidence(other.index, "request.header", "referer", its, "allowed" if its else "none, and allowed"))
    holes["contrast"] = (
        f"A file beside it was given out to a request {'with another Referer' if its else 'without one'}."
    )
    return rule.found(Basis.CONTRAST, *evidence, change=change, **holes)
