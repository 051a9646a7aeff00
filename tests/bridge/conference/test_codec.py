from __future__ import annotations

import dataclasses
import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.conference import check_words, words
from bridge.conference.agenda import Draft
from bridge.conference.codec import TYPES, EventDecodeError, decode, decode_all, encode
from bridge.conference.events import (
    AgendaLoaded,
    ClockStarted,
    ConferenceBegun,
    ConsoleSeen,
    Event,
    NextChosen,
    Policy,
    RequestEnded,
    RequestGranted,
    RequestMade,
    RollcallMarked,
    SiteChecked,
)
from bridge.conference.figures import Figures
from bridge.conference.words import EndReason, ItemKind, RequestStatus, Role
from tests.bridge.conference.props import PAPER, REPORT

# What is on disk, for good: names of events, names of fields; ? where one may be absent.
ON_DISK = {
    "conference_begun": "at_s conference title rehearsal sites policy titles? names?",
    "phase_changed": "at_s to",
    "link_changed": "at_s site to",
    "request_made": "at_s request floors site by status position? kind? priority? text? limit_s? "
    "group? respond? item? continues?",
    "request_accepted": "at_s request position",
    "request_granted": "at_s request limit_s via?",
    "clock_started": "at_s request",
    "time_warned": "at_s request",
    "time_over": "at_s request",
    "limit_extended": "at_s request limit_s",
    "request_ended": "at_s request status reason text?",
    "hold_started": "at_s request cause",
    "hold_ended": "at_s request cause",
    "block_changed": "at_s site on",
    "next_chosen": "at_s site",
    "site_limited": "at_s site limit_s",
    "policy_changed": "at_s to",
    "chair_passed": "at_s to how",
    "console_seen": "at_s user on roles?",
    "help_changed": "at_s site to",
    "cut_changed": "at_s site on",
    "ladder_changed": "at_s site to",
    "standby_changed": "at_s site on",
    "device_switched": "at_s site",
    "media_restarted": "at_s site",
    "site_dropped": "at_s site",
    "probe_started": "at_s site kind by",
    "probe_ended": "at_s site",
    "broadcast_chosen": "at_s site",
    "broadcast_shown": "at_s site",
    "watch_chosen": "at_s site",
    "carousel_set": "at_s sites every_s?",
    "slate_written": "at_s slate text? until?",
    "agenda_loaded": "at_s items append?",
    "item_started": "at_s item",
    "item_ended": "at_s item status",
    "item_moved": "at_s item after? first? deferred?",
    "rollcall_opened": "at_s",
    "rollcall_marked": "at_s site mark by reason? head? title? count?",
    "rollcall_closed": "at_s",
    "note_sent": "at_s by site to text",
    "minutes_noted": "at_s by text",
    "lock_changed": "at_s on",
    "conference_described": "at_s place? chair? secretary? organizer? starts?",
    "check_begun": "at_s by sites",
    "site_checked": "at_s site by verdict reasons? figures",
    "check_ended": "at_s stopped?",
    "number_heard": "at_s site by number right",
    "walk_begun": "at_s by anew?",
    "walk_moved": "at_s site",
    "walk_skipped": "at_s site",
    "walk_judged": "at_s site by sound? picture? note?",
    "walk_ended": "at_s",
}
WITHIN = {
    Policy: "max_floor_users? request_handling? limit_s? warn_s? on_expiry? auto_advance? "
    "queue_visible? start_within_s? grace_s? chair_grace_s? down_after_s? reopen_within_s?",
    Draft: "kind title minutes site? speaker? position? group?",
    Figures: "way? family? rtt_s? loss_up? loss_down? jitter_up_s? jitter_down_s? up_bps? "
    "down_bps? spoken_dbov? noise_dbov? frames_per_s? width? height? black? echo_db? played?",
}
WORDS_ON_DISK = {
    words.Role: "chair deputy secretary technician site viewer metrics",
    words.Phase: "lobby open recess closed",
    words.Link: "down up lost",
    words.RequestStatus: "pending accepted granted denied cancelled released revoked",
    words.RequestKind: "hand agenda call",
    words.Via: "line phone",
    words.Hold: "chair link phase technical",
    words.EndReason: "own chair replaced link_lost time_limit opened closed agenda",
    words.Help: "raised acknowledged",
    words.RequestHandling: "block confirm queue",
    words.ChairChange: "handed_over assumed reclaimed",
    words.OnExpiry: "overtime revoke",
    words.QueueVisible: "own all",
    words.Ladder: "full small sound",
    words.ItemKind: "site centre clip discussion break",
    words.ItemStatus: "planned current done skipped",
    words.Mark: "present late absent excused left",
    words.SlateKind: "lobby recess end centre_lost notice",
    words.ProbeKind: "listen talk",
    check_words.Verdict: "pass watch fail",
    check_words.Reason: "no_media lost_meanwhile no_answer busy loss_up loss_down delay jitter_up "
    "jitter_down slow_up slow_down over_tcp no_picture small_picture few_frames no_level silent "
    "quiet loud noise echo conference_open",
    check_words.WalkSound: "good quiet broken echo",
    check_words.WalkPicture: "good dark frozen",
}

