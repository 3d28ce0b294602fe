"""The redacted recording comes after the report, is kept with it, and goes out to its owner."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from harinspect.store import Keeping, Store, StoreError
from harinspect.store.archive import open_archive
from harinspect.store.reports import Reports
from harinspect.web.app import create_app
from harinspect.web.kept import Kept
from harinspect.web.redactions import ENDED, NEVER, NOT_KEPT, OTHER, PREPARING, TOO_LARGE, TOO_SLOW
from harinspect.web.uploads import Uploads
from tests.page_client import HOST, SETTINGS, client_on, wait_for
from tests.page_fixtures import REDACTED, full_report
from tests.test_web_uploads import RAW, chunks, polled

IN_FULL = {"Accept-Encoding": "identity"}


@contextmanager
def on_disk(folder: Path) -> Iterator[tuple[TestClient, Keeping]]:
    with open_archive(folder / "data") as archive:
        app = create_app(archive.reports, SETTINGS, Kept(archive))
        with TestClient(app, base_url=HOST, follow_redirects=False) as client:
            yield client, archive.reports


@contextmanager
def in_memory(_: Path) -> Iterator[tuple[TestClient, Keeping]]:
    store = Store()
    with client_on(store) as client:
        yield client, store


@pytest.fixture(params=[on_disk, in_memory])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[TestClient, Keeping]]:
    with request.param(tmp_path) as made:
        yield made


def sent(client: TestClient, content: bytes, name: str = "a.har") -> list[str]:
    """The ids of the reports that came of it, as they stand on the page."""
    answer = client.post("/reports", content=content, headers=RAW | {"X-Filename": name})
    shown = wait_for(client, polled(answer.text), "Open the report")
    return [part.partition('"')[0] for part in shown.split('href="/reports/')[1:]]


def uploads_of(client: TestClient) -> Uploads:
    return cast(Uploads, cast(FastAPI, client.app).state.site.uploads)


def wait_until(holds: Callable[[], object]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def ended(store: Keeping, id: str) -> str:
    """Why there is no recording, "" where there is, as soon as that is known."""
    wait_until(lambda: store.recordings.get(id) is not None)
    told = store.recordings.get(id)
    assert told is not None
    return told.why


def test_the_owner_saves_the_redacted_recording(served):
    client, store = served
    [id] = sent(client, b'{"log"', "customer 4711.har")
    assert ended(store, id) == ""
    for headers in (IN_FULL, {"Accept-Encoding": "gzip"}):
        answer = client.get(f"/reports/{id}.har", headers=headers)
        assert answer.status_code == 200
        assert answer.content == REDACTED
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["content-disposition"] == 'attachment; filename="customer-4711-redacted.har"'
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers.get("content-encoding", "identity") == headers["Accept-Encoding"]
    strict = client.get(f"/reports/{id}.strict.har", headers=IN_FULL)
    assert strict.content == REDACTED
    assert strict.headers["content-disposition"] == 'attachment; filename="customer-4711-strict.har"'


def test_a_recording_of_many_parts_is_unpacked_as_it_goes(served):
    client, store = served
    id, long = store.add(full_report()).id, b"x" * 5_000_000
    store.recordings.put(id, BytesIO(gzip.compress(long)), len(long))
    assert client.get(f"/reports/{id}.har", headers=IN_FULL).content == long


def test_each_recording_of_an_archive_is_kept_with_its_own_report(served):
    client, store = served
    one, other = sent(client, b"two half")
    assert ended(store, one) == ""
    assert ended(store, other) == "It could not be masked."
    page = client.get(f"/reports/{other}").text
    assert "It could not be masked." in page
    assert f"/reports/{other}.har" not in page
    answer = client.get(f"/reports/{other}.har")
    assert (answer.status_code, "It could not be masked." in answer.text) == (409, True)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"log" failed', "It could not be masked."),
        (b'{"log" refused', "It cannot be redacted."),
        (b'{"log" other', OTHER),
        (b'{"log" cut', ENDED),
        (b'{"log" astray', ENDED),
    ],
)
def test_why_there_is_none_is_said_in_a_sentence(served, content, why):
    client, store = served
    [id] = sent(client, content)
    assert ended(store, id) == why
    assert why in client.get(f"/reports/{id}").text
    for kind in ("har", "strict.har"):
        answer = client.get(f"/reports/{id}.{kind}")
        assert (answer.status_code, why in answer.text) == (409, True)


def test_while_it_is_prepared_the_page_says_so_and_asks_again(served):
    client, store = served
    [id] = sent(client, b'{"log" lasting')
    page = client.get(f"/reports/{id}").text
    assert "Being prepared." in page
    assert f'hx-get="/reports/{id}/recording"' in page
    assert f'hx-get="/reports/{id}/recording"' in client.get(f"/reports/{id}/recording").text
    assert PREPARING in client.get(f"/reports/{id}.har").text
    assert store.recordings.get(id) is None


def test_the_answer_to_asking_again_when_it_is_there(served):
    client, store = served
    [id] = sent(client, b'{"log"')
    ended(store, id)
    shown = client.get(f"/reports/{id}/recording").text
    assert "hx-get" not in shown
    assert f'href="/reports/{id}.har"' in shown
    assert client.get("/reports/unknown/recording").status_code == 404


def test_a_report_that_never_had_one(served):
    client, store = served
    id = store.add(full_report()).id
    assert NEVER in client.get(f"/reports/{id}").text
    assert client.get(f"/reports/{id}.har").status_code == 409
    assert client.get(f"/reports/{id}.strict.har").status_code == 409


def test_a_caution_stands_beside_the_recording(served):
    client, store = served
    id = store.add(full_report()).id
    store.recordings.put(id, BytesIO(gzip.compress(REDACTED)), len(REDACTED), "Look at it first.")
    page = client.get(f"/reports/{id}").text
    assert f'href="/reports/{id}.har"' in page
    assert "Look at it first." in page


@pytest.mark.parametrize("kind", ["har", "strict.har", "curl.txt"])
def test_others_have_none(served, kind):
    client, _ = served
    answer = client.get(f"/reports/unknown.{kind}")
    assert answer.status_code == 404
    assert "not kept any more" in answer.text


def test_a_report_that_is_removed_takes_its_upload_with_it(served, monkeypatch):
    monkeypatch.setattr("harinspect.web.redactions.LOOK_EVERY", 0.05)
    client, store = served
    [id] = sent(client, b'{"log" lasting')
    uploads = uploads_of(client)
    assert uploads._tasks
    client.post(f"/reports/{id}/delete")
    wait_until(lambda: not uploads._tasks)
    assert not store.holds(id)


def test_a_report_that_is_forgotten_in_time_does_too(tmp_path, monkeypatch):
    monkeypatch.setattr("harinspect.web.redactions.LOOK_EVERY", 0.05)
    with on_disk(tmp_path) as (client, store):
        [id] = sent(client, b'{"log" lasting')
        assert cast(Reports, store).forget_after(-1) == 1
        wait_until(lambda: not uploads_of(client)._tasks)
        assert client.get(f"/reports/{id}.har").status_code == 404


def test_another_upload_does_not_wait_for_it(served):
    client, _ = served
    for _ in range(SETTINGS.turns + 1):
        assert len(sent(client, b'{"log" lasting')) == 1


def test_what_takes_too_long_is_ended():
    store = Store()
    with client_on(store, analysis_seconds=1) as client:
        [id] = sent(client, b'{"log" lasting')
        assert ended(store, id) == TOO_SLOW


def test_what_is_too_large_is_not_kept():
    store = Store()
    with client_on(store, recording_bytes=5) as client:
        [id] = sent(client, b'{"log"')
        assert ended(store, id) == TOO_LARGE
        assert client.get(f"/reports/{id}.har").status_code == 409


@pytest.mark.parametrize("problem", [StoreError("The disk is full."), OSError("canary")])
def test_a_store_that_fails_loses_the_recording_alone(monkeypatch, problem):
    def fail(*_: object) -> bool:
        raise problem

    store = Store()
    monkeypatch.setattr(store.recordings, "put", fail)
    with client_on(store) as client:
        [id] = sent(client, b'{"log"')
        assert ended(store, id) == NOT_KEPT
        assert NOT_KEPT in client.get(f"/reports/{id}").text


def test_a_store_that_fails_altogether_is_borne(monkeypatch):
    def fail(*_: object) -> bool:
        raise StoreError("The disk is full.")

    store = Store()
    monkeypatch.setattr(store.recordings, "put", fail)
    monkeypatch.setattr(store.recordings, "refuse", fail)
    with client_on(store) as client:
        [id] = sent(client, b'{"log"')
        wait_until(lambda: not uploads_of(client)._tasks)
        assert NEVER in client.get(f"/reports/{id}").text


def test_the_upload_stays_open_until_it_is_redacted_and_no_longer():
    async def states() -> list[bool]:
        store = Store()
        uploads = Uploads(store, SETTINGS)
        file = await uploads.receive(chunks(b'{"log" lasting'))
        upload = uploads.start(file, "a.har")
        while not (known := uploads.get(upload.id)) or not known.ended:
            await asyncio.sleep(0.02)
        found = [file.closed]
        await uploads.close()
        return [*found, file.closed, uploads.redactions.shelved(known.reports[0]).is_preparing]

    assert asyncio.run(states()) == [False, True, False]
