"""The data folder: private, and never somebody else's."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from harinspect.store.archive import open_archive
from harinspect.store.folder import DATABASE, data_folder, database_file
from harinspect.store.trouble import StoreError
from tests.page_fixtures import clear_report


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def test_all_that_is_kept_is_private(tmp_path: Path):
    folder = tmp_path / "new" / "data"
    with open_archive(folder) as archive:
        archive.reports.add(clear_report())
        found = {path.name: mode(path) for path in folder.iterdir()}
        assert found == {DATABASE: 0o600, f"{DATABASE}-wal": 0o600, f"{DATABASE}-shm": 0o600}
        assert mode(folder) == 0o700
    assert {path.name for path in folder.iterdir()} == {DATABASE}


def test_what_was_copied_here_is_closed_again(tmp_path: Path):
    with open_archive(tmp_path / "data") as archive:
        id = archive.reports.add(clear_report()).id
        shutil.copytree(tmp_path / "data", tmp_path / "copy")
    for path in (tmp_path / "copy", *(tmp_path / "copy").iterdir()):
        path.chmod(0o777)
    with open_archive(tmp_path / "copy") as archive:
        assert {mode(path) for path in (tmp_path / "copy").iterdir()} == {0o600}
        assert mode(tmp_path / "copy") == 0o700
        assert archive.reports.get(id) is not None


def test_without_a_choice_it_is_where_the_system_keeps_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = data_folder()
    assert folder.is_relative_to(tmp_path)
    assert folder.name == "harinspect"
    assert mode(folder) == 0o700


def test_a_home_may_be_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder(Path("~/reports")) == tmp_path / "reports"


def test_an_empty_folder_may_be_given(tmp_path: Path):
    (tmp_path / "lost+found").mkdir()
    assert data_folder(tmp_path) == tmp_path


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path):
    (tmp_path / "letter.txt").touch()
    before = mode(tmp_path)
    with pytest.raises(StoreError, match=r"holds other files.*name a new folder\.$"):
        open_archive(tmp_path)
    assert mode(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match=r"cannot be the data folder: .*\.$"):
            open_archive(path)


def test_the_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    owner = tmp_path.stat().st_uid
    if owner == 0:
        os.chown(tmp_path, 12345, -1)
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    with pytest.raises(StoreError, match="belongs to another user"):
        data_folder(tmp_path)


def test_a_link_in_the_place_of_the_database_is_not_followed(tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / DATABASE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match=r"cannot be opened"):
        open_archive(tmp_path / "data")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_in_the_place_of_the_database_is_told(tmp_path: Path):
    (tmp_path / "data" / DATABASE).mkdir(parents=True)
    with pytest.raises(StoreError, match=r"cannot be opened: Is a directory\.$"):
        database_file(tmp_path / "data")
