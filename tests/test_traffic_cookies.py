"""The replay: what became of every cookie, and the events that a browser would report."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harinspect.har import load
from harinspect.har.model import Credentials, Exchange, Har, Request, Response, Source
from harinspect.traffic.cookies import ChangeKind, Timeline, replay
from harinspect.wire.cookie_policy import Reason
from harinspect.wire.headers import Headers
from tests.cookie_exchanges import (
    API,
    CALL,
    LOGIN,
    OTHER,
    PAGE,
    WWW,
    addresses,
    events,
    exchange,
    lives,
    made_by,
    withheld,
)

UNKNOWABLE = {"UserPreferences", "ThirdPartyPhaseout", "UnknownError"}  # settings of the user: not in a file


def test_empty_timeline_knows_nothing() -> None:
    view = Timeline().at(3)
    assert not view.is_told
    assert [view.sent, view.withheld, view.refused, view.changes] == [(), (), (), ()]


def test_a_cookie_that_went_along() -> None:
    timeline = lives(LOGIN, exchange(1, WWW + "/home", sent="sid=1; old=7"))
    first, second = timeline.at(1).sent
    assert (first.name, first.value, first.set_by) == ("sid", "1", 0)
    assert (second.name, second.cookie, second.set_by) == ("old", None, None)
    assert timeline.at(1).has("sid")
    assert not timeline.at(1).has("sod")
    assert [timeline.carried(n, "sid") for n in (0, 1, 7)] == [False, True, None]
    assert events(timeline, "sid") == [(0, "set", ""), (1, "sent", "")]
    assert events(timeline, "old") == [(1, "sent", "")]


def test_going_along_is_told_once() -> None:
    timeline = lives(LOGIN, *(exchange(n, WWW + "/home", sent="sid=1; old=7") for n in range(1, 9)))
    assert [kind for _, kind, _ in events(timeline, "sid")] == ["set", "sent"]
    assert len(events(timeline, "old")) == 1


def test_a_cookie_set_by_the_page_may_change_its_value() -> None:
    timeline = lives(LOGIN, exchange(1, WWW + "/home", sent="sid=2"))
    assert withheld(timeline, 1) == {}
    assert timeline.at(1).sent[0].set_by == 0


def test_nothing_is_replayed_where_credentials_were_removed() -> None:
    har = Har(Source("case.har", 0, credentials=Credentials.REMOVED), (LOGIN,))
    assert replay(har, addresses(har.exchanges)) == Timeline()


@pytest.mark.parametrize(
    "silent",
    [
        exchange(1, WWW + "/home", withheld=("cookie",)),
        exchange(1, WWW + "/home", provisional=True),
        exchange(1, WWW + "/home", status=0),
        exchange(1, WWW + "/home", from_cache=True),
        exchange(1, WWW + "/home", from_service_worker=True),
        exchange(1, WWW + "/home", status=307, answer={"non-authoritative-reason": "HSTS"}),
        exchange(1, WWW + "/home", method="OPTIONS", headers=CALL | {"access-control-request-method": "PUT"}),
        exchange(1, "data:text/plain,x"),
    ],
    ids=["withheld", "provisional", "failed", "cached", "service-worker", "hsts", "preflight", "data"],
)
def test_nothing_is_said_of_requests_that_do_not_tell(silent: Exchange) -> None:
    timeline = lives(LOGIN, silent)
    assert not timeline.at(1).is_told
    assert events(timeline, "sid") == [(0, "set", "")]


def test_under_a_mask_what_the_standards_kept_back_is_known_and_no_more() -> None:
    login = exchange(0, WWW + "/login", sets=("sid=1; Path=/app", "way=1; Path=/"))
    masked = exchange(1, WWW + "/home", withheld=("cookie",), sets=("sid=2; Path=/app",))
    timeline = lives(login, masked, exchange(2, WWW + "/app", sent="sid=2; way=1"))
    view = timeline.at(1)
    assert not view.is_told
    assert view.sent == ()
    assert withheld(timeline, 1) == {"sid": (Reason.NOT_ON_PATH,)}
    assert timeline.carried(1, "way") is None
    assert events(timeline, "sid") == [
        (0, "set", ""),
        (1, "not-sent", "NotOnPath"),
        (1, "replaced", ""),
        (2, "sent", ""),
    ]


def test_expires_is_by_the_clock_of_the_server() -> None:
    """Its clock is two hours behind, so the cookie lives for another hour."""
    line = "sid=1; Expires=Mon, 02 Mar 2026 11:00:00 GMT"
    told = exchange(0, WWW + "/", sets=(line,), answer={"date": "Mon, 02 Mar 2026 10:00:00 GMT"})
    assert events(lives(told, exchange(1, WWW + "/", sent="sid=1")), "sid") == [(0, "set", ""), (1, "sent", "")]
    silent = exchange(0, WWW + "/", sets=(line,))
    assert events(lives(silent, exchange(1, WWW + "/")), "sid") == [(0, "expired", "")]


def test_too_many_cookies_push_the_oldest_out() -> None:
    many = exchange(0, WWW + "/", sets=tuple(f"n{count}=1" for count in range(181)))
    assert events(lives(many), "n0") == [(0, "set", ""), (0, "expired", "")]
    assert events(lives(many), "n180") == [(0, "set", "")]


def test_set_cookie_of_a_cached_answer_is_old_news() -> None:
    timeline = lives(exchange(0, WWW + "/login", sets=("sid=1",), from_cache=True), exchange(1, WWW + "/home"))
    assert timeline.histories == ()


def test_a_refused_line_is_told_where_it_was_set() -> None:
    timeline = lives(
        exchange(0, WWW + "/login", sets=("sid=1; SameSite=None", "__Host-x=1; Path=/", "y=\x00")),
        exchange(1, WWW + "/home"),
    )
    assert events(timeline, "sid") == [(0, "rejected", "SameSiteNoneInsecure")]
    assert events(timeline, "__Host-x") == [(0, "rejected", "InvalidPrefix")]
    assert events(timeline, "y") == [(0, "rejected", "DisallowedCharacter")]
    assert [refused.name for refused in timeline.at(1).refused] == ["sid", "__Host-x", "y"]
    assert timeline.at(0).refused == ()


def test_what_hops_could_not_hand_over_is_missed_at_every_hop_that_follows() -> None:
    timeline = lives(
        exchange(0, WWW + "/sso", status=302, sets=("sid=1; Domain=partner.example",), location=OTHER + "/a"),
        exchange(1, OTHER + "/a", status=302, location="/b"),
        exchange(2, OTHER + "/b"),
    )
    told = [(0, "rejected", "InvalidDomain"), (1, "not-sent", "InvalidDomain"), (2, "not-sent", "InvalidDomain")]
    assert events(timeline, "sid") == told
    assert [refused.exchange for refused in timeline.at(2).refused] == [0]


def test_a_redirect_sets_its_cookie_before_the_next_hop() -> None:
    hop = exchange(0, WWW + "/login", at=0, status=302, sets=("sid=1; Path=/login",), location="/home")
    timeline = lives(hop, exchange(1, WWW + "/home", at=0.019))
    assert withheld(timeline, 1) == {"sid": (Reason.NOT_ON_PATH,)}
    assert timeline.at(1).hops == (0,)


def test_replaced_deleted_and_expired() -> None:
    timeline = lives(
        exchange(0, WWW + "/login", sets=("a=1; Path=/", "b=1; Path=/", "c=1; Path=/; Max-Age=2", "e=1; Path=/")),
        exchange(
            1, WWW + "/x", sent="a=1; b=1; c=1; e=1", sets=("a=2; Path=/", "b=; Path=/; Max-Age=0", "e=1; Path=/")
        ),
        exchange(5, WWW + "/y", sent="a=2; e=1", sets=("d=1; Max-Age=-1", "f=1; Max-Age=0")),
        exchange(6, WWW + "/z"),
    )
    told = {
        change.cookie.name: (change.kind, change.by, change.set_by, change.value) for change in timeline.at(6).changes
    }
    assert told == {
        "a": (ChangeKind.REPLACED, 1, 0, "2"),
        "b": (ChangeKind.DELETED, 1, 0, ""),
        "c": (ChangeKind.EXPIRED, 0, 0, ""),
        "d": (ChangeKind.PAST, 5, None, ""),
    }
    assert events(timeline, "c")[-1] == (5, "expired", "")
    assert events(timeline, "b")[-1] == (1, "expired", "")
    assert events(timeline, "a")[2:4] == [(1, "replaced", ""), (5, "sent", "")]
    assert [change.cookie.name for change in timeline.at(5).changes] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("line", "meant_to_live"),
    [
        ("sid=1; Expires=Mon, 02 Mar 2026 11:00:00 GMT", True),
        ("sid=1; Max-Age=-1", True),
        ("sid=1; Max-Age=0", False),
        ("sid=deleted; Expires=Mon, 02 Mar 2026 11:00:00 GMT", False),
        ("sid=1; Expires=Thu, 01 Jan 1970 00:00:01 GMT", False),
    ],
)
def test_what_is_over_on_arrival_may_be_meant_so(line: str, meant_to_live: bool) -> None:
    timeline = lives(exchange(0, WWW + "/login", sets=(line,)), exchange(1, WWW + "/home"))
    assert [change.kind for change in timeline.at(1).changes] == [ChangeKind.PAST] * meant_to_live


def test_a_cookie_older_than_the_recording_is_replaced() -> None:
    timeline = lives(
        exchange(0, WWW + "/home", sent="sid=old; same=1", sets=("sid=new; Path=/", "same=1; Path=/")),
        exchange(1, WWW + "/x", sent="sid=new; same=1"),
    )
    (change,) = timeline.at(1).changes
    assert (change.cookie.value, change.value, change.set_by) == ("old", "new", None)


def test_two_of_one_name() -> None:
    timeline = lives(
        exchange(0, WWW + "/app/a", sets=("sid=1; Path=/app", "sid=2; Path=/")),
        exchange(1, WWW + "/app/b", sent="sid=1; sid=2"),
        exchange(2, WWW + "/b", sent="sid=2"),
        exchange(3, WWW + "/app/b", sent="sid=1; sid=1"),
    )
    ((first, hidden),) = timeline.at(1).shadowed
    assert (first.value, hidden.value, first.cookie is not hidden.cookie) == ("1", "2", True)
    assert withheld(timeline, 2) == {"sid": (Reason.NOT_ON_PATH,)}
    assert timeline.at(3).shadowed == ()


def test_the_file_outranks_the_jar() -> None:
    line = "sid=1; Path=/; SameSite=Strict"
    sent = exchange(1, WWW + "/home", sent="sid=1", headers=made_by(OTHER + "/", "cross-site", PAGE))
    assert withheld(lives(exchange(0, WWW + "/login", sets=(line,)), sent), 1) == {}
    both = exchange(0, WWW + "/login", sets=(line, "sid=2; Path=/home; SameSite=Strict"))
    assert [item.cookie.value for item in lives(both, sent).at(1).withheld] == ["2"]


def test_a_cookie_that_no_answer_set_is_older() -> None:
    timeline = lives(
        exchange(0, WWW + "/a", sent="old=1; sid=1"),
        exchange(1, WWW + "/b", sent="old=1", sets=("sid=2",)),
        exchange(2, WWW + "/c"),
    )
    assert timeline.older_than(2, "www.shop.example") == ("old",)
    assert timeline.older_than(0, "www.shop.example") == ()
    assert timeline.older_than(7, "www.shop.example") == ()


def test_histories_are_bounded() -> None:
    many = [exchange(n, API + f"/{n}") for n in range(1, 300)]
    timeline = lives(exchange(0, WWW + "/login", sets=("sid=1",)), *many)
    assert len(events(timeline, "sid")) < 110


def test_times_beyond_the_calendar_do_no_harm() -> None:
    late = Exchange(
        0,
        datetime(9999, 12, 31, tzinfo=UTC),
        1e12,
        Request("GET", WWW + "/", "", Headers()),
        Response(200, "", Headers([("set-cookie", "a=1; Max-Age=60")])),
    )
    assert events(lives(late), "a") == [(0, "set", "")]


def test_files_without_times_are_replayed_in_their_order() -> None:
    undated = [
        Exchange(n, None, -1, Request("GET", WWW + "/", "", Headers(sent)), Response(200, "", Headers(sets)))
        for n, (sent, sets) in enumerate([([], [("set-cookie", "a=1")]), ([("cookie", "a=1")], [])])
    ]
    assert lives(*undated).at(1).sent[0].set_by == 0


def test_the_browsers_own_verdicts(lab: list[Path]) -> None:
    """Each reason that the browser gave is told, at the request or at the hop of its chain that it is about."""
    for scenario in lab:
        har = load(scenario / "devtools.har")
        timeline = replay(har, addresses(har.exchanges))
        told = defaultdict(set)
        for history in timeline.histories:
            for event in history.events:
                told[har.exchanges[event.exchange].url, history.name].add(event.reason.removeprefix("Schemeful"))
        for url, name, reason in blocked(json.loads((scenario / "truth.json").read_text())):
            assert reason in UNKNOWABLE or reason.removeprefix("Schemeful") in told[url, name], scenario.name


def blocked(truth: dict[str, dict[str, list[dict[str, object]]]]) -> list[tuple[str, str, str]]:
    verdict = truth["chromium_verdict"]
    rows = [*verdict.get("blockedRequestCookies", ()), *verdict.get("blockedSetCookies", ())]
    return [
        (str(row["url"]), str(row.get("cookie") or str(row["cookieLine"]).split("=")[0]), str(reason))
        for row in rows
        for reason in row["reasons"]
    ]
