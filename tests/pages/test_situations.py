"""Situations: which sentence a room reads, which strips stand over the programme, what its clock says.

The modules are pure; they run in the browser they are for.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="package")

ASK = """
async ([module, name, ...values]) => (await import(`/pages/js/${module}.js`))[name](...values)
"""

SPEAKS: dict[str, Any] = {
    "control": "up",
    "reason": "",
    "joined": True,
    "media": "up",
    "mediaLate": False,
    "device": "active",
    "centre": False,
    "phase": "open",
    "floor": "speaking",
    "gate": True,
    "blocked": False,
    "cut": False,
    "byPhone": False,
    "kind": "hand",
    "status": "granted",
    "mic": "on",
}


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({}, "speaking"),
        ({"cut": True, "floor": "held", "gate": False}, "cut"),
        ({"cut": True, "centre": True}, "cut"),
        ({"byPhone": True, "gate": False, "mic": "off"}, "by_phone"),
        ({"floor": "held", "gate": False}, "held"),
        ({"device": "standby", "media": "none", "mediaLate": True}, "standby"),
        ({"control": "over", "reason": "dropped"}, "dropped"),
        ({"control": "over", "reason": "locked"}, "locked"),
        ({"control": "over", "reason": "token_expired"}, "refused"),
        ({"floor": "requested", "kind": "agenda", "status": "accepted"}, "turn"),
        ({"floor": "requested", "status": "pending"}, "pending"),
        ({"floor": "requested", "status": "accepted"}, "requested"),
        ({"floor": "next", "mic": "off"}, "next_mic_off"),
        ({"phase": "recess", "floor": "held"}, "recess_held"),
        ({"phase": "lobby", "cut": True, "floor": "none"}, "lobby"),
    ],
)
async def test_a_room_reads_one_sentence(blank, facts, name):
    seen = await blank.evaluate(ASK, ["site-situation", "situation", SPEAKS | facts])

    assert seen["name"] == name


def _told(own: dict[str, Any], **facts: Any) -> dict[str, Any]:
    given = {"rollcall": False, "note": None, "screen": False, "device": "active"}
    return {**given, "own": {"site": "11", **own}, **facts}


GRANTED = {"id": 4, "status": "granted", "shown": True}
NOTE = {"text": "Đề nghị bật mic"}


@pytest.mark.parametrize(
    ("facts", "keys"),
    [
        (_told({}), []),
        (_told({"probe": "talk"}), ["strip.probe_talk"]),
        (_told({"probe": "talk"}, phase="lobby"), ["strip.tried"]),
        (_told({"probe": "listen"}, phase="lobby"), ["strip.probe_listen"]),
        (_told({"check": {"running": True}}), ["strip.checking"]),
        (_told({"check": {"running": False, "verdict": "pass"}}), []),
        (_told({}, unheard="no_packets"), ["strip.unheard_no_packets"]),
        (_told({}, unheard="mic_off"), []),
        (_told({"broadcast": "preparing"}), ["strip.broadcast_preparing"]),
        (_told({"broadcast": "shown"}), ["strip.broadcast_shown"]),
        (_told({"content": GRANTED}), ["strip.content"]),
        (_told({"content": GRANTED}, screen=True), ["strip.content_shown"]),
        (_told({"content": {**GRANTED, "status": "accepted", "shown": False}}), []),
        (_told({}, note=NOTE, rollcall=True), ["strip.note", "strip.rollcall"]),
        (_told({"attendance": {"mark": "present"}}, rollcall=True), []),
        (_told({"site": "110"}, rollcall=True), []),
        (_told({"probe": "listen"}, device="standby", note=NOTE), []),
    ],
)
async def test_what_a_room_is_told_beside_it(blank, facts, keys):
    told = await blank.evaluate(ASK, ["site-strips", "strips", facts])

    assert [strip["key"] for strip in told] == keys


@pytest.mark.parametrize(
    ("request_", "now_s", "said"),
    [
        ({"clock": {"used_s": 0}}, 9.0, ["00:00", "", ""]),
        ({"clock": {"used_s": 0, "since_s": 10.0}}, 75.0, ["01:05", "", ""]),
        (
            {"clock": {"used_s": 0, "since_s": 0.0}, "limit_s": 300},
            100.0,
            ["01:40", "05:00", ""],
        ),
        (
            {"clock": {"used_s": 200, "since_s": 0.0}, "limit_s": 300, "warn_s": 60},
            40.0,
            ["04:00", "05:00", "last 1"],
        ),
        (
            {"clock": {"used_s": 200, "since_s": 0.0}, "limit_s": 300, "warn_s": 120},
            10.0,
            ["03:30", "05:00", "last 2"],
        ),
        (
            {"clock": {"used_s": 290}, "limit_s": 300, "warn_s": 60},
            500.0,
            ["04:50", "05:00", "last 1"],
        ),
        (
            {"clock": {"used_s": 290, "since_s": 0.0}, "limit_s": 300},
            10.0,
            ["05:00", "05:00", "over"],
        ),
    ],
)
async def test_the_clock_of_a_speaker(blank, request_, now_s, said):
    seen = await blank.evaluate(ASK, ["site-controls", "speechClock", request_, now_s])

    note = f"last {seen['minutes']}" if seen["note"] == "last" else seen["note"]
    assert [seen["used"], seen["limit"], note] == said


@pytest.mark.parametrize(
    ("request_", "deed"),
    [
        (None, "ask"),
        ({"status": "pending", "kind": "hand"}, "withdraw"),
        ({"status": "accepted", "kind": "hand"}, "withdraw"),
        ({"status": "accepted", "kind": "agenda"}, "ask"),
        ({"status": "granted", "kind": "agenda"}, "end"),
        ({"status": "granted", "kind": "call"}, "end"),
    ],
)
async def test_what_the_floor_button_does(blank, request_, deed):
    assert await blank.evaluate(ASK, ["site-floor", "floorDeed", request_]) == deed


@pytest.mark.parametrize(
    ("phase", "speakers", "own", "may"),
    [
        ("open", ["04"], {"site": "11"}, True),
        ("open", [], {"site": "11"}, False),
        ("open", ["11"], {"site": "11"}, False),
        ("recess", ["04"], {"site": "11"}, False),
        ("open", ["04"], {"site": "11", "request": {"status": "accepted", "kind": "hand"}}, False),
    ],
)
async def test_who_may_ask_to_reply(blank, phase, speakers, own, may):
    facts = {"phase": phase, "speakers": speakers, "own": own}

    assert await blank.evaluate(ASK, ["site-floor", "mayReply", facts]) is may


@pytest.mark.parametrize(
    ("text", "count"), [("14", 14), (" 0 ", 0), ("", None), ("mười", None), ("-3", None)]
)
async def test_persons_in_a_room_as_somebody_wrote_it(blank, text, count):
    assert await blank.evaluate(ASK, ["rollcall", "headcount", text]) == count


@pytest.mark.parametrize(
    ("stage", "slot"),
    [
        ({}, "speaker.4"),
        ({"chair": "110", "speaker.1": "11"}, "speaker.4"),
        ({"speaker.4": "11", "speaker.1": "04"}, "speaker.3"),
        ({f"speaker.{place}": "11" for place in range(1, 5)}, None),
    ],
)
async def test_a_probe_is_heard_where_the_stage_leaves_room(blank, stage, slot):
    assert await blank.evaluate(ASK, ["board-ear", "probeSlot", stage]) == slot


ASKED = {"running": False, "at_s": 5.0, "verdict": "pass", "reasons": [], "asked": True}


@pytest.mark.parametrize(
    ("check", "phase", "stands"),
    [
        (None, "lobby", "none"),
        ({"running": True}, "lobby", "none"),
        (ASKED, "lobby", "ask"),
        (ASKED | {"running": True}, "lobby", "none"),
        (ASKED | {"asked": False}, "lobby", "none"),
        (ASKED, "recess", "ask"),
        # Never in the way of the conference.
        (ASKED, "open", "none"),
        (ASKED | {"heard": False, "tries": 1}, "lobby", "again"),
        (ASKED | {"heard": False, "tries": 3}, "lobby", "failed"),
        (ASKED | {"heard": True, "tries": 3}, "lobby", "right"),
    ],
)
async def test_which_number_the_loudspeaker_spoke_is_asked(blank, check, phase, stands):
    assert await blank.evaluate(ASK, ["site-check", "proof", check, phase]) == stands


BEFORE = {
    "verdict": "watch",
    "reasons": ["loss_up", "quiet"],
    "figures": {"rtt_s": 0.05, "loss_up": 0.02, "up_bps": None},
}
NOW = {
    "verdict": "pass",
    "reasons": ["quiet"],
    "figures": {"rtt_s": 0.051, "loss_up": 0.0, "up_bps": 2e6},
}


async def test_of_two_checks_it_is_said_what_has_changed(blank):
    seen = await blank.evaluate(ASK, ["checks", "changes", BEFORE, NOW])

    assert seen == {
        "verdict": "watch",
        "gone": ["loss_up"],
        "come": [],
        "figures": ["loss_up", "up_bps"],
    }


@pytest.mark.parametrize(
    ("phase", "now_s", "is_told"),
    [
        ("lobby", 9000.0, True),
        ("recess", 9000.0, True),
        ("open", 200.0, True),
        ("open", 401.0, False),
    ],
)
async def test_in_the_session_a_verdict_leaves_the_tile_to_the_line_again(
    blank, phase, now_s, is_told
):
    state = {"phase": phase, "check": {"results": {"11": {"at_s": 100.0}}}}

    seen = await blank.evaluate(ASK, ["checks", "toldOnTile", state, "11", now_s])

    assert (seen is not None) is is_told
