"""A HAR written anew: every text is visited as what it is, and the file stays a HAR."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any

import pytest

from harinspect.har.entries import Walk
from harinspect.har.model import NotHar
from harinspect.har.plain import PlainFile
from harinspect.har.required import NO_TIME, conforming
from harinspect.har.rewriting import DEEPEST, END, NO_TEXT, outline, write_entries, write_head
from tests.har_files import Json, document, entry


class Loud:
    """Writes over every text what it was taken for."""

    def url(self, text: str) -> str:
        return f"url({text})"

    def header(self, name: str, value: str) -> str:
        return f"{name} header({value})"

    def cookie(self, name: str, value: str) -> str:
        return f"{name} cookie({value})"

    def parameter(self, name: str, value: str) -> str:
        return f"{name} parameter({value})"

    def address(self, text: str) -> str:
        return f"address({text})"

    def text(self, text: str) -> str:
        return f"text({text})"

    def word(self, name: str, text: str) -> str:
        return f"{name}({text})" if "secret" in text else text

    def unknown(self, text: str) -> str:
        return f"unknown({text})"

    def key(self, name: str) -> str:
        return name.replace("secret", "hidden")


def rewrite(content: str, out: BytesIO, comment: str) -> Walk:
    """The whole file, changed by Loud."""
    file = PlainFile(BytesIO(content.encode()), owned=False)
    walk = outline(file)
    write_head(walk, Loud(), out.write, comment)
    write_entries(file, walk.runs, Loud(), out.write)
    out.write(END)
    return walk


def rewritten(content: str) -> Any:
    out = BytesIO()
    rewrite(content, out, "noted")
    return json.loads(out.getvalue())["log"]


def only(made: Json) -> Any:
    return rewritten(json.dumps({"log": {"entries": [made]}}))["entries"][0]


def test_each_text_is_changed_as_what_it_is() -> None:
    made = entry() | {"serverIPAddress": "192.0.2.7", "_extra": {"note": "a secret", "deep": [{"x": "secret"}]}}
    request = made["request"]
    assert isinstance(request, dict)
    request |= {
        "cookies": [{"name": "sid", "value": "1", "path": "/"}],
        "queryString": [{"name": "q", "value": "2"}],
        "postData": {"mimeType": "text/plain", "text": "a secret", "params": [{"name": "p", "value": "3"}]},
    }
    found = only(made)
    assert found["request"]["url"] == "url(https://a.example/0)"
    assert found["request"]["headers"][0] == {"name": "Host", "value": "Host header(a.example)"}
    assert found["request"]["cookies"] == [{"name": "sid", "path": "/", "value": "sid cookie(1)"}]
    assert found["request"]["queryString"] == [{"name": "q", "value": "q parameter(2)"}]
    assert found["request"]["postData"]["text"] == "text(a secret)"
    assert found["request"]["postData"]["params"] == [{"name": "p", "value": "p parameter(3)"}]
    assert (found["_serverIPAddress"], "serverIPAddress" in found) == ("address(192.0.2.7)", False)
    assert found["_extra"] == {"note": "unknown(a secret)", "deep": [{"x": "unknown(secret)"}]}
    assert (found["time"], found["response"]["status"]) == (5.5, 200)


def test_what_stands_around_the_entries_is_changed_too() -> None:
    log = rewritten(document(2, pages=[{"id": "p", "title": "a secret", "secret": 1}]))
    assert log["pages"] == [
        {"id": "p", "title": "title(a secret)", "hidden": 1, "startedDateTime": NO_TIME, "pageTimings": {}}
    ]
    assert (log["version"], log["creator"]["name"], log["comment"]) == ("1.2", "Firefox", "noted")
    assert len(log["entries"]) == 2


def test_a_body_comes_out_of_base64_and_one_that_is_no_text_is_left_out() -> None:
    plain = {"mimeType": "text/plain", "encoding": "base64", "text": base64.b64encode(b"a secret").decode()}
    assert only(entry(content=plain))["response"]["content"] == {
        "mimeType": "text/plain",
        "size": -1,
        "text": "text(a secret)",
    }
    image = plain | {"mimeType": "image/png", "text": base64.b64encode(b"\x89PNG\0\0\0\0").decode()}
    content = only(entry(content=image))["response"]["content"]
    assert content == {"mimeType": "image/png", "size": -1, "comment": NO_TEXT}


def test_long_numbers_are_texts_but_for_times() -> None:
    found = only(entry() | {"_account": 4111111111111111, "_small": 5, "_flag": True, "_requestTime": 123456789.5})
    assert found["_account"] == "unknown(4111111111111111)"
    assert (found["_small"], found["_flag"], found["_requestTime"]) == (5, True, 123456789.5)


def test_measures_stay_numbers_and_what_cannot_be_one_is_left_out() -> None:
    made = entry(content={"size": 11189362, "mimeType": "", "compression": 4111111111111111}) | {
        "timings": {"send": "5", "wait": 1.5, "receive": None, "dns": None, "ssl": 63596250212317}
    }
    found = only(made)
    assert found["response"]["content"] == {"size": 11189362, "mimeType": "", "compression": -1}
    assert found["timings"] == {"send": 5, "wait": 1.5, "receive": -1, "ssl": -1}


def test_members_are_of_the_type_that_the_format_gives_them() -> None:
    made = entry(status="403", content={"text": None, "size": 3.0}) | {
        **{"pageref": 7, "connection": 443, "comment": None, "time": -1},
        "startedDateTime": "2025-05-05 10:00",
        "cache": {"beforeRequest": {"hitCount": "2"}, "afterRequest": "none"},
    }
    request = made["request"]
    assert isinstance(request, dict)
    request["postData"] = {"params": {"a": "b"}}
    request["cookies"] = [
        {"name": "a", "value": "1", "expires": "2025-05-05T10:00:00", "secure": 1, "httpOnly": "no", "path": None},
        {"name": "b", "value": "2", "expires": "Mon, 05-May-2025 10:00:00 GMT"},
        {"name": "c", "value": "3", "expires": None},
    ]
    found = only(made)
    assert (found["pageref"], found["connection"], found["time"]) == ("7", "443", 0)
    assert found["startedDateTime"] == "2025-05-05T10:00:00+00:00"
    assert "comment" not in found
    assert found["cache"] == {"beforeRequest": {"lastAccess": NO_TIME, "eTag": "", "hitCount": 2}}
    assert found["response"]["status"] == 403
    assert found["response"]["content"] == {"size": 3, "mimeType": ""}
    assert found["request"]["postData"] == {
        **{"mimeType": "", "text": "text()"},
        "params": [{"name": "a", "value": "a parameter(b)"}],
    }
    assert [set(cookie) - {"name", "value"} for cookie in found["request"]["cookies"]] == [
        {"expires", "secure"},
        {"_expires"},
        set(),
    ]
    assert found["request"]["cookies"][0]["expires"] == "2025-05-05T10:00:00+00:00"


def test_who_wrote_it_is_told_in_texts() -> None:
    log = rewritten('{"log": {"creator": {"name": 7}, "browser": {"version": "9"}, "entries": []}}')
    assert (log["creator"], log["browser"]) == ({"name": "7", "version": ""}, {"name": "", "version": "9"})
    log = rewritten('{"log": {"creator": "me", "browser": null, "entries": []}}')
    assert (log["creator"], "browser" in log) == ({"name": "", "version": ""}, False)


def test_a_lone_surrogate_in_a_title_is_mended() -> None:
    log = rewritten('{"log": {"pages": [{"title": "a \\ud800"}], "entries": []}}')
    assert log["pages"][0]["title"] == "a \ufffd"


def test_an_address_is_left_in_its_place_and_none_is_none() -> None:
    assert conforming({"serverIPAddress": "192.0.2.7"}) == {"serverIPAddress": "192.0.2.7"}
    assert conforming({"serverIPAddress": ""}) == {}


def test_a_body_of_a_request_that_is_no_text_leaves_an_empty_one() -> None:
    made = entry()
    request = made["request"]
    assert isinstance(request, dict)
    image = base64.b64encode(b"\x89PNG\0\0\0\0").decode()
    request["postData"] = {"mimeType": "image/png", "encoding": "base64", "text": image}
    assert only(made)["request"]["postData"] == {"mimeType": "image/png", "text": "", "comment": NO_TEXT}


def test_headers_as_an_object_and_broken_pairs() -> None:
    made = entry(headers={"X-A": "1"})
    request = made["request"]
    assert isinstance(request, dict)
    request["headers"] = [{"name": "X-B", "value": 7}, "a secret", {"name": "X-C"}]
    found = only(made)
    assert found["response"]["headers"] == [{"name": "X-A", "value": "X-A header(1)"}]
    assert found["request"]["headers"] == [
        {"name": "X-B", "value": "X-B header(7)"},
        {"name": "X-C", "value": "X-C header()"},
    ]


def test_the_size_of_the_headers_follows_what_became_of_them() -> None:
    made = entry(headersSize=-1)
    request = made["request"]
    assert isinstance(request, dict)
    request["headersSize"] = 500
    longer = sum(len(f"{name} header()") for name in ("Host", "X-Number"))
    found = only(made)
    assert found["request"]["headersSize"] == 500 + longer + len(")")
    assert found["response"]["headersSize"] == -1


def test_what_lies_too_deep_is_left_out() -> None:
    deep: object = "secret"
    for _ in range(DEEPEST * 2):
        deep = {"in": deep}
    assert "secret" not in json.dumps(only(entry() | {"_deep": deep}))


def test_a_damaged_entry_is_left_out_and_the_others_stay() -> None:
    good, bad = json.dumps(entry(1)), '{"request": {"url": "secret'
    out = BytesIO()
    content = f'{{"log":{{"entries":[{good},{bad},{good}]}}}}'
    walk = rewrite(content, out, "")
    assert walk.lost
    assert b"secret" not in out.getvalue()
    assert json.loads(out.getvalue())["log"]["entries"]


def test_an_entry_that_is_mended_is_written() -> None:
    lone = json.dumps(entry(1)).replace("body 1", "body \\ud800")
    log = rewritten(f'{{"log":{{"entries":[{lone}]}}}}')
    assert log["entries"][0]["response"]["content"]["text"].startswith("text(body ")


def test_what_is_no_har_is_refused() -> None:
    with pytest.raises(NotHar, match="no list of requests"):
        rewritten('{"log": {}}')