SECONDS = st.floats(min_value=0, max_value=1e9)


def drawn(kind):
    """Any value of a dataclass, its defaulted fields too."""
    special = {
        "float": SECONDS,
        "float | None": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "Figures": st.deferred(lambda: drawn(Figures)),
        "Policy": st.deferred(lambda: drawn(Policy)),
        "tuple[Draft, ...]": st.lists(st.deferred(lambda: drawn(Draft)), max_size=3).map(tuple),
    }
    return st.builds(
        kind, **{field.name: special.get(field.type, ...) for field in dataclasses.fields(kind)}
    )


ENDED = {
    "type": "request_ended",
    "at_s": 3.5,
    "request": 7,
    "status": "denied",
    "reason": "chair",
}
BEGUN = encode(
    ConferenceBegun(
        at_s=0.0, conference="c", title="t", rehearsal=True, sites=("01", "110"), policy=Policy()
    )
)
LOADED = encode(AgendaLoaded(at_s=0.0, items=PAPER))
CHECKED = encode(
    SiteChecked(
        at_s=0.0,
        site="01",
        by="x",
        verdict=check_words.Verdict.PASS,
        figures=Figures(way="tcp", width=1280),
    )
)
MARKED = encode(RollcallMarked(at_s=0.0, site="01", mark=None, by="x", count=3))


# There and back


@pytest.mark.parametrize("name", TYPES)
@settings(derandomize=True, deadline=None, max_examples=15)
@given(data=st.data())
def test_an_event_comes_back_from_the_journal_as_it_went_in(name, data):
    event = data.draw(drawn(TYPES[name]))

    document = json.loads(json.dumps(encode(event), allow_nan=False))

    assert document["type"] == name
    assert decode(document) == event
    assert decode_all(document, version=2) == (event,)


def test_types_come_back_too():
    event = AgendaLoaded(at_s=1.0, items=(REPORT,))

    back = decode(json.loads(json.dumps(encode(event))))

    assert type(back.items) is tuple
    assert type(back.items[0]) is Draft
    assert type(back.items[0].kind) is ItemKind


# What is on disk


def test_every_event_has_a_name_that_does_not_change():
    assert set(TYPES.values()) == set(get_args(Event))
    assert list(TYPES) == list(ON_DISK)


@pytest.mark.parametrize(
    ("kind", "names"), [*((TYPES[name], names) for name, names in ON_DISK.items()), *WITHIN.items()]
)
def test_fields_keep_their_names_and_a_new_one_has_a_default(kind, names):
    known = [
        field.name + ("" if field.default is dataclasses.MISSING else "?")
        for field in dataclasses.fields(kind)
    ]

    assert known == names.split()


@pytest.mark.parametrize(("kind", "known"), WORDS_ON_DISK.items())
def test_a_word_that_was_written_is_understood(kind, known):
    assert [word.value for word in kind] == known.split()


def test_an_event_is_plain_json_without_the_fields_that_say_nothing():
    event = RequestEnded(at_s=3.5, request=7, status=RequestStatus.DENIED, reason=EndReason.CHAIR)

    assert encode(event) == ENDED
    assert type(encode(event)["status"]) is str


def test_what_is_within_is_plain_too():
    roles = encode(ConsoleSeen(at_s=1.0, user="an", on=True, roles=(Role.CHAIR,)))["roles"]
    assert roles == ["chair"]
    assert type(roles[0]) is str

    assert encode(AgendaLoaded(at_s=1.0, items=(REPORT,)))["items"] == [
        {
            "kind": "site",
            "title": "Tham luận",
            "minutes": 7,
            "site": "01",
            "speaker": "Bà Hoa",
            "group": "Nhóm 1",
        }
    ]


def test_a_none_that_is_no_default_is_written():
    assert encode(NextChosen(at_s=1.0, site=None)) == {
        "type": "next_chosen",
        "at_s": 1.0,
        "site": None,
    }
    assert encode(RequestGranted(at_s=1.0, request=1, limit_s=None))["limit_s"] is None


def test_a_policy_is_written_out_so_that_new_defaults_do_not_change_the_past():
    begun = ConferenceBegun(
        at_s=0.0,
        conference="c1",
        title="Hội nghị",
        rehearsal=False,
        sites=("01", "110"),
        policy=Policy(limit_s=None),
    )

    policy = encode(begun)["policy"]

    assert set(policy) == {field.name for field in dataclasses.fields(Policy)}
    assert policy["limit_s"] is None
    assert policy["request_handling"] == "queue"


def test_a_field_that_is_absent_takes_its_default():
    made = RequestMade(
        at_s=0.0, request=1, floors=("speech",), site="01", by="x", status=RequestStatus.PENDING
    )
    fields = ("type", "at_s", "request", "floors", "site", "by", "status")

    written = {name: encode(made)[name] for name in fields}

    assert decode(written) == made


