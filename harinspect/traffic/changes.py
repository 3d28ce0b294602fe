"""Changes to a recording, small and declarative: what a fix comes down to in the exchanges that were recorded."""

from __future__ import annotations

from msgspec import Struct

from harinspect.wire.referrer import Policy


class Verified(Struct, frozen=True):
    """Does the change hold, and how that was seen, in plain words."""

    holds: bool
    how: str


class Untested(Struct, frozen=True):
    """Nothing in the recording to change: `why` says who decides, or what is not known."""

    why: str


class Answer(Struct, frozen=True):
    """An answer as it should come: `headers` replace those of the same names; `status` None: it stays."""

    exchange: int
    headers: tuple[tuple[str, str], ...] = ()
    status: int | None = None


class Grant(Struct, frozen=True):
    """What CORS asks of the answer to a request and to its preflight; None where the file has no such exchange.

    credentials: the request's mode is "include"; None: not known. `unsafe`: names of headers that a preflight asks for.
    """

    origin: str
    preflight: Answer | None = None
    answer: Answer | None = None
    credentials: bool | None = None
    method: str = "GET"
    unsafe: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in (self.preflight, self.answer) if answer)


class Embedding(Struct, frozen=True):
    """The answer to `exchange` comes with this Cross-Origin-Resource-Policy."""

    exchange: int
    policy: str = "cross-origin"


class CookieSet(Struct, frozen=True):
    """The cookie `name` as `setter` should set it, so that it goes along with the request `exchange`.

    attributes: those to put in, with None those to leave out. over_https: every address of the site is called by https.
    with_credentials: the script's calls include credentials, and `grant` is what CORS then asks of the answer.
    fits: the value is short enough. by_target: the refused address sets it itself.
    """

    exchange: int
    setter: int
    name: str
    attributes: tuple[tuple[str, str | None], ...] = ()
    over_https: bool = False
    with_credentials: bool = False
    fits: bool = False
    by_target: bool = False
    grant: Grant | None = None


class CookieKept(Struct, frozen=True):
    """The answer `by` leaves the cookie `name` alone, which `setter` had set."""

    exchange: int
    setter: int
    name: str
    by: int


class StrayDeleted(Struct, frozen=True):
    """The answer `setter`, which sets the cookie `name`, also deletes another of that name, as `line` says."""

    exchange: int
    setter: int
    name: str
    line: str


class PolicyStated(Struct, frozen=True):
    """The page and the redirect hops that keep the Referer back (`makers`) state this policy instead."""

    exchange: int
    page: int
    makers: tuple[int, ...]
    policy: Policy


class PathSent(Struct, frozen=True):
    """The call sends the whole address of its page, which the Referer of `twin` names, under this policy."""

    exchange: int
    twin: int
    policy: Policy = Policy.NO_REFERRER_WHEN_DOWNGRADE


class MethodKept(Struct, frozen=True):
    """The redirects `hops` answer with these statuses."""

    exchange: int
    hops: tuple[tuple[int, int], ...]


class UserLeftOut(Struct, frozen=True):
    """The redirect `exchange` leads to the same address without user name and password."""

    exchange: int


class CalledDirectly(Struct, frozen=True):
    """The hops that lead to `exchange` are left out: the page of `origin` asks for its address at once.

    `grant`: what CORS then asks of the answer. bears_authorization: the header that the redirect took away stays.
    """

    exchange: int
    origin: str
    grant: Grant | None = None
    bears_authorization: bool = False


class Varied(Struct, frozen=True):
    """The answer `earlier`, which the browser's cache gave to `exchange`, comes with `Vary: Origin`."""

    exchange: int
    earlier: int


Change = (
    Grant
    | Embedding
    | CookieSet
    | CookieKept
    | StrayDeleted
    | PolicyStated
    | PathSent
    | MethodKept
    | UserLeftOut
    | CalledDirectly
    | Varied
    | Untested
)

SERVERS_ORIGINS = Untested(
    "Which origins the server accepts is its own list; no header of the answer makes it accept this one."
)
SERVERS_SITES = Untested("Which sites may embed the file is the server's own list.")
NOT_SEEN_SET = Untested("The cookie was set before the recording began, so its attributes are not known.")
NOT_RECORDED = Untested("The file does not record cookies, so there is none to set otherwise.")
ITS_OWN_WORDS = Untested("The answer gives the reason in words of its own; what it takes is for its writer to say.")
