"""Paths that web servers refuse by themselves: folders without an index, and names that are kept private."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harinspect.har.model import Exchange
from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer, user
from harinspect.knowledge import Hit
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.regexes import regex
from harinspect.wire.url import Url

inspector = Inspector(__name__)
APACHE = "https://httpd.apache.org/docs/2.4/mod/"
# Names that servers are told to keep to themselves: Apache as shipped refuses .ht*, most set-ups all dot files.
HIDDEN = regex(r"/\.(?!well-known(?:/|$))[^/]+(?:/|$)")
LEFTOVERS = regex(r"(?:~|\.(?:bak|old|orig|save|swp|sql|log|ini|conf|config|inc|dist|pem|key))$", re.IGNORECASE)
FILE = regex(r"\.[a-z0-9]{2,5}$", re.IGNORECASE)
WELL_KNOWN = regex(r"^/\.well-known(?:/|$)")  # RFC 8615: meant to be read

LISTING = inspector.rule(
    "directory-listing",
    cause="server.directory-listing",
    title="The folder has no index page, and listing it is switched off",
    why="`{path}` names a folder, and {who} answered with its built-in page. Web servers do that where a folder has no "
    "index file and its listing is off. {contrast}",
    responsible="server-config",
    fixes=(
        admin(
            "Put an index file into the folder. A listing shows every name in it: leave it off unless that is meant.",
            "easy",
        ),
        user("Ask for a file in the folder, not for the folder itself.", "easy"),
    ),
    refs=(f"{APACHE}mod_autoindex.html", "https://nginx.org/en/docs/http/ngx_http_autoindex_module.html"),
)
PROTECTED = inspector.rule(
    "protected-name",
    cause="server.path-denied",
    title="The server keeps files of this name to itself",
    why="`{path}` has a name that web servers are told to refuse: hidden files, settings and backups, which may hold "
    "secrets. {who} answered with its built-in page.",
    responsible="user",
    fixes=(
        user("Do not ask for this file: the refusal is right.", "easy"),
        developer("If the page links to it, give the file a name that may be public.", "easy"),
        admin("Check that the file does not lie in the public folder at all.", "easy"),
    ),
    refs=(f"{APACHE}core.html#files", "https://nginx.org/en/docs/http/ngx_http_core_module.html#location"),
)
WELL_KNOWN_DENIED = inspector.rule(
    "well-known-denied",
    cause="server.path-denied",
    title="A rule against hidden files catches /.well-known/",
    why="`{path}` lies under `/.well-known/`, which is meant to be public. {who} answered with its built-in page; a "
    "rule against names that begin with a dot would do that.",
    responsible="server-config",
    fixes=(
        admin("Exempt `/.well-known/` from the rule: `location ^~ /.well-known/ { allow all; }` in nginx.", "easy"),
        user("Tell the owner of the site which address was refused.", "easy"),
    ),
    refs=("https://www.rfc-editor.org/rfc/rfc8615",),
)


@inspector.check
def folder_without_index(denial: Denial) -> Iterator[Verdict]:
    """Not where the server refuses files as well: then the folder is not the reason."""
    found = _refused_by_server(denial)
    if found is None or not found[0].path.endswith("/") or found[0].query or _refuses_all(denial):
        return
    url, hit = found
    if url.path == "/" and _got_through(denial, url) is None:
        return  # nothing shows that more than this one address would pass
    below = next((e for e in denial.allowed_at_host if _is_file_below(url, denial.traffic.urls[e.index], e)), None)
    there = (Evidence(below.index, "request.url", value=below.url, note="a file below it, given out"),) if below else ()
    yield LISTING.found(
        Basis.SIGNATURE if below else Basis.CIRCUMSTANCE,
        *_evidence(denial, hit, "names a folder"),
        *there,
        path=url.path,
        who=hit.responder.name,
        contrast="A file below it was given out." if below else "",
    )


@inspector.check
def protected_name(denial: Denial) -> Iterator[Verdict]:
    found = _refused_by_server(denial)
    if found is None or _refuses_all(denial):
        return
    url, hit = found
    if WELL_KNOWN.match(url.path):
        evidence = _evidence(denial, hit, "begins with a dot")
        yield WELL_KNOWN_DENIED.found(Basis.SIGNATURE, *evidence, path=url.path, who=hit.responder.name)
    elif HIDDEN.search(url.path) or LEFTOVERS.search(url.path):
        basis = Basis.SIGNATURE if HIDDEN.search(url.path) else Basis.CIRCUMSTANCE
        yield PROTECTED.found(basis, *_evidence(denial, hit, "a protected name"), path=url.path, who=hit.responder.name)


def _refused_by_server(denial: Denial) -> tuple[Url, Hit] | None:
    """A read that a web server refused with its own page, which names no reason."""
    url = denial.traffic.urls.get(denial.exchange.index)
    if url is None or denial.kind is not DenialKind.FORBIDDEN or denial.exchange.method not in ("GET", "HEAD"):
        return None
    hits = (h for h in denial.answer.blocked if h.layer == "web-server" and h.basis == "identity")
    hit = next(hits, None)
    return (url, hit) if hit else None


def _refuses_all(denial: Denial) -> bool:
    """Another path of this host was refused too, and none let through: then it is not about the path."""
    url, urls = denial.traffic.urls[denial.exchange.index], denial.traffic.urls
    refused = any(e.status == 403 and urls[e.index].path != url.path for e in denial.traffic.by_host[url.host])
    return refused and _got_through(denial, url) is None


def _got_through(denial: Denial, url: Url) -> Exchange | None:
    """Any other answer of this host: found, not found, sent on."""
    return next((e for e in denial.traffic.by_host[url.host] if e.status not in (0, 403)), None)


def _is_file_below(folder: Url, other: Url, exchange: Exchange) -> bool:
    """By its name, or by what servers say of files: what an application answers below an address makes it no folder."""
    if other.origin != folder.origin or not other.path.startswith(folder.path) or other.path == folder.path:
        return False
    return bool(FILE.search(other.path)) or {"accept-ranges", "last-modified"} <= exchange.response.headers.names()


def _evidence(denial: Denial, hit: Hit, note: str) -> tuple[Evidence, ...]:
    index = denial.exchange.index
    page = Evidence(index, "response.body", value=hit.evidence[0].value, note=f"{hit.responder.name}'s built-in page")
    return Evidence(index, "request.url", value=denial.exchange.url, note=note), page