def test_whole_seconds_are_seconds():
    assert decode(ENDED | {"at_s": 3}).at_s == 3.0
    assert type(decode(ENDED | {"at_s": 3}).at_s) is float


# What is not ours


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({}, "unknown event type None"),
        (ENDED | {"type": "request_endet"}, "unknown event type 'request_endet'"),
        (ENDED | {"type": ["request_ended"]}, "unknown event type"),
        (ENDED | {"resaon": "own"}, "request_ended: unknown field 'resaon'"),
        ({k: v for k, v in ENDED.items() if k != "reason"}, "request_ended: .*reason"),
        (ENDED | {"status": "dinied"}, "request_ended.status: unknown word 'dinied'"),
        (ENDED | {"status": 4}, "request_ended.status: str expected, not 4"),
        (ENDED | {"request": "7"}, "request_ended.request: int expected, not '7'"),
        (ENDED | {"request": 7.0}, "request_ended.request: int expected, not 7.0"),
        (ENDED | {"request": True}, "request_ended.request: int expected, not True"),
        (ENDED | {"request": None}, "request_ended.request: int expected, not None"),
        (ENDED | {"at_s": True}, "request_ended.at_s: float expected, not True"),
        (ENDED | {"at_s": float("nan")}, "request_ended.at_s: nan is no time"),
        (ENDED | {"at_s": float("inf")}, "request_ended.at_s: inf is no time"),
        (ENDED | {"at_s": 10**400}, "request_ended.at_s: 10+ is no time"),
        (ENDED | {"text": 5}, "request_ended.text: str expected, not 5"),
        (BEGUN | {"sites": "01"}, "conference_begun.sites: list expected, not '01'"),
        (BEGUN | {"sites": [1]}, "conference_begun.sites: str expected, not 1"),
        (BEGUN | {"rehearsal": 1}, "conference_begun.rehearsal: bool expected, not 1"),
        (BEGUN | {"policy": None}, "conference_begun.policy: dict expected, not None"),
        (BEGUN | {"policy": {"x": 1}}, "conference_begun.policy: unknown field 'x'"),
        (BEGUN | {"policy": {"limit_s": 1.5}}, "conference_begun.policy.limit_s: int expected"),
        (LOADED | {"items": [{}]}, "agenda_loaded.items: .*kind"),
        (LOADED | {"items": [{"kind": "x"}]}, "agenda_loaded.items.kind: unknown word 'x'"),
        (LOADED | {"items": [None]}, "agenda_loaded.items: dict expected, not None"),
        (CHECKED | {"verdict": "?"}, "site_checked.verdict: unknown word '\\?'"),
        (CHECKED | {"reasons": ["?"]}, "site_checked.reasons: unknown word '\\?'"),
        (CHECKED | {"figures": {"way": "ip"}}, "site_checked.figures.way: unknown word 'ip'"),
        (CHECKED | {"figures": {"way": ["udp"]}}, "site_checked.figures.way: unknown word"),
        (CHECKED | {"figures": {"width": 1.5}}, "site_checked.figures.width: int expected"),
        (CHECKED | {"figures": {"rtt_s": "1"}}, "site_checked.figures.rtt_s: float expected"),
        (MARKED | {"mark": "gone"}, "rollcall_marked.mark: unknown word 'gone'"),
        (MARKED | {"count": "3"}, "rollcall_marked.count: int expected, not '3'"),
    ],
)
def test_what_is_not_an_event_is_refused_with_the_place(document, complaint):
    with pytest.raises(EventDecodeError, match=complaint):
        decode(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.sampled_from([ENDED, BEGUN, LOADED, MARKED, CHECKED]), st.data())
def test_anything_is_an_event_or_an_error_and_nothing_else(document, data):
    name = data.draw(st.sampled_from(sorted(document)))
    try:
        event = decode(document | {name: data.draw(JSON)})
    except EventDecodeError:
        return
    assert decode(encode(event)) == event


# Journals of version 1

OLD_HAND = {
    "type": "request_made",
    "at_s": 1.0,
    "request": 1,
    "floor": "speech",
    "site": "01",
    "by": "x",
    "status": "pending",
}
GRANTED = {"type": "request_granted", "at_s": 5.0, "request": 1, "limit_s": None}


def test_a_request_of_version_1_had_one_floor():
    (made,) = decode_all(OLD_HAND, version=1)

    assert made.floors == ("speech",)
    with pytest.raises(EventDecodeError, match="unknown field 'floor'"):
        decode_all(OLD_HAND, version=2)
    with pytest.raises(EventDecodeError, match="floors: str expected, not None"):
        decode_all({k: v for k, v in OLD_HAND.items() if k != "floor"}, version=1)


def test_a_clock_of_version_1_began_with_the_grant():
    granted = RequestGranted(at_s=5.0, request=1, limit_s=None)

    assert decode_all(GRANTED, version=1) == (granted, ClockStarted(at_s=5.0, request=1))
    assert decode_all(GRANTED, version=2) == (granted,)
    assert decode_all(ENDED, version=1) == (decode(ENDED),)
