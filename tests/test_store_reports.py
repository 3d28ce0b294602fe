"""Reports on disk: kept, found again, annotated and forgotten; and what they share with the store in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from harinspect.store import Store
from harinspect.store.archive import Archive, open_archive
from harinspect.store.folder import DATABASE
from harinspect.store.remarks import LABEL_LENGTH, LABELS, NOTES_LENGTH, TICKET_LENGTH, TooLong
from harinspect.store.reports import Reports
from harinspect.store.search import Search
from harinspect.store.trouble import StoreError
from tests.page_fixtures import clear_report, full_report
from tests.report_fixtures import full_report as every_part
from tests.store_fixtures import NOON, Watch, told


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def archive(tmp_path: Path, watch: Watch) -> Iterator[Archive]:
    with open_archive(tmp_path / "data", watch) as opened:
        yield opened


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, archive: Archive) -> Store | Reports:
    return Store() if request.param == "memory" else archive.reports


def test_a_report_is_found_by_its_id(store: Store | Reports):
    kept = store.add(full_report())
    assert store.get(kept.id) == kept


def test_an_unknown_id_is_none(store: Store | Reports):
    assert store.get("nothing") is None
    assert not store.remove("nothing")


def test_a_removed_report_is_gone(store: Store | Reports):
    kept, other = store.add(full_report()), store.add(clear_report())
    assert store.get(kept.id) is not None
    assert store.remove(kept.id)
    assert store.get(kept.id) is None
    assert not store.remove(kept.id)
    assert [left.id for left in store.all()] == [other.id]


def test_all_is_newest_first(store: Store | Reports):
    added = [store.add(clear_report(), sample=sample) for sample in (False, True, False)]
    assert [kept.id for kept in store.all()] == [kept.id for kept in added[::-1]]
    assert [kept.sample for kept in store.all()] == [False, True, False]


@pytest.mark.parametrize("report", [every_part(), full_report(), clear_report()], ids=["every", "page", "clear"])
def test_every_part_of_a_report_comes_back(tmp_path: Path, report: object):
    with open_archive(tmp_path / "data") as archive:
        id = archive.reports.add(report).id  # type: ignore[arg-type]
    with open_archive(tmp_path / "data") as archive:
        kept = archive.reports.get(id)
    assert kept is not None
    assert kept.report == report


def test_ids_hold_128_bits(archive: Archive):
    ids = {archive.reports.add(clear_report()).id for _ in range(20)}
    assert len(ids) == 20
    assert min(map(len, ids)) >= 22


def test_a_report_read_often_is_unpacked_once(archive: Archive):
    ids = [archive.reports.add(told(f"{n}.har")).id for n in range(6)]
    first = archive.reports.get(ids[0])
    again = archive.reports.get(ids[0])
    assert first is not None
    assert again is not None
    assert first.report is again.report
    assert [kept.report.source.name for id in ids if (kept := archive.reports.get(id))] == [
        f"{n}.har" for n in range(6)
    ]


def test_what_another_program_removed_is_gone_here_too(archive: Archive, tmp_path: Path):
    kept = archive.reports.add(full_report())
    assert archive.reports.get(kept.id) is not None
    with open_archive(tmp_path / "data") as other:
        assert other.reports.remove(kept.id)
    assert archive.reports.get(kept.id) is None


def test_the_original_is_not_among_what_is_stored(archive: Archive, tmp_path: Path):
    archive.reports.add(full_report())
    with sqlite3.connect(tmp_path / "data" / DATABASE) as connection:
        [content] = connection.execute("SELECT content FROM reports").fetchone()
    connection.close()
    assert len(content) < len(msgspec.json.encode(full_report())) / 3


def test_a_list_tells_the_reports_without_reading_them(archive: Archive):
    kept = archive.reports.add(full_report())
    archive.reports.add(clear_report(), sample=True)
    [listed] = archive.reports.find()
    summary = full_report().summary
    assert (listed.id, listed.added, listed.sample, listed.links) == (kept.id, NOON, False, 0)
    assert (listed.name, listed.denials, listed.entries) == (
        "customer-4711.har",
        summary.denials,
        full_report().source.entries,
    )
    assert listed.causes == tuple((cause.cause, cause.title) for cause in summary.causes)
    assert listed.sentence == summary.sentence


def test_a_list_counts_the_links_that_still_open(archive: Archive, watch: Watch):
    kept = archive.reports.add(clear_report())
    made = [archive.links.make(kept.id, expires=NOON + timedelta(hours=hours)) for hours in (1, 2, 3)]
    assert made[2] is not None
    assert archive.links.revoke(made[2].link.id)
    watch.go_on(hours=1)
    assert [listed.links for listed in archive.reports.find()] == [1]


def test_a_list_comes_in_pieces(archive: Archive):
    for n in range(5):
        archive.reports.add(told(f"{n}.har"))
    assert [listed.name for listed in archive.reports.find(limit=2, offset=1)] == ["3.har", "2.har"]
    assert archive.reports.count() == 5


def test_remarks_replace_what_is_given_only(archive: Archive):
    id = archive.reports.add(clear_report()).id
    assert archive.reports.annotate(
        id, labels=["Shop ", "VIP", "vip", ""], ticket=" SUP-1\n", notes="one\r\ntwo\x1b[1m"
    )
    assert archive.reports.annotate(id, ticket="SUP-2")
    kept = archive.reports.get(id)
    assert kept is not None
    assert (kept.labels, kept.ticket, kept.notes) == (("Shop", "vip"), "SUP-2", "one\ntwo")
    assert archive.reports.annotate(id, labels=[], notes="")
    kept = archive.reports.get(id)
    assert kept is not None
    assert (kept.labels, kept.ticket, kept.notes) == ((), "SUP-2", "")


def test_remarks_on_nothing_are_refused(archive: Archive):
    assert not archive.reports.annotate("nothing", ticket="SUP-1")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"labels": ["x" * (LABEL_LENGTH + 1)]}, "A label is longer than 50 characters."),
        ({"labels": [f"l{n}" for n in range(LABELS + 1)]}, "A report has room for 20 labels."),
        ({"ticket": "x" * (TICKET_LENGTH + 1)}, "The ticket is longer than 100 characters."),
        ({"notes": "x" * (NOTES_LENGTH + 1)}, "The text of the notes is longer than 20000 characters."),
    ],
    ids=["label", "labels", "ticket", "notes"],
)
def test_remarks_have_limits(archive: Archive, given: dict[str, str], sentence: str):
    id = archive.reports.add(clear_report()).id
    with pytest.raises(TooLong) as refused:
        archive.reports.annotate(id, **given)
    assert str(refused.value) == sentence


def test_labels_in_use_are_told_once(archive: Archive):
    for labels in (["VIP", "shop"], ["vip"], ["Überweisung"]):
        archive.reports.annotate(archive.reports.add(clear_report()).id, labels=labels)
    assert archive.reports.labels() == ("shop", "VIP", "Überweisung")


def test_what_is_old_is_forgotten(archive: Archive, watch: Watch):
    old = archive.reports.add(clear_report())
    watch.go_on(days=20)
    young = archive.reports.add(clear_report())
    watch.go_on(days=10)
    assert archive.reports.forget_after(30) == 0
    watch.go_on(seconds=1)
    assert archive.reports.forget_after(30) == 1
    assert [archive.reports.get(kept.id) is None for kept in (old, young)] == [True, False]
    assert archive.reports.forget_after(30) == 0


def test_one_damaged_report_leaves_the_others(archive: Archive, tmp_path: Path):
    bad, good = archive.reports.add(told("bad.har")), archive.reports.add(told("good.har"))
    with sqlite3.connect(tmp_path / "data" / DATABASE) as connection:
        connection.execute("UPDATE reports SET content = x'00' WHERE id = ?", (bad.id,))
    connection.close()
    with pytest.raises(StoreError, match="damaged in the database and cannot be shown; remove it"):
        archive.reports.get(bad.id)
    assert archive.reports.get(good.id) is not None
    assert archive.reports.remove(bad.id)


@pytest.mark.parametrize("name", ["\0null", "half \ud83d", "'; DROP TABLE reports; --", "x" * 10_000])
def test_odd_ids_and_words_find_nothing_and_break_nothing(archive: Archive, name: str):
    kept = archive.reports.add(clear_report())
    assert archive.reports.get(name) is None
    assert not archive.reports.remove(name)
    assert archive.reports.annotate(kept.id, ticket=name[:50], notes=name)
    assert archive.links.of(name) == ()
    assert archive.links.open(name) is None
    assert archive.links.make(name, expires=NOON) is None
    assert not archive.links.revoke(name)
    assert archive.reports.find(Search(host=name, cause=name, label=name, ticket="no" + name)) == ()
