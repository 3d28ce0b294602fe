"""What a HAR comes wrapped in."""

from __future__ import annotations

import gzip
import io
import json
import stat
import zipfile
from os import fstat
from pathlib import Path

import pytest

from harinspect.har import load, load_all
from harinspect.har.containers import unpack
from harinspect.har.model import Har, NotHar
from harinspect.har.plain import PlainFile
from harinspect.har.spool import Limits, Spool, private_file
from tests.har_files import document, loaded, numbers


def zipped(members: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def all_of(content: bytes) -> list[tuple[str, list[int]]]:
    return [(har.source.name, numbers(har)) for har in load_all(io.BytesIO(content))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_encodings(encoding: str) -> None:
    text = document(9).replace("body 3", "b\u00f6dy \U0001f600")
    if encoding == "utf-32-be":
        text = "\ufeff" + text
    har = loaded(text.encode(encoding))
    assert (numbers(har), har.problems, har.source.exporter) == (list(range(9)), (), "firefox")
    assert har.body(3) == "b\u00f6dy \U0001f600"
    assert har.source.bytes == len(text.encode(encoding))


@pytest.mark.parametrize("wrapper", ["onInputData({});1", " inputHarps( {} )\n", "\ufeffa.b$c({});"])
def test_jsonp(wrapper: str) -> None:
    before, after = wrapper.split("{}")
    har = loaded(before + document(3) + after)
    assert (numbers(har), har.problems, har.body(2)) == ([0, 1, 2], (), "body 2")


def test_gzip() -> None:
    text = document(5000).encode()
    har = loaded(gzip.compress(text))
    assert (numbers(har), har.problems, har.body(4999)) == (list(range(5000)), (), "body 4999")
    twice = loaded(gzip.compress(gzip.compress(document(2).encode("utf-16"))))
    assert numbers(twice) == [0, 1]


def test_gzip_of_several_members_with_padding() -> None:
    text = document(50).encode()
    assert numbers(loaded(gzip.compress(text[:900]) + gzip.compress(text[900:]) + b"\0" * 40)) == list(range(50))


def test_cut_gzip_gives_what_is_there() -> None:
    packed = gzip.compress(document(5000).encode())
    har = loaded(packed[: len(packed) // 2])
    assert 100 < len(har.exchanges) < 5000
    assert har.problems[0].where == "gzip"
    assert har.lost <= 1


def test_damaged_gzip_gives_what_is_there() -> None:
    packed = bytearray(gzip.compress(document(20_000).encode()))
    middle = len(packed) // 2
    packed[middle : middle + 200] = bytes(200)
    try:
        har = loaded(bytes(packed))
    except NotHar:
        pytest.skip("the decompressor gave nothing up to the damage")
    assert har.problems[0].where == "gzip"


def test_gzip_of_nothing_usable() -> None:
    with pytest.raises(NotHar, match="empty"):
        loaded(gzip.compress(b""))
    with pytest.raises(NotHar, match="not JSON"):
        loaded(gzip.compress(b"hello"))


def test_zip_of_one_and_of_several() -> None:
    assert all_of(zipped({"a.har": document(2)})) == [("a.har", [0, 1])]
    several = zipped(
        {
            "x/": "",
            "x/a.har": document(1),
            "b.har.gz": gzip.compress(document(2).encode()),
            "inner.zip": zipped({"c": document(3)}),
        }
    )
    assert all_of(several) == [("x/a.har", [0]), ("b.har.gz", [0, 1]), ("c", [0, 1, 2])]
    assert numbers(loaded(several)) == [0]


def test_bodies_while_walking_a_zip() -> None:
    content = zipped({"a.har": document(3), "b.har": document(4)}, zipfile.ZIP_STORED)
    assert [har.body(2) for har in load_all(io.BytesIO(content))] == ["body 2", "body 2"]


def test_what_is_no_har_in_a_zip_is_named() -> None:
    members: dict[str, bytes | str] = {
        "__MACOSX/a.har": "x",
        ".hidden.har": "x",
        "notes.pdf": "x",
        "bad.json": "{}",
        "a.har": document(1),
    }
    (har,) = load_all(io.BytesIO(zipped(members)))
    assert [(problem.where, problem.what) for problem in har.problems] == [
        ("bad.json", 'The file is not a HAR: it has no "log" object.')
    ]


@pytest.mark.parametrize("members", [{}, {"notes.pdf": "x"}, {"a.har": "{}"}, {"a.json": "x", "b.json": "y"}])
def test_zip_without_a_har(members: dict[str, bytes | str]) -> None:
    with pytest.raises(NotHar, match="holds no"):
        loaded(zipped(members))


def test_damaged_zip() -> None:
    content = zipped({"a.har": document(3000)})
    with pytest.raises(NotHar, match="list of contents"):
        loaded(content[: len(content) // 2])
    flawed = bytearray(zipped({"a.har": document(9000)}, zipfile.ZIP_STORED))
    flawed[flawed.index(b"body 7") + 5] ^= 1  # which only the checksum shows
    har = loaded(bytes(flawed))
    assert har.body(7) == "body 6"
    assert "damaged" in har.problems[0].what
    assert len(har.exchanges) > 3000


def test_locked_and_foreign_members() -> None:
    content = bytearray(zipped({"a.har": document(3)}, zipfile.ZIP_STORED))
    central = content.rindex(b"PK\x01\x02")
    locked = content.copy()
    locked[6] |= 1
    locked[central + 8] |= 1
    with pytest.raises(NotHar, match="holds no"):
        loaded(bytes(locked))
    foreign = content.copy()
    foreign[8] = foreign[central + 10] = 97
    with pytest.raises(NotHar, match="holds no"):
        loaded(bytes(foreign))


def test_packed_over_and_over() -> None:
    content = document(1).encode()
    for _ in range(3):
        content = gzip.compress(content)
    assert numbers(loaded(content)) == [0]
    with pytest.raises(NotHar, match="over and over"):
        loaded(gzip.compress(content))


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"a.har": data})], ids=["gzip", "zip"])
def test_bombs_are_refused(pack: object) -> None:
    content = pack(b" " * 3_000_000)  # type: ignore[operator]
    for limits in (Limits(bytes=1_000_000), Limits(ratio=10, ratio_from=1_000_000)):
        with pytest.raises(NotHar, match="far more"):
            load(io.BytesIO(content), limits=limits)
    roomy = Limits(ratio=10, ratio_from=4_000_000)
    with pytest.raises(NotHar, match=r"empty|holds no"):
        load(io.BytesIO(content), limits=roomy)


def test_temporary_files_are_private() -> None:
    with private_file() as file:
        status = fstat(file.fileno())
        assert stat.S_IMODE(status.st_mode) == 0o600
        assert status.st_nlink == 0


def test_unpacked_files_close_when_done() -> None:
    file = PlainFile(io.BytesIO(gzip.compress(b"{}")), owned=False)
    parts = unpack(file)
    part = next(parts)
    assert part.file.slice(0, 9) == b"{}"
    parts.close()
    with pytest.raises(ValueError, match="closed"):
        part.file.slice(0, 1)


def test_a_har_keeps_its_unpacked_file(tmp_path: Path) -> None:
    def read() -> Har:
        return load(io.BytesIO(gzip.compress(document(3).encode())))

    assert read().body(1) == "body 1"


def test_a_spool_counts() -> None:
    spool = Spool(4)
    spool.write(b"1234")
    assert spool.file().size == 4
    with pytest.raises(NotHar):
        spool.write(b"5")


def test_json_in_a_zip_of_json() -> None:
    with pytest.raises(NotHar, match="no usable"):
        loaded(zipped({"package.json": json.dumps({"name": "x"})}))
