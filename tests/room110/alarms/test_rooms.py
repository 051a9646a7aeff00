"""Rooms whose lines break; with a real service they are tried in tests/monitoring/proof."""

from __future__ import annotations

import pytest

from room110.alarms.rooms import STATS, STATS_EVERY, Between, led, udp_door
from signaling.messages import EndpointReport

CANDIDATES = (
    "a=candidate:1 1 udp 2130706431 127.0.0.1 8110 typ host\r\n"
    "a=candidate:2 1 tcp 1671430143 127.0.0.1 8111 typ host tcptype passive\r\n"
)


class Told:
    """A channel that keeps what is sent, and says what it is given."""

    def __init__(self, *says):
        self.sent = []
        self._says = [*says]

    async def send(self, message):
        self.sent.append(message)

    async def receive(self):
        return self._says.pop(0)


def test_an_answer_leads_to_the_relay_and_to_nothing_else():
    sdp = f"v=0\r\nm=audio 8110 UDP/TLS/RTP/SAVPF 111\r\n{CANDIDATES}a=end-of-candidates\r\n"

    assert led(sdp, 4000) == (
        "v=0\r\nm=audio 8110 UDP/TLS/RTP/SAVPF 111\r\n"
        "a=candidate:1 1 udp 2130706431 127.0.0.1 4000 typ host\r\n"
        "a=end-of-candidates\r\n"
    )


async def test_only_answers_are_changed_and_only_of_who_has_a_relay():
    answer = {"type": "media.answer", "re": "m1", "sdp": CANDIDATES}
    stage = {"type": "stage", "slots": {}}
    relayed, straight = Between(Told(answer, stage), 4000), Between(Told(answer), None)

    assert " 4000 " in (await relayed.receive())["sdp"]
    assert await relayed.receive() == stage
    assert await straight.receive() == answer


async def test_a_room_says_what_a_page_would_and_not_too_often():
    channel = Told()
    between = Between(channel, None)
    report = {"type": "endpoint.report", "mic": "on", "level": -20}

    for _ in range(STATS_EVERY + 1):
        await between.send(report)
    await between.send({"type": "media.offer", "id": "m1"})

    *reports, offer = channel.sent
    for one in reports:
        EndpointReport.model_validate(one)
    assert [STATS.keys() <= one.get("stats", {}).keys() for one in reports] == [
        *(True, False, False, False, False, True)
    ]
    assert offer == {"type": "media.offer", "id": "m1"}


@pytest.mark.parametrize(
    ("media", "door"),
    [
        (["127.0.0.1:8110/udp", "127.0.0.1:8111/tcp"], ("127.0.0.1", 8110)),
        (["[::1]:9/tcp", "[::1]:8110/udp"], ("::1", 8110)),
    ],
)
def test_the_door_of_media_over_udp(media, door):
    assert udp_door(media) == door
