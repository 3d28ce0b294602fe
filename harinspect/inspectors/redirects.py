"""What redirect hops lost on the way to the refusal (Fetch, HTTP-redirect fetch, steps 12 and 13)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, developer
from harinspect.traffic.changes import UserLeftOut
from harinspect.traffic.hops import called_directly, hops_before, method_kept
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.tokens import bears_its_own
from harinspect.wire.headers import ABSENT, WITHHELD
from harinspect.wire.redirects import keeps_authorization, redirected_method
from harinspect.wire.url import Url

inspector = Inspector(__name__)
REDIRECT_FETCH = "https://fetch.spec.whatwg.org/#http-redirect-fetch"

METHOD = inspector.rule(
    "method-changed",
    cause="redirect.method-changed",
    title="A redirect turned the request into a GET",
    why="`{start}` got a {method} and answered {status}. Browsers follow that with a GET and without the body, so "
    "`{url}` was asked for in another way than meant, and refused. {circumstance}",
    responsible="server-config",
    fixes=(
        admin("Answer 307 or 308 where the redirect must keep method and body.", "easy"),
        developer("Send the {method} to `{url}` at once, so that no redirect is needed.", "easy"),
    ),
    refs=(REDIRECT_FETCH, "https://www.rfc-editor.org/rfc/rfc9110#name-307-temporary-redirect"),
)
CREDENTIALS = inspector.rule(
    "credentials-dropped",
    cause="redirect.credentials-dropped",
    title="A redirect to another origin took the Authorization header away",
    why="The call to `{start}` carried Authorization. It was redirected to another origin, `{origin}`, and browsers "
    "leave the header out from there on. So `{url}` was asked without it, and refused.",
    responsible="client-code",
    fixes=(
        developer("Call `{url}` directly: then the header stays.", "easy"),
        admin("Keep the redirect within one origin: the same scheme, host and port.", "easy"),
    ),
    refs=(REDIRECT_FETCH,),
)
USER = inspector.rule(
    "user-in-address",
    cause="redirect.cross-origin",
    title="A redirect leads to an address with a user name in it",
    why="`{start}` redirects a script's call to another origin, and the address that it names has a user name or a "
    "password before the host. Browsers do not follow that.",
    responsible="server-config",
    fixes=(admin("Leave user name and password out of `Location`, and let the call prove its right in a header."),),
    refs=(REDIRECT_FETCH,),
)
REFUSED = (401, 403)


@inspector.check
def method_changed(denial: Denial) -> Iterator[Verdict]:
    """A 303 means to end in a GET, and so does a sign-in that sets a cookie: there only a twin that passed accuses."""
    exchange = denial.exchange
    hop = next((e for e in hops_before(denial) if redirected_method(e.status, e.method) != e.method), None)
    if hop is None or denial.kind is not DenialKind.FORBIDDEN or exchange.method != "GET":
        return
    twin = next((e for e in denial.allowed_at_host if (e.url, e.method) == (exchange.url, hop.method)), None)
    meant = hop.status == 303 or "set-cookie" in hop.response.headers
    same_place = _only_tidied(Url.parse(hop.url), Url.parse(exchange.url))
    if twin is None and meant and not same_place:
        return
    evidence = [
        Evidence(hop.index, "request.method", value=hop.method, note=f"answered {hop.status}"),
        Evidence(exchange.index, "request.method", value="GET", note="after the redirect"),
    ]
    if twin:
        evidence.append(Evidence(twin.index, "request.method", value=twin.method, note="allowed at the same address"))
    yield METHOD.found(
        Basis.CONTRAST if twin else Basis.SIGNATURE if same_place else Basis.CIRCUMSTANCE,
        *evidence,
        change=method_kept(denial.traffic, exchange.index, hop.index),
        method=hop.method,
        start=hop.url,
        status=str(hop.status),
        url=exchange.url,
        circumstance="The same address allowed it with its own method." if twin else "",
    )


@inspector.check
def authorization_lost(denial: Denial) -> Iterator[Verdict]:
    """Recorded on the first side and absent on the other; where the file keeps silent about it, it stays open."""
    exchange, urls = denial.exchange, denial.traffic.urls
    if exchange.status not in REFUSED or "authorization" in exchange.request.headers:
        return
    for hop in hops_before(denial):
        if keeps_authorization(urls[hop.index], urls[exchange.index]):
            continue
        sent = hop.request.headers.get("authorization")
        evidence = Evidence(hop.index, "response.header", "location", urls[exchange.index].origin, "to another origin")
        holes = {"start": hop.url, "origin": urls[exchange.index].origin, "url": exchange.url}
        if bears_its_own(urls[exchange.index]):  # as stores hand them out: Authorization is not meant for those
            yield CREDENTIALS.ruled_out("The address that it was redirected to proves its right by itself.", evidence)
            return
        if isinstance(sent, str) and exchange.request.headers.get("authorization") is ABSENT:
            gone = Evidence(exchange.index, "request.header", "authorization", "", "not there any more")
            change = called_directly(denial.traffic, exchange.index, bears_authorization=True)
            yield CREDENTIALS.found(Basis.SIGNATURE, evidence, gone, change=change, **holes)
            return
        if sent is WITHHELD and hop.resource_type in ("", "fetch", "xhr"):
            reason = "A redirect led to another origin, where an Authorization header would be left out."
            yield CREDENTIALS.undetermined(
                reason, "A recording with sensitive data, which shows that header.", evidence, **holes
            )
            return


@inspector.check
def user_in_address(denial: Denial) -> Iterator[Verdict]:
    """Fetch, HTTP-redirect fetch, step 9."""
    verdict = denial.traffic.cors.get(denial.exchange.index)
    if verdict and verdict.verdict == "RedirectContainsCredentials":
        place = Evidence(denial.exchange.index, "response.header", "location", verdict.detail, "with a user name")
        yield USER.found(Basis.STANDARD, place, change=UserLeftOut(denial.exchange.index), start=denial.exchange.url)


def _only_tidied(before: Url | None, after: Url | None) -> bool:
    """The same place in another spelling: http to https, www, a slash at the end, upper case."""
    return before is not None and after is not None and _bare(before) == _bare(after)


def _bare(url: Url) -> tuple[str, str]:
    return url.host.removeprefix("www."), url.path.rstrip("/").lower()
