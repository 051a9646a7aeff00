"""What a seat counts; what it does to a real page, test_scenes.py proves."""

from __future__ import annotations

from room110.bench.seat import SCRIPT, Got, Seat, _function


class Page:
    def __init__(self, rows):
        self._rows = rows

    async def evaluate(self, _script):
        return self._rows


ROWS = [
    {"type": "inbound-rtp", "mid": "11", "framesDecoded": 90, "codecId": "c1", "frameWidth": 640},
    {"type": "inbound-rtp", "mid": "5", "totalSamplesReceived": 48_000, "concealedSamples": 480},
    {"type": "outbound-rtp", "kind": "video", "rid": "q", "framesSent": 7},
    {"type": "outbound-rtp", "kind": "audio", "framesSent": 9},
    {"type": "codec", "id": "c1", "mimeType": "video/H264"},
    {"type": "candidate-pair", "nominated": False, "remoteCandidateId": "r0"},
    {"type": "candidate-pair", "nominated": True, "remoteCandidateId": "r1"},
    {"type": "remote-candidate", "id": "r1", "protocol": "udp", "address": "::1"},
]


async def test_a_slot_is_found_by_its_place_among_the_slots():
    seat = Seat("92", Page(ROWS))

    got = await seat.got("speaker.1")

    assert (got.frames, got.samples, got.concealed) == (90, 48_000, 480)
    assert await seat.width() == 640
    assert await seat.codec() == "H264"
    assert await seat.got("chair") == Got()
    assert await seat.width("chair") == 0
    assert await seat.codec("chair") == ""


async def test_what_is_sent_and_which_way():
    seat = Seat("92", Page(ROWS))

    assert [row["framesSent"] for row in (await seat.sent()).values()] == [7]
    assert await seat.route() == "udp ::1"
    assert await Seat("92", Page([])).route() == ""


def test_since():
    before = Got(frames=10, freezes=1, freeze_s=0.5, samples=48_000, concealed=100)
    after = Got(frames=40, freezes=1, freeze_s=0.5, samples=96_000, concealed=4_900, lost=3)

    told = after.since(before)

    assert (told["frames"], told["freezes"], told["freeze_s"]) == (30, 0, 0)
    assert (told["concealed"], told["sound_lost"]) == (0.1, 3)
    assert before.since(before)["concealed"] == 1.0, "no sound at all is made up"


def test_the_script_is_one_function():
    text = _function()

    assert text.startswith("({")
    assert text.endswith("}")
    assert text in SCRIPT.read_text(encoding="utf-8")
