"""What was read of our files, kept beside the bytecode."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
import pytest

from harinspect.knowledge import KnowledgeError, causes, guidance, kept, read_all, tables
from harinspect.knowledge.changes import precautions
from harinspect.knowledge.compiled import FOLDER, Compiled, compiled
from harinspect.knowledge.quality import quality

NAMES = ("cloudflare.toml", "words-client.toml", "nginx.toml")


def text(found: Compiled) -> bytes:
    """Responders are equal to themselves only."""
    return msgspec.json.encode(found, order="deterministic")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "responders"
    made.mkdir()
    for name in NAMES:
        shutil.copy(FOLDER / name, made)
    return made


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "__pycache__" / "responders.msgpack"


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.dont_write_bytecode", False)


def test_what_is_kept_is_what_was_read(folder: Path, store: Path) -> None:
    read = compiled(folder, store)
    assert store.exists()
    again = compiled(folder, store)
    assert text(again) == text(read)
    assert again is not read
    assert list(again.responders) == sorted(path.removesuffix(".toml") for path in NAMES)
    assert again.triggers.headers


def test_a_changed_source_counts_at_once(folder: Path, store: Path) -> None:
    compiled(folder, store)
    source = folder / "nginx.toml"
    source.write_text(source.read_text().replace("name = 'nginx'", "name = 'xnign'"), encoding="utf-8")
    os.utime(source, ns=(1, 1))
    assert compiled(folder, store).responders["nginx"].name == "xnign"
    (folder / "nginx.toml").unlink()
    assert "nginx" not in compiled(folder, store).responders


def test_a_source_that_went_wrong_is_named(folder: Path, store: Path) -> None:
    compiled(folder, store)
    (folder / "nginx.toml").write_text("name = 3", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"nginx\.toml: "):
        compiled(folder, store)


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x93\x90\x80\x80", b"\x80"])
def test_a_damaged_store_is_made_anew(folder: Path, store: Path, damage: bytes) -> None:
    read = compiled(folder, store)
    store.write_bytes(damage)
    assert text(compiled(folder, store)) == text(read)
    assert store.read_bytes() != damage


def test_where_nothing_may_be_written_nothing_is(folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.parent.write_text("a file in the way")
    assert compiled(folder, store).responders
    assert compiled(folder, store).responders
    assert store.parent.read_text() == "a file in the way"
    store.parent.unlink()
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert compiled(folder, store).responders
    assert not store.exists()


READERS = (causes, guidance.checks, guidance.meanings, guidance.myths, guidance.steps, precautions, quality)


@pytest.mark.parametrize("reader", READERS)
def test_what_is_kept_of_a_table_is_what_was_read(reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "STORE", tmp_path)
    read = reader.__wrapped__()
    assert [file.suffix for file in tmp_path.iterdir()] == [".msgpack"]
    monkeypatch.setattr(tables, "table_of", None)
    assert reader.__wrapped__() == read


def test_a_table_is_read_again_when_its_reader_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "STORE", tmp_path)
    source, code = tmp_path / "a.toml", tmp_path / "reader.py"
    source.touch()
    code.touch()
    answers = iter((1, 2))

    def read(path: Path) -> int:
        assert path == source
        return next(answers)

    assert kept.kept_table(int, read, source, str(code)) == 1
    assert kept.kept_table(int, read, source, str(code)) == 1
    code.write_text("# changed", encoding="utf-8")
    assert kept.kept_table(int, read, source, str(code)) == 2


def test_all_that_is_kept_can_be_read_at_once() -> None:
    read_all()
    assert all(reader.cache_info().currsize for reader in READERS)
