"""Uploads: received privately, limited, analysed elsewhere, and answered in words."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from harinspect.store import Store
from harinspect.web.settings import Settings
from harinspect.web.uploads import Unusable, Upload, Uploads
from tests.page_client import SETTINGS, client_on, wait_for

RAW = {"Content-Type": "application/octet-stream"}


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def polled(answer: str) -> str:
    return "/uploads/" + answer.partition("/uploads/")[2].partition('"')[0]


def test_a_recording_becomes_a_report():
    store = Store()
    with client_on(store) as client:
        answer = client.post("/reports", content=b'{"log": 1}', headers=RAW | {"X-Filename": "caf%C3%A9.har"})
        assert answer.status_code == 202
        assert "hx-get" in answer.text
        shown = wait_for(client, polled(answer.text), "Open the report")
        assert "data-report" in shown
        assert "hx-get" not in shown
        assert client.get(polled(answer.text)).headers["location"] == f"/reports/{store.all()[0].id}"
    assert store.all()[0].report.source.name == "café.har"


def test_several_recordings_in_one_file():
    store = Store()
    with client_on(store) as client:
        answer = client.post("/reports", content=b"two", headers=RAW)
        shown = wait_for(client, polled(answer.text), "Open the report")
        assert "Open the report 2" in shown
        assert "data-report" not in shown
        assert "Open the report 1" in client.get(polled(answer.text)).text
    assert len(store.all()) == 2


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"hello", "This is not a HAR file."),
        (b"none", "The file holds no recording."),
        (b"cut", "The analysis ended without an answer"),
    ],
)
def test_what_cannot_be_used_is_said(content, says):
    store = Store()
    with client_on(store) as client:
        answer = client.post("/reports", content=content, headers=RAW)
        assert says in wait_for(client, polled(answer.text), "alert")
        assert says in client.get(polled(answer.text)).text
    assert store.all() == ()


def test_a_report_that_is_too_large_is_not_taken():
    store = Store()
    with client_on(store, report_bytes=1000) as client:
        answer = client.post("/reports", content=b'{"log": 1}', headers=RAW)
        assert "too large to be shown" in wait_for(client, polled(answer.text), "alert")
    assert store.all() == ()


def test_a_store_that_fails_is_said_without_its_words(monkeypatch, caplog):
    def fail(*_: object) -> None:
        raise OSError("canary")

    store = Store()
    monkeypatch.setattr(store, "add", fail)
    with client_on(store) as client:
        answer = client.post("/reports", content=b'{"log": 1}', headers=RAW)
        shown = wait_for(client, polled(answer.text), "alert")
    assert "The report could not be kept (OSError)." in shown
    assert caplog.messages == ["An upload failed: OSError."]
    assert "canary" not in caplog.text


def test_a_long_analysis_is_ended():
    with client_on(Store(), analysis_seconds=0.3) as client:
        answer = client.post("/reports", content=b"slow", headers=RAW)
        assert "took too long" in wait_for(client, polled(answer.text), "alert")


def test_progress_is_shown_and_others_are_served_meanwhile():
    with client_on(Store()) as client:
        slow = client.post("/reports", content=b"slow", headers=RAW)
        assert "reading, 40 %" in wait_for(client, polled(slow.text), "reading")
        assert 'http-equiv="refresh"' in client.get(polled(slow.text)).text
        quick = client.post("/reports", content=b'{"log"', headers=RAW)
        wait_for(client, polled(quick.text), "Open the report")
        assert client.get("/").status_code == 200


def test_too_large_by_its_own_word():
    with client_on(Store(), upload_bytes=10) as client:
        answer = client.post("/reports", content=b"x" * 11, headers=RAW)
    assert answer.status_code == 413
    assert "larger than the limit of 10 bytes" in answer.text


def test_too_large_without_a_declared_length():
    with client_on(Store(), upload_bytes=10) as client:
        answer = client.post("/reports", content=iter([b"x" * 6, b"x" * 6]), headers=RAW)
    assert answer.status_code == 413


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EIO, 500)])
def test_a_full_disk_is_said(monkeypatch, number, status):
    def fails(*_: object, **__: object) -> None:
        raise OSError(number, "canary")

    monkeypatch.setattr("harinspect.web.uploads.private_file", fails)
    with client_on(Store()) as client:
        answer = client.post("/reports", content=b"x")
    assert (answer.status_code, "canary" in answer.text) == (status, False)
    assert ("disk of the server is full" in answer.text) == (status == 507)


def test_an_empty_file_is_refused():
    with client_on(Store()) as client:
        answer = client.post("/reports", content=b"", headers=RAW)
    assert (answer.status_code, answer.text) == (400, "The file is empty.")


def test_the_plain_form_leads_to_the_report():
    store = Store()
    with client_on(store) as client:
        answer = client.post("/reports", files={"files": ("a.har", b'{"log"')})
        assert answer.status_code == 303
        wait_for(client, answer.headers["location"], "Open the report")
    assert store.all()[0].report.source.name == "a.har"


def test_the_plain_form_with_several_files():
    store = Store()
    with client_on(store) as client:
        two = [("files", ("a.har", b'{"log"')), ("files", ("../b.har", b'{"log"' + b" " * 2_000_000))]
        assert client.post("/reports", files=two).headers["location"] == "/"
        for _ in range(100):
            if len(store.all()) == 2:
                break
            client.get("/")
            asyncio.run(asyncio.sleep(0.05))
    assert {kept.report.source.name for kept in store.all()} == {"a.har", "b.har"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"--b\r\nContent-Disposition: form-data; name=files; filename=a\r\n\r\n" + b"x" * 99 + b"\r\n--b--\r\n", 413),
        (b"--b\r\nContent-Disposition: form-data; name=other\r\n\r\n1\r\n--b--\r\n", 400),
        (b"no form", 400),
    ],
)
def test_a_form_that_cannot_be_used(body, status):
    with client_on(Store(), upload_bytes=90) as client:
        answer = client.post("/reports", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status_code == status
    assert "That did not work" in answer.text


def test_an_unknown_upload():
    with client_on(Store()) as client:
        assert client.get("/uploads/unknown").status_code == 404


def test_the_file_is_private_and_has_no_name():
    async def received() -> tuple[int, int]:
        with await Uploads(Store(), Settings()).receive(chunks(b"secret")) as file:
            found = os.fstat(file.fileno())
            return stat.S_IMODE(found.st_mode), found.st_nlink

    assert asyncio.run(received()) == (0o600, 0)


def test_a_broken_transfer_leaves_nothing_open():
    async def broken() -> AsyncIterator[bytes]:
        yield b"start"
        raise Unusable("gone", 400)

    with pytest.raises(Unusable, match="gone"):
        asyncio.run(Uploads(Store(), Settings()).receive(broken()))


def test_old_uploads_are_forgotten(monkeypatch):
    monkeypatch.setattr("harinspect.web.uploads.REMEMBERED", 1)

    async def two() -> tuple[Upload | None, Upload | None]:
        uploads = Uploads(Store(), SETTINGS)
        first = uploads.start(await uploads.receive(chunks(b"hello")), "a")
        second = uploads.start(await uploads.receive(chunks(b"hello")), "b")
        await uploads.close()
        return uploads.get(first.id), uploads.get(second.id)

    first, second = asyncio.run(two())
    assert first is None
    assert second is not None


def test_a_sample_is_analysed(tmp_path, monkeypatch):
    (tmp_path / "cors.har").write_text('{"log"')
    monkeypatch.setattr("harinspect.web.changes.shipped_folder", lambda _: tmp_path)
    store = Store()
    with client_on(store) as client:
        answer = client.post("/samples/cors.har")
        wait_for(client, answer.headers["location"], "Open the report")
        assert client.post("/samples/passwd").status_code == 404
    assert store.all()[0].report.source.name == "cors.har"


def test_a_cancellation_while_the_worker_starts_leaves_no_process_behind():
    async def cancelled() -> bool:
        uploads = Uploads(Store(), SETTINGS)
        file = await uploads.receive(chunks(b"slow"))
        uploads.start(file, "a.har")
        for _ in range(3):
            await asyncio.sleep(0)
        await uploads.close()
        return file.closed

    assert asyncio.run(cancelled())


def test_the_worker_is_told_of_a_users_own_products(tmp_path):
    assert SETTINGS.analysing("a.har") == (*SETTINGS.worker, "a.har")
    own = replace(SETTINGS, knowledge=tmp_path)
    assert own.analysing("a.har") == (*SETTINGS.worker, "a.har", str(tmp_path))
    assert own.redacting("report") == (*SETTINGS.redactor, "report", str(tmp_path))
