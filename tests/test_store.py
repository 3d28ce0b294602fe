"""The store in memory: bounded, newest first, samples last to go."""

from __future__ import annotations

from harinspect.store import Store
from tests.page_fixtures import clear_report, full_report


def test_a_report_is_found_by_its_id():
    store = Store()
    kept = store.add(full_report())
    assert store.get(kept.id) == kept
    assert kept.report.source.name == "customer-4711.har"


def test_ids_are_unguessable_and_unlike():
    store = Store()
    ids = {store.add(clear_report()).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(id) >= 16 for id in ids)


def test_an_unknown_id_is_none():
    assert Store().get("nothing") is None


def test_a_removed_report_is_gone():
    store = Store()
    kept = store.add(clear_report())
    assert store.remove(kept.id)
    assert store.get(kept.id) is None
    assert not store.remove(kept.id)


def test_the_least_recently_read_makes_room():
    store = Store(limit=2)
    first, second = store.add(clear_report()), store.add(clear_report())
    store.get(first.id)
    third = store.add(clear_report())
    assert [store.get(kept.id) is not None for kept in (first, second, third)] == [True, False, True]


def test_samples_go_last():
    store = Store(limit=2)
    sample = store.add(clear_report(), sample=True)
    own = store.add(clear_report())
    new = store.add(clear_report())
    assert {kept.id for kept in store.all()} == {sample.id, new.id}
    assert store.get(own.id) is None


def test_among_samples_the_oldest_goes():
    store = Store(limit=1)
    store.add(clear_report(), sample=True)
    new = store.add(clear_report(), sample=True)
    assert [kept.id for kept in store.all()] == [new.id]


def test_all_is_newest_first():
    store = Store()
    added = [store.add(clear_report()).id for _ in range(3)]
    assert [kept.id for kept in store.all()] == added[::-1]
