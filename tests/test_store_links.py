"""Share links: what opens them, what does not, and that nothing tells why not."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harinspect.store import passphrases
from harinspect.store.archive import Archive, open_archive
from harinspect.store.expiry import SPANS, NoExpiry, expiry
from harinspect.store.folder import DATABASE
from harinspect.store.links import Asked, Made, Opened
from harinspect.store.trouble import StoreError
from tests.page_fixtures import clear_report
from tests.store_fixtures import NOON, Watch, on_disk, told

PHRASE = "wide open sea"


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def archive(tmp_path: Path, watch: Watch) -> Iterator[Archive]:
    with open_archive(tmp_path / "data", watch) as opened:
        yield opened


@pytest.fixture
def report(archive: Archive) -> str:
    return archive.reports.add(clear_report()).id


def make(archive: Archive, report: str, passphrase: str = "", hours: float = 1, *, strict: bool = False) -> Made:
    ends = NOON + timedelta(hours=hours)
    made = archive.links.make(report, expires=ends, passphrase=passphrase, strict=strict)
    assert made is not None
    return made


def opened(archive: Archive, made: Made, passphrase: str | None = None, proof: str = "") -> Opened:
    answer = archive.links.open(made.token, passphrase, proof)
    assert isinstance(answer, Opened)
    return answer


def test_a_link_opens_its_report_and_counts(archive: Archive, report: str, watch: Watch):
    archive.reports.add(told())
    made = make(archive, report, strict=True)
    assert (made.link.openings, made.link.opened, made.link.guarded) == (0, None, False)
    watch.go_on(minutes=5)
    for number in (1, 2):
        link = opened(archive, made).link
        assert (link.id, link.report, link.strict, link.openings) == (made.link.id, report, True, number)
        assert link.opened == watch.time
    assert archive.links.of(report) == (link,)


def test_reading_the_parts_counts_nothing(archive: Archive, report: str):
    made = make(archive, report)
    proof = opened(archive, made).proof
    assert proof == ""
    link = archive.links.read(made.token, proof)
    assert link is not None
    assert (link.report, link.openings) == (report, 1)


def test_tokens_hold_256_bits_and_are_not_stored(archive: Archive, report: str, tmp_path: Path):
    made = [make(archive, report) for _ in range(20)]
    tokens = {one.token for one in made}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 43
    stored = on_disk(tmp_path / "data")
    assert not [token for token in tokens if token.encode() in stored]
    assert all(hashlib.sha256(token.encode()).digest() in stored for token in tokens)
    assert not tokens & {one.link.id for one in made}


def test_passphrases_are_stored_as_argon2id_only(archive: Archive, report: str, tmp_path: Path):
    make(archive, report, PHRASE)
    stored = on_disk(tmp_path / "data")
    assert PHRASE.encode() not in stored
    assert b"$argon2id$v=19$" in stored


def test_dead_and_unknown_links_answer_alike(archive: Archive, report: str, watch: Watch, tmp_path: Path):
    revoked, guarded, expired, lapsed = (make(archive, report, word, 2) for word in ("", PHRASE, PHRASE, ""))
    proof = opened(archive, expired, PHRASE).proof
    assert archive.links.revoke(revoked.link.id)
    assert archive.links.revoke(guarded.link.id)
    watch.go_on(hours=2)
    other = archive.reports.add(clear_report()).id
    gone = make(archive, other, hours=5)
    assert archive.reports.remove(other)
    before = on_disk(tmp_path / "data")
    with patch.object(passphrases, "fits", side_effect=AssertionError("a dead link looks at no passphrase")):
        for token in (revoked.token, guarded.token, expired.token, lapsed.token, gone.token, "never", "", "é\ud800"):
            for phrase in (None, "", PHRASE):
                assert archive.links.open(token, phrase) is None
            assert archive.links.open(token, proof=proof) is None
            assert archive.links.read(token, proof) is None
    assert on_disk(tmp_path / "data") == before


def test_a_link_dies_at_its_hour(archive: Archive, report: str, watch: Watch):
    made = make(archive, report)
    watch.go_on(minutes=59, seconds=59.9)
    assert opened(archive, made).link.state(watch.time) == "live"
    watch.go_on(seconds=0.1)
    assert archive.links.open(made.token) is None
    assert [link.state(watch.time) for link in archive.links.of(report)] == ["expired"]


def test_a_link_is_revoked_once_and_alone(archive: Archive, report: str, watch: Watch):
    first, second = make(archive, report), make(archive, report)
    assert archive.links.revoke(first.link.id)
    assert not archive.links.revoke(first.link.id)
    assert not archive.links.revoke("unknown")
    assert not archive.links.revoke(second.token)
    assert [link.state(watch.time) for link in archive.links.of(report)] == ["live", "revoked"]
    assert opened(archive, second).link.report == report


@pytest.mark.parametrize("moment", ["before the attempt", "during the attempt"])
def test_a_link_revoked_on_the_way_does_not_open(archive: Archive, report: str, moment: str):
    made = make(archive, report, PHRASE)
    fits, live = passphrases.fits, archive.links._live

    def revoking(*given: str) -> object:
        archive.links.revoke(made.link.id)
        return fits(*given)

    def late(token: str) -> object:
        found = live(token)
        archive.links.revoke(made.link.id)
        return found

    during = patch.object(passphrases, "fits", revoking)
    before = patch.object(archive.links, "_live", late)
    with during if moment == "during the attempt" else before:
        assert archive.links.open(made.token, PHRASE) is None


def test_of_a_report_its_own_links_are_listed_only(archive: Archive, report: str):
    other = archive.reports.add(clear_report()).id
    mine = [make(archive, report).link, make(archive, report).link]
    make(archive, other)
    assert archive.links.of(report) == tuple(mine[::-1])


def test_no_link_is_made_to_nothing(archive: Archive):
    assert archive.links.make("nothing", expires=NOON) is None


def test_a_passphrase_is_asked_for_and_proven_from_then_on(archive: Archive, report: str):
    made, twin = make(archive, report, PHRASE), make(archive, report, PHRASE)
    assert made.link.guarded
    assert archive.links.open(made.token) == Asked()
    assert archive.links.read(made.token) is None
    proof = opened(archive, made, f" {PHRASE}\n").proof
    assert len(proof) == 64
    assert opened(archive, made, proof=proof).link.openings == 2
    assert archive.links.read(made.token, proof) is not None
    assert archive.links.read(twin.token, proof) is None
    assert archive.links.open(twin.token, proof=proof) == Asked()
    assert archive.links.open(made.token, proof=proof[:-1] + "é") == Asked()


def test_attempts_get_slower_link_by_link(archive: Archive, report: str, watch: Watch):
    made, other = make(archive, report, PHRASE, 100), make(archive, report, PHRASE, 100)
    with patch.object(passphrases, "fits", return_value=False):
        waits = []
        for _ in range(14):
            answer = archive.links.open(made.token, "guess")
            assert isinstance(answer, Asked)
            assert answer.wrong
            assert archive.links.open(made.token, PHRASE) == Asked(wait=answer.wait)
            waits.append(answer.wait)
            watch.go_on(seconds=answer.wait)
    assert waits == [1, 2, 4, 8, 16, *[passphrases.LONGEST_FOR_ALL] * 9]
    assert archive.links.open(other.token) == Asked()
    assert opened(archive, made, PHRASE).link.openings == 1
    assert archive.links.open(made.token, "guess") == Asked(wrong=True, wait=1)


def test_a_wait_lasts_beyond_the_program(tmp_path: Path, watch: Watch):
    with open_archive(tmp_path / "data", watch) as archive:
        made = make(archive, archive.reports.add(clear_report()).id, PHRASE)
        assert archive.links.open(made.token, "guess") == Asked(wrong=True, wait=1)
    with open_archive(tmp_path / "data", watch) as archive:
        assert archive.links.open(made.token, PHRASE) == Asked(wait=1)


def test_the_same_passphrase_may_be_typed_on_another_keyboard(archive: Archive, report: str):
    assert opened(archive, make(archive, report, "Caf\u00e9 ol\u00e9"), "Cafe\u0301 ole\u0301").link.guarded


@pytest.mark.parametrize("passphrase", [" ", "\n\t", "x" * 1001])
def test_some_passphrases_are_none(archive: Archive, report: str, passphrase: str):
    with pytest.raises(passphrases.Unfit, match=r"^A passphrase .*\.$"):
        make(archive, report, passphrase)
    guarded = make(archive, report, PHRASE)
    assert archive.links.open(guarded.token, passphrase) == Asked(wrong=True, wait=1)


def test_a_damaged_passphrase_is_told(archive: Archive, report: str, tmp_path: Path):
    made = make(archive, report, PHRASE)
    with sqlite3.connect(tmp_path / "data" / DATABASE) as connection:
        connection.execute("UPDATE links SET passphrase = 'no hash'")
    connection.close()
    with pytest.raises(StoreError, match="make a new link"):
        archive.links.open(made.token, PHRASE)


@given(st.integers(-5, 10**9))
def test_the_pause_is_bounded_and_grows(failures: int):
    assert 0 <= passphrases.pause(failures) <= passphrases.pause(failures + 1) <= passphrases.MOST_SECONDS


@pytest.mark.parametrize(("chosen", "span"), SPANS.items())
def test_a_span_counts_from_now(chosen: str, span: timedelta):
    assert expiry(chosen, NOON) == NOON + span


def test_a_date_is_meant_to_its_end():
    assert expiry("2026-11-21", NOON) == datetime(2026, 11, 21, 23, 59, 59, 999999, UTC)
    assert expiry("9999-12-31", NOON).year == 9999


@pytest.mark.parametrize("chosen", ["", "2h", "never", "2026-11-20", "2026-02-30", "1d ", "\0"])
def test_other_ends_are_refused_in_one_sentence(chosen: str):
    with pytest.raises(NoExpiry, match=r"^A link .*\.?$"):
        expiry(chosen, NOON)
