"""A proxy or filter between the browser and the server that refused (RFC 9110, section 9.3.6, CONNECT)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.wire.url import is_private_address, is_public_suffix

inspector = Inspector(__name__)
TUNNEL = "net::ERR_TUNNEL_CONNECTION_FAILED"
SITES = 2  # one address that refuses in the name of that many sites is none of theirs

TUNNEL_REFUSED = inspector.rule(
    "tunnel-refused",
    cause="server.proxy-denied",
    title="The proxy refused to connect to this host",
    why="The browser goes through a proxy. It asked for a tunnel to `{host}`, and the proxy said no (`{error}`). "
    "{others} The server itself was never reached.",
    responsible="network",
    fixes=(
        user("Ask whoever runs the network to let `{host}` through the proxy, or try another network.", "easy"),
        admin(
            "Look up the CONNECT to `{host}` in the proxy's access log, and allow the host if it should pass.", "easy"
        ),
    ),
    temporary="maybe",
    refs=("https://www.rfc-editor.org/rfc/rfc9110#name-connect",),
)
INTERCEPTED = inspector.rule(
    "intercepted",
    cause="server.proxy-denied",
    title="One address inside the network refuses in the name of several sites",
    why="`{host}` was answered by `{address}`, a private address that also refused in the name of other sites, while "
    "other hosts answered from public addresses. A filter in the network may stand in for them.",
    responsible="network",
    fixes=(
        user("Repeat it from another network, for example a phone's, and compare.", "easy"),
        admin("Check web filter and DNS policy for `{host}`.", "easy"),
    ),
    temporary="maybe",
    refs=("https://www.rfc-editor.org/rfc/rfc1918",),
)


@inspector.check
def tunnel_was_refused(denial: Denial) -> Iterator[Verdict]:
    exchange = denial.exchange
    url = denial.traffic.urls.get(exchange.index)
    if exchange.error != TUNNEL or url is None:
        return
    passed = any(e.status and e.error is None for e in denial.traffic.in_time)
    yield TUNNEL_REFUSED.found(
        Basis.SIGNATURE,
        Evidence(exchange.index, "response.error", value=TUNNEL, note="the proxy's answer to CONNECT was no 2xx"),
        host=url.host,
        error=TUNNEL,
        others="Other hosts were reached." if passed else "",
    )


@inspector.check
def filter_answers_for_many(denial: Denial) -> Iterator[Verdict]:
    exchange, traffic = denial.exchange, denial.traffic
    url = traffic.urls.get(exchange.index)
    if denial.kind is not DenialKind.FORBIDDEN or url is None or not is_private_address(exchange.server_ip):
        return
    if is_private_address(url.host) or is_public_suffix(url.host):
        return
    rows = [e for e in traffic.in_time if e.server_ip and e.index in traffic.urls]
    sites = {
        traffic.urls[e.index].registrable_domain for e in rows if e.server_ip == exchange.server_ip and e.status == 403
    }
    good = any(e.server_ip == exchange.server_ip and 200 <= e.status < 300 for e in rows)
    if len(sites) < SITES or good or all(is_private_address(e.server_ip) for e in rows):
        return
    yield INTERCEPTED.found(
        Basis.CIRCUMSTANCE,
        Evidence(exchange.index, "server_ip", value=exchange.server_ip, note="a private address"),
        host=url.host,
        address=exchange.server_ip,
    )
