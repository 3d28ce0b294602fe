"""What usually stands behind a 403 like this one: told where nothing in the file speaks, and never above a hint."""

from __future__ import annotations

from collections.abc import Iterator

from harinspect.inspecting import Basis, Evidence, Inspector, Rule, Verdict, admin, developer, user
from harinspect.traffic.model import Denial, DenialKind
from harinspect.traffic.preflights import is_preflight
from harinspect.wire.headers import ABSENT

inspector = Inspector(__name__)
REFS = ("https://www.rfc-editor.org/rfc/rfc9110#name-403-forbidden",)
OF_SERVERS = frozenset({"web-server", "gateway", "cdn"})

DENY_RULE = inspector.rule(
    "deny-rule",
    cause="server.path-denied",
    title="Usually: a deny rule of the server",
    why="{who} seems to have answered by itself, without a reason. Behind such an answer there is most often a rule "
    "for `{path}` in its configuration.",
    responsible="server-config",
    fixes=(admin("Look for the rule that covers `{path}`, and narrow it if the path is meant to be read.", "easy"),),
    refs=REFS,
)
FILE_RIGHT = inspector.rule(
    "file-right",
    cause="server.file-permissions",
    title="Usually: the server may not read the file",
    why="{who} seems to have answered by itself, without a reason. For a file such as `{path}` it is often that the "
    "server's account has no right to read it or to enter a folder above it.",
    responsible="server-config",
    fixes=(admin("Check owner and mode of the file and of every folder above it with `namei -l`.", "easy"),),
    refs=REFS,
)
NO_INDEX = inspector.rule(
    "no-index",
    cause="server.directory-listing",
    title="Usually: a folder without an index page",
    why="{who} seems to have answered by itself, without a reason. For an address that ends in a slash it is often "
    "that the folder has no index page and may not be listed.",
    responsible="server-config",
    fixes=(
        admin("Put an index page into the folder; leave listings off.", "easy"),
        user("Ask for a page in the folder by its name.", "easy"),
    ),
    refs=REFS,
)
RIGHT = inspector.rule(
    "right",
    cause="auth.role-denied",
    title="Usually: the account lacks the right",
    why="The answer gives no reason. Where an application refuses, it is most often that the account lacks the role, "
    "plan or ownership for `{path}`.",
    responsible="policy",
    fixes=(
        user("Ask the owner of the resource which right it takes, and whether your account has it.", "medium"),
        developer("Let the refusal name the right that is missing.", "medium"),
    ),
    refs=REFS,
)
ADDRESS = inspector.rule(
    "address",
    cause="server.ip-denied",
    title="Often: the client's address is refused",
    why="The answer gives no reason. After a missing right, a list of refused or allowed addresses is a common one.",
    responsible="policy",
    fixes=(admin("Look for the client's address in the allow and deny lists in front of `{path}`.", "easy"),),
    temporary="maybe",
    refs=REFS,
)
SESSION = inspector.rule(
    "session",
    cause="auth.session-expired",
    title="Often: the session is over",
    why="The answer gives no reason. Some applications answer 403 where the session has ended.",
    responsible="user",
    fixes=(user("Sign out and in again, then repeat the step.", "easy"),),
    temporary="maybe",
    refs=REFS,
)
FIREWALL = inspector.rule(
    "firewall",
    cause="waf.rule",
    title="Often: the firewall on the way",
    why="The answer gives no reason, and {who} stands in the path: a firewall that refuses by rules of its own. "
    "Nothing shows that it did so here.",
    responsible="policy",
    fixes=(admin("Look the request up in the events of {who} by its exact time.", "easy"),),
    temporary="maybe",
    refs=REFS,
)
BOTS = inspector.rule(
    "bots",
    cause="waf.bot-block",
    title="Often: taken for a bot on the way",
    why="The answer gives no reason, and {who} stands in the path, which turns away what it takes for bots. Nothing "
    "shows that it did so here.",
    responsible="policy",
    fixes=(
        user("Try another current browser with its default settings.", "easy"),
        admin("Look the request up in the events of {who} by its exact time.", "easy"),
    ),
    temporary="maybe",
    refs=REFS,
)


@inspector.check
def usual_reasons(denial: Denial) -> Iterator[Verdict]:
    """By the likelihood of the causes where nothing is known; the ranking drops them where anything speaks."""
    exchange, url = denial.exchange, denial.traffic.urls.get(denial.exchange.index)
    if denial.kind is not DenialKind.FORBIDDEN or url is None or is_preflight(exchange):
        return
    evidence = Evidence(exchange.index, "response.status", value=str(exchange.status), note="no reason is given")
    for rule, who in _usual(denial, url.path):
        yield rule.found(Basis.PRIOR, evidence, who=who, path=url.path)


def _usual(denial: Denial, path: str) -> Iterator[tuple[Rule, str]]:
    hit = next((h for h in denial.answer.blocked if not h.responder.generic), None)
    wall = next((h for h in denial.answer.present if h.layer == "waf"), None)
    server = hit or next((h for h in denial.answer.present if h.layer in OF_SERVERS), None)
    name = server.responder.name if server else ""
    if wall and hit is None:
        yield from ((FIREWALL, wall.responder.name), (BOTS, wall.responder.name))
    if server and server.layer in OF_SERVERS and (hit or not denial.exchange.response.body):
        yield from ((rule, name) for rule in _of_server(path))
    else:
        yield from ((rule, name) for rule in _of_application(denial, is_framework=hit is not None))


def _of_server(path: str) -> Iterator[Rule]:
    if path.endswith("/"):
        yield NO_INDEX
    yield DENY_RULE
    if "." in path.rpartition("/")[2]:
        yield FILE_RIGHT
    yield ADDRESS


def _of_application(denial: Denial, *, is_framework: bool) -> Iterator[Rule]:
    """A framework that answers by itself asks for rights; without any credential a session cannot have ended."""
    sent = denial.exchange.request.headers
    if is_framework or sent.get("authorization") is not ABSENT or sent.get("cookie") is not ABSENT:
        yield RIGHT
    yield ADDRESS
    if sent.get("cookie") is not ABSENT:
        yield SESSION
