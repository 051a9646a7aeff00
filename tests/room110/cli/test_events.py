from __future__ import annotations

import contextlib
import json

import pytest

from room110.cli.events import Event, events, follow
from room110.cli.exits import Exit, Failure

SNAPSHOT = {"now": 60.0, "snapshot": {"rev": 412, "title": "Hội nghị", "phase": "open"}}
CHANGE = {
    "type": "change",
    "rev": 413,
    "now": 61.0,
    "events": [
        {"type": "request_granted", "at_s": 61.0, "request": 9, "site": "11"},
        {"type": "hold_ended", "at_s": 61.0, "request": 9},
    ],
    "set": {"queue": []},
}
BYE = {"type": "bye", "reason": "conference_over"}


def sse(*said):
    lines = []
    for rev, name, data in said:
        head = "" if rev is None else f"id: {rev}\n"
        lines.append(f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n")
    return "".join([": still here\n\n", *lines]).encode()


STREAM = sse((412, "snapshot", SNAPSHOT), (413, "change", CHANGE), (None, "bye", BYE))


def test_what_happens_is_a_line_each(room110, service):
    service.answers["GET", "/api/v1/events"] = (200, STREAM)

    code, out, err = room110("events", "tail")

    assert code == 0
    assert out.splitlines() == [
        "0:01:00  412  Hội nghị: open",
        "0:01:01  413  request_granted request=9 site=11 Điện Biên",
        "0:01:01  413  hold_ended request=9",
    ]
    assert err == "the service says bye: conference_over\n"
    assert service.bearer().roles == {"technician"}


def test_in_json_it_is_an_object_in_a_line_each(room110, service):
    service.answers["GET", "/api/v1/events?since=412"] = (200, STREAM)

    _, out, _ = room110("events", "tail", "--json", "--since", "412")

    lines = [json.loads(line) for line in out.splitlines()]
    assert lines == [
        {"schema_version": 1, "event": "snapshot", "rev": 412, **SNAPSHOT},
        {"schema_version": 1, "event": "change", **CHANGE},
        {"schema_version": 1, "event": "bye", **BYE},
    ]


def test_a_no_is_a_no(room110, service):
    no = {"code": "busy", "detail": "too many streams"}
    service.answers["GET", "/api/v1/events"] = (503, no)

    assert room110("events", "tail")[0] == 1


def test_a_stream_is_read_as_it_is_meant():
    lines = [
        b"id: 7\r\n",
        b"event: change\r\n",
        b'data: {"a":\r\n',
        b"data: 1}\r\n",
        b"\r\n",
        b":x\n",
    ]
    assert list(events(lines)) == [Event(name="change", data={"a": 1}, rev=7)]


class Line:
    """A service that is asked several times: each answer is a stream, or a failure."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def __call__(self):
        return self

    @contextlib.contextmanager
    def lines(self, path, *, silence_s):
        self.asked.append(path)
        answer = self.answers.pop(0)
        if isinstance(answer, Failure):
            raise answer
        yield iter(answer.splitlines(keepends=True))


GONE = Failure(Exit.UNREACHABLE, "no answer")


def test_a_line_that_was_lost_is_resumed_from_what_was_seen(capsys):
    line = Line(
        sse((412, "snapshot", SNAPSHOT), (413, "change", CHANGE)),
        GONE,
        sse((420, "change", CHANGE), (None, "bye", {"reason": "shutdown"})),
        sse((None, "bye", BYE)),
    )
    seen, waited = [], []

    follow(line, lambda event: seen.append(event.rev), since=None, wait=waited.append)

    assert line.asked == ["/events", *["/events?since=413"] * 2, "/events?since=420"]
    assert seen == [412, 413, 420, None, None]
    assert len(waited) == 3
    assert capsys.readouterr().err == "no answer\n"


def test_who_never_answered_is_not_waited_for():
    with pytest.raises(Failure, match="no answer"):
        follow(Line(GONE), lambda _event: None, since=7, wait=lambda _s: None)


def test_a_no_ends_it_at_any_time():
    refused = Failure(Exit.REFUSED, "token_wrong_conference")
    line = Line(sse((413, "change", CHANGE)), refused)
    with pytest.raises(Failure, match="token_wrong_conference"):
        follow(line, lambda _event: None, since=None, wait=lambda _s: None)
