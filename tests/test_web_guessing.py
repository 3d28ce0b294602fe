"""Guessing the passphrase of a link: slow for who guesses, harmless for who was given it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import BoundedSemaphore

import pytest
from starlette.testclient import TestClient

from harinspect.store import passphrases
from harinspect.store.passphrases import LONGEST_FOR_ALL
from tests.archive_pages import Desk, desk_in
from tests.page_client import HOST


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as desk:
        yield desk


@pytest.fixture
def kept(desk: Desk) -> str:
    return desk.keep()


def test_a_guesser_does_not_lock_out_the_rightful_reader(desk, kept):
    way, other = (desk.share(kept, "30d", passphrase="wide open sea") for _ in range(2))
    guesser = TestClient(desk.app, base_url=HOST, follow_redirects=False, client=("10.1.1.1", 4711))
    waits = []
    for _ in range(12):
        answer = guesser.post(way, data={"passphrase": "narrow sea"})
        assert answer.status_code == 403
        waits.append(int(answer.headers["retry-after"]))
        desk.watch.go_on(seconds=waits[-1])
    assert waits == [2**number for number in range(11)] + [2048]
    assert guesser.post(way, data={"passphrase": "narrow sea"}).headers["retry-after"] == "3600"
    assert guesser.post(way, data={"passphrase": "wide open sea"}).status_code == 429
    assert guesser.post(other, data={"passphrase": "wide open sea"}).status_code == 303
    reader = desk.reader()
    assert reader.post(way, data={"passphrase": "wide open sea"}).headers["retry-after"] == str(LONGEST_FOR_ALL)
    desk.watch.go_on(seconds=LONGEST_FOR_ALL)
    assert reader.post(way, data={"passphrase": "wide open sea"}).status_code == 303
    assert guesser.post(way, data={"passphrase": "wide open sea"}).status_code == 429


def test_where_many_are_looked_at_another_one_comes_later(desk, kept, monkeypatch):
    way = desk.share(kept, passphrase="wide open sea")
    monkeypatch.setattr(passphrases, "_line", BoundedSemaphore(1))
    with passphrases.line():
        answer = desk.reader().post(way, data={"passphrase": "wide open sea"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    desk.watch.go_on(seconds=1)
    assert desk.reader().post(way, data={"passphrase": "wide open sea"}).status_code == 303
