"""A proxy or filter between the browser and the server that refused (RFC 9110, section 9.3.6, CONNECT)."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Verdict, admin, user
from harinspect.traffic.model import Denial

inspector = Inspector(__name__)
TUNNEL = "net::ERR_TUNNEL_CONNECTION_FAILED"

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
