from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.conference import commands
from bridge.conference.agenda import Draft
from bridge.conference.words import ItemKind, Ladder, Mark, ProbeKind, SlateKind
from signaling.decoding import ProtocolError, decode
from signaling.messages import Command

OPENING = {"kind": "centre", "title": "Khai mạc", "minutes": 10}
REPORT = {
    "kind": "site",
    "title": "Tham luận",
    "minutes": 7,
    "site": "11",
    "speaker": "Nguyễn Văn A",
    "position": "Giám đốc Sở",
    "group": "Nhóm 2",
}


@pytest.mark.parametrize(
    ("said", "command"),
    [
        (
            {"type": "agenda.load", "items": [OPENING, REPORT], "append": True},
            commands.AgendaLoad(
                items=(
                    Draft(kind=ItemKind.CENTRE, title="Khai mạc", minutes=10),
                    Draft(**{**REPORT, "kind": ItemKind.SITE}),  # type: ignore[arg-type]
                ),
                append=True,
            ),
        ),
        ({"type": "agenda.load", "items": []}, commands.AgendaLoad(items=())),
        ({"type": "agenda.next"}, commands.AgendaNext()),
        ({"type": "agenda.next", "item": 3}, commands.AgendaNext(item=3)),
        ({"type": "agenda.defer", "item": 3, "after": 5}, commands.AgendaDefer(item=3, after=5)),
        (
            {"type": "rollcall.answer", "head": "A", "count": 12},
            commands.RollcallAnswer(head="A", count=12),
        ),
        (
            {"type": "rollcall.mark", "site": "11", "mark": "excused", "reason": "bão"},
            commands.RollcallMark(site="11", mark=Mark.EXCUSED, reason="bão"),
        ),
        (
            {"type": "rollcall.mark", "site": "11", "mark": None},
            commands.RollcallMark(site="11", mark=None),
        ),
        ({"type": "view.broadcast", "site": None}, commands.ViewBroadcast(site=None)),
        (
            {"type": "view.carousel", "sites": ["11", "14"], "every_s": 5},
            commands.ViewCarousel(sites=("11", "14"), every_s=5),
        ),
        ({"type": "view.carousel", "sites": "online"}, commands.ViewCarousel(sites="online")),
        ({"type": "view.carousel", "sites": None}, commands.ViewCarousel(sites=None)),
        (
            {"type": "programme.slate", "slate": "notice", "text": "Nghỉ"},
            commands.ProgrammeSlate(slate=SlateKind.NOTICE, text="Nghỉ"),
        ),
        ({"type": "site.cut", "site": "110", "on": True}, commands.SiteCut(site="110")),
        (
            {"type": "site.probe", "site": "11", "kind": "talk"},
            commands.SiteProbe(site="11", kind=ProbeKind.TALK),
        ),
        ({"type": "site.switch"}, commands.SiteSwitch()),
        (
            {"type": "site.ladder", "site": "11", "to": "sound"},
            commands.SiteLadder(site="11", to=Ladder.SOUND),
        ),
        (
            {"type": "note.send", "to": "technicians", "text": "Nghe rõ"},
            commands.NoteSend(to="technicians", text="Nghe rõ"),
        ),
        ({"type": "note.send", "to": "11", "text": "x"}, commands.NoteSend(to="11", text="x")),
        (
            {"type": "conference.describe", "chair": "Bộ trưởng"},
            commands.ConferenceDescribe(chair="Bộ trưởng"),
        ),
    ],
)
def test_a_message_is_its_command(said: dict[str, Any], command: object) -> None:
    message = decode(json.dumps({"id": "a", **said}), joined=True)
    assert isinstance(message, Command)
    assert message.command() == command
    assert json.loads(message.wire()) == {"id": "a", **said}


@pytest.mark.parametrize(
    ("said", "code", "text"),
    [
        ({"type": "agenda.load"}, "malformed", "items: "),
        ({"type": "agenda.load", "items": {}}, "malformed", "items: "),
        ({"type": "agenda.load", "items": [{**OPENING, "kind": "x"}]}, "malformed", "items.0.kind"),
        ({"type": "agenda.load", "items": [{**OPENING, "min": 3}]}, "unknown_field", "items.0.min"),
        (
            {"type": "agenda.load", "items": [{**OPENING, "minutes": 0}]},
            "malformed",
            "items.0.minutes",
        ),
        (
            {"type": "agenda.load", "items": [{**OPENING, "title": ""}]},
            "malformed",
            "items.0.title",
        ),
        ({"type": "agenda.load", "items": [OPENING] * 501}, "malformed", "items: "),
        ({"type": "agenda.skip"}, "malformed", "item: "),
        ({"type": "rollcall.mark", "site": "11"}, "malformed", "mark: "),
        ({"type": "rollcall.mark", "site": "11", "mark": "here"}, "malformed", "mark: "),
        ({"type": "rollcall.answer", "head": "A", "count": -1}, "malformed", "count: "),
        ({"type": "rollcall.answer", "head": ""}, "malformed", "head: "),
        ({"type": "view.carousel", "sites": []}, "malformed", "sites"),
        ({"type": "view.carousel", "sites": "offline"}, "malformed", "sites"),
        ({"type": "view.carousel", "sites": "online", "every_s": 1}, "malformed", "every_s: "),
        ({"type": "site.cut", "site": "11"}, "malformed", "on: "),
        ({"type": "note.send", "to": "14", "text": ""}, "malformed", "text: "),
        ({"type": "note.send", "to": "everybody", "text": "x"}, "malformed", "to"),
        ({"type": "note.send", "to": "14", "text": "x" * 301}, "malformed", "text: "),
        ({"type": "minutes.note", "text": "x" * 2001}, "malformed", "text: "),
        ({"type": "conference.lock"}, "malformed", "on: "),
        ({"type": "conference.describe", "starts": "8 giờ"}, "malformed", "starts: "),
    ],
)
def test_what_is_wrong_is_named(said: dict[str, Any], code: str, text: str) -> None:
    with pytest.raises(ProtocolError) as refused:
        decode(json.dumps({"id": "a", **said}), joined=True)
    assert refused.value.code == code
    assert refused.value.text.startswith(text)
