"""The plane on a real loopback socket, with real endpoints and with strangers.

Time is real where packets travel and given where only the clock matters (``_advance``).
"""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog.testing
from aioice import stun

from bridge.endpoint import clip
from bridge.endpoint.card import Card
from bridge.endpoint.clip import Clip, Layer
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.peer import Peer
from bridge.media import local
from bridge.media.core.drops import DropReason
from bridge.media.core.layers import remb_bps
from bridge.media.core.rtcp import PictureLoss, ReceiverReport
from bridge.media.core.sdp import negotiate, parse_offer
from bridge.media.dtls import Dtls, DtlsFailed
from bridge.media.local import LINK_S, LocalPlane
from bridge.media.plane import LinkLost, LinkUp, Plan, PlaneEvent, SessionEnded, SessionSpec
from bridge.media.reports import INTERVAL_S
from bridge.media.session import MAX_ADDRESSES
from bridge.media.slots import SessionKind, slots_for
from tests.bridge.endpoint.responder import running_plane, until
from tests.support.media import ClearDtls, sound, spec

ROOM = slots_for(SessionKind.ROOM)
SPEAKING = Plan(
    gates=frozenset({"01"}),
    slots={"speaker.1": "01"},
    wants={"01": frozenset({"q"})},
)
PWD = "p" * 24


class Stage:
    """A running plane, what it said, and the endpoints that joined it."""

    def __init__(self, plane: LocalPlane, library: ClipLibrary) -> None:
        self.plane = plane
        self.events: list[PlaneEvent] = []
        self.peers: dict[str, Peer] = {}
        self.closed: list[tuple[str, str]] = []
        plane.on_event(self.events.append)
        self._library = library
        self._ssrcs = itertools.count(1000)

    async def join(
        self, site: str, change: Callable[[SessionSpec], SessionSpec] | None = None
    ) -> Peer:
        """A room of *site*; its session is called as the site."""
        peer = self.peers[site] = Peer(
            card=Card(code=site, name=f"Site {site}", position=int(site)),
            slots=ROOM,
            library=self._library,
            local_address="127.0.0.1",
            on_closed=lambda reason: self.closed.append((site, reason)),
        )
        sdp, mids = await peer.offer()
        answer, made = negotiate(
            parse_offer(sdp),
            ROOM,
            mids,
            session=site,
            site=site,
            local_ufrag=f"ours{site}",
            local_pwd=PWD,
            ssrcs=lambda _: next(self._ssrcs),
            greeting=self.plane.greeting(),
        )
        self.plane.open(change(made) if change else made)
        peer.sender.set_mic(True)
        peer.sender.want(frozenset({Layer.Q}), 0.0)
        await peer.connect(answer)
        peer.stage = {}
        return peer

    async def leave(self, site: str) -> None:
        """As when control says goodbye first."""
        self.plane.close(site)
        await self.peers.pop(site).close()

    async def play(self, condition: Callable[[], object]) -> None:
        """Let the endpoints send until it is so; the plane's turns go round faster than its own
        timer would."""

        def step() -> object:
            self.plane._advance(asyncio.get_running_loop().time())
            for peer in self.peers.values():
                peer.tick(asyncio.get_running_loop().time())
            return condition()

        await until(step)

    def session(self, site: str) -> Any:
        return self.plane._sessions[site]

    def drops(self) -> dict[str, int]:
        return dict(self.plane.snapshot().drops)

    def heard_by(self, site: str) -> int:
        receiver = self.peers[site].receiver
        return receiver.totals().packets if receiver else 0


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ClipLibrary]:
    """Clips that cost nothing to make."""
    monkeypatch.setattr(clip, "encode_sound", lambda card: Clip((card.name.encode(),)))
    monkeypatch.setattr(
        clip,
        "encode_picture",
        lambda card, layer: Clip((b"\x00 key " + card.name.encode(), b"\x01 delta")),
    )
    with ClipLibrary(tmp_path) as it, structlog.testing.capture_logs():
        yield it


@pytest.fixture
async def stage(library: ClipLibrary) -> AsyncIterator[Stage]:
    async with running_plane() as plane:
        it = Stage(plane, library)
        yield it
        for peer in it.peers.values():
            await peer.close()


@contextmanager
def stranger() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as it:
        it.bind(("127.0.0.1", 0))
        it.setblocking(False)
        yield it


def check(username: str, pwd: str, *, nominate: bool = False) -> bytes:
    attributes = {"USERNAME": username, "PRIORITY": 1, "ICE-CONTROLLING": 1}
    if nominate:
        attributes["USE-CANDIDATE"] = None
    message = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.REQUEST,
        attributes=attributes,
    )
    message.add_message_integrity(pwd.encode())
    message.add_fingerprint()
    return bytes(message)


async def quiet() -> None:
    """Let what was sent on loopback be read, and what follows from it be said."""
    for _ in range(5):
        await asyncio.sleep(0)


# Carrying.


async def test_a_site_is_heard_and_seen_by_another_and_not_by_itself(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    listener = await stage.join("02")

    await stage.play(
        lambda: listener.receiver.last_heard_s("01") and listener.receiver.totals().keyframes
    )

    assert stage.events == [LinkUp(session="01"), LinkUp(session="02")]
    assert stage.heard_by("01") == 0
    assert listener.receiver.totals().gaps == listener.receiver.totals().unknown_sound == 0
    told = stage.plane.snapshot()
    assert [(s.session, s.site, s.connected) for s in told.sessions] == [
        ("01", "01", True),
        ("02", "02", True),
    ]
    assert told.packets_out == sum(s.packets_out for s in told.sessions) >= 2
    assert {(s.slot, s.layer) for s in told.sessions[0].sources} == {("mic", ""), ("camera", "q")}


async def test_a_shut_gate_is_shut_for_a_session_that_comes_later(stage):
    stage.plane.set_plan(Plan(slots={"speaker.1": "01"}))
    listener = await stage.join("02")
    await stage.join("01")

    await stage.play(lambda: stage.drops().get(DropReason.GATE, 0) > 2)

    assert listener.receiver.last_heard_s("01") is None


async def test_a_publisher_is_told_what_all_its_layers_need_before_anybody_wants_them(stage):
    peer = await stage.join("01")
    bps = remb_bps(("q", "f"))

    await stage.play(lambda: bps - 16 < (peer.sender.allowed_bps or 0) <= bps)


async def test_the_greeting_says_where_we_are_and_who(stage):
    told = stage.plane.greeting()

    assert len(told.fingerprint.split(":")) == 32
    assert told.candidates == (("127.0.0.1", stage.plane._port.address[1]),)
    await quiet()


async def test_a_port_that_is_taken_is_an_error(stage):
    await quiet()
    with pytest.raises(OSError, match="in use"):
        LocalPlane(
            host="127.0.0.1",
            port=stage.plane._port.address[1],
            advertise=("127.0.0.1",),
            draw=random.Random(110),
        )


# Addresses.


async def test_an_address_is_learnt_from_authenticated_stun_and_from_nothing_else(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    before = stage.session("02").remote
    names = stage.session("02").spec
    user = f"{names.local_ufrag}:{names.remote_ufrag}"
    with stranger() as thief:
        rows = [
            (check(user, "wrong" * 5, nominate=True), DropReason.STUN_UNAUTHENTIC),
            (check(f"{names.local_ufrag}:other", PWD, nominate=True), DropReason.STUN_NOT_FOR_US),
            (check("nobody:other", PWD, nominate=True), DropReason.STUN_NOT_FOR_US),
            (check(user, PWD, nominate=True)[:-9], DropReason.STUN_MALFORMED),
            (sound(1) + bytes(16), DropReason.UNKNOWN_ADDRESS),
            (b"\x16\xfe\xfd" + bytes(20), DropReason.UNKNOWN_ADDRESS),
        ]
        for data, reason in rows:
            count = stage.drops().get(reason, 0)
            thief.sendto(data, stage.plane.greeting().candidates[0])
            await until(lambda reason=reason, count=count: stage.drops().get(reason, 0) > count)
        assert stage.session("02").remote == before
        assert thief.getsockname() not in stage.plane._by_address
        with pytest.raises(BlockingIOError):
            thief.recv(100)

        thief.sendto(check(user, PWD), stage.plane.greeting().candidates[0])
        await until(lambda: thief.getsockname() in stage.plane._by_address)
        assert stage.session("02").remote == before, "a check alone moves nothing"
        thief.sendto(check(user, PWD, nominate=True), stage.plane.greeting().candidates[0])
        await until(lambda: stage.session("02").remote == thief.getsockname())
        answered = {thief.recv(2000)[0] for _ in range(2)}
        before_out = stage.session("02").packets_out
        await stage.play(lambda: stage.session("02").packets_out > before_out)

        assert answered == {1}, "two STUN success responses"
        await until(lambda: 128 <= thief.recv(2000)[0] <= 191)


def offline(stage: Stage) -> list[tuple[bytes, tuple[str, int]]]:
    """Nothing leaves any more: it is kept."""
    sent: list[tuple[bytes, tuple[str, int]]] = []

    def keep(data: bytes, address: tuple[str, int]) -> bool:
        sent.append((data, address))
        return True

    stage.plane._port.send = keep  # type: ignore[method-assign]
    return sent


async def test_an_address_that_went_over_to_another_session_is_not_taken_from_it(stage):
    offline(stage)
    old, new = spec("01"), spec("02")
    for each in (old, new):
        stage.plane.open(each)

    def checks(whose: SessionSpec, port: int) -> None:
        user = f"{whose.local_ufrag}:{whose.remote_ufrag}"
        stage.plane._on_datagram(check(user, whose.local_pwd), ("192.0.2.1", port), 1.0)

    checks(old, 1)
    checks(old, 2)
    checks(new, 2)
    for port in range(3, 3 + MAX_ADDRESSES):
        checks(old, port)
    assert ("192.0.2.1", 1) in stage.plane._by_address, "the one in use"
    assert stage.plane._by_address["192.0.2.1", 2].spec is new
    assert ("192.0.2.1", 3) not in stage.plane._by_address

    stage.plane.close("s-01")

    assert list(stage.plane._by_address) == [("192.0.2.1", 2)]


# Strangers.


async def test_garbage_from_strangers_is_named_and_closes_nobody(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    target = stage.plane.greeting().candidates[0]
    before = sum(stage.drops().values())
    chance = random.Random(110)
    sizes = (0, 1, 11, 12, 13, 20, 28, 100, 1472, 1473, 2048, 4000)
    sent = 0
    with stranger() as it:
        for first in range(256):
            for size in sizes:
                it.sendto((bytes((first,)) + chance.randbytes(size))[:size], target)
                sent += 1
            await asyncio.sleep(0)
        await until(lambda: sum(stage.drops().values()) - before >= sent)

    heard = stage.heard_by("02")
    await stage.play(lambda: stage.heard_by("02") > heard + 2)
    assert stage.events == [LinkUp(session="01"), LinkUp(session="02")]
    assert stage.closed == []
    assert {
        DropReason.SIZE,
        DropReason.FIRST_BYTE,
        DropReason.UNKNOWN_ADDRESS,
        DropReason.STUN_MALFORMED,
    } <= stage.drops().keys()


async def test_garbage_under_a_clients_own_address_closes_it_neither(stage):
    # Anybody can write another's address as the sender of a datagram.
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    address = stage.session("01").remote
    chance = random.Random(110)
    for first in range(256):
        for size in (12, 13, 25, 100, 1472):
            data = bytes((first,)) + chance.randbytes(size - 1)
            stage.plane._on_datagram(data, address, asyncio.get_running_loop().time())
        await asyncio.sleep(0)
    alert = bytes.fromhex("15fefd 0000 000000000000 0002 0228")
    stage.plane._on_datagram(alert, address, asyncio.get_running_loop().time())

    heard = stage.heard_by("02")
    await stage.play(lambda: stage.heard_by("02") > heard + 2)
    assert stage.events == [LinkUp(session="01"), LinkUp(session="02")]
    assert stage.closed == []


async def test_a_flood_of_dtls_is_bounded(stage):
    await stage.join("01")
    address = stage.session("01").remote
    for _ in range(100):
        stage.plane._on_datagram(b"\x16" + bytes(20), address, 1.0)

    assert stage.drops()[DropReason.DTLS_OVERFLOW] == 100 - 64


# Ends.


async def test_a_handshake_nobody_answers_ends_the_session(stage, monkeypatch):
    monkeypatch.setattr(local, "HANDSHAKE_S", 0.02)
    stage.plane.open(spec("01"))

    await until(lambda: stage.events)

    assert stage.events == [SessionEnded(session="s-01", reason="handshake_timeout")]
    assert stage.plane.snapshot().sessions == ()


async def test_a_client_with_another_certificate_than_it_offered_is_refused(stage):
    stage.plane.set_plan(SPEAKING)
    wrong = (("sha-256", ":".join(["AB"] * 32)),)
    with suppress(DtlsFailed):
        await stage.join("01", lambda made: replace(made, remote_fingerprints=wrong))
    await until(lambda: stage.events)

    assert stage.events == [SessionEnded(session="01", reason="handshake_failed")]


async def test_a_client_that_closes_ends_its_session_and_no_other(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    await stage.play(lambda: stage.heard_by("02") > 2)
    carried = stage.plane.snapshot()
    await stage.peers.pop("02").close()

    await until(lambda: len(stage.events) == 3)

    assert stage.events[2] == SessionEnded(session="02", reason="peer_closed")
    now = stage.plane.snapshot()
    assert [session.session for session in now.sessions] == ["01"]
    assert now.packets_out >= carried.packets_out
    assert len(stage.plane._by_address) == len(stage.session("01").addresses)
    assert list(stage.plane._by_ufrag) == ["ours01"]


async def test_control_closes_a_session_and_hears_no_more_of_it(stage):
    await stage.join("01")
    loop = asyncio.get_running_loop()
    stage.plane._advance(loop.time() + LINK_S + 1)
    stage.plane.close("01")
    stage.plane.close("01")
    stage.plane.close("never")
    await until(lambda: stage.closed)
    await quiet()

    assert stage.closed == [("01", "peer_closed")]
    assert stage.events == [LinkUp(session="01")]


async def test_a_session_that_is_closed_as_its_handshake_ends_is_not_up(stage, monkeypatch):
    stage.plane.set_plan(SPEAKING)

    async def handshake(*_: Any, **__: Any) -> None:
        stage.plane.close("s-02")

    monkeypatch.setattr(Dtls, "handshake", handshake)
    stage.plane.open(spec("02"))
    await quiet()

    assert stage.events == []
    assert stage.plane._forwarder.feed("01", "audio").aimed == []


async def test_a_service_that_stops_waits_for_no_handshake_and_leaves_nothing_over(library):
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before, tasks = open_files(), asyncio.all_tasks()
    began_s = asyncio.get_running_loop().time()
    async with running_plane() as plane:
        stage = Stage(plane, library)
        await stage.join("01")
        await stage.join("02")
        plane.open(spec("03"))
        plane.open(spec("04"))
        plane.close("s-04")
    for peer in stage.peers.values():
        await peer.close()
    await quiet()

    assert asyncio.get_running_loop().time() - began_s < 5
    assert asyncio.all_tasks() == tasks
    assert open_files() == before
    assert plane._forwarder._outlets == []
    assert (plane._sessions, plane._by_ufrag, plane._by_address, plane._tasks) == (
        {},
        {},
        {},
        set(),
    )
    assert stage.events == [LinkUp(session="01"), LinkUp(session="02")]
    assert stage.closed == [("01", "peer_closed"), ("02", "peer_closed")]


# Links.


async def test_a_silent_link_is_lost_once_and_up_again_at_the_first_authentic_packet(stage):
    await stage.join("01")
    session = stage.session("01")
    # The plane's own timer is real: silence is made by what it last heard, not by waiting.
    offline_s = session.heard_s
    stage.plane._advance(offline_s + LINK_S)
    await quiet()
    assert stage.events == [LinkUp(session="01")]

    session.heard_s -= LINK_S
    stage.plane._advance(offline_s + 0.01)
    stage.plane._advance(offline_s + 0.02)
    await quiet()
    assert stage.events[1:] == [LinkLost(session="01")]

    forged = sound(1) + bytes(16)
    stage.plane._on_datagram(forged, session.remote, offline_s + 0.03)
    stage.plane._on_datagram(b"\x80\xc9" + bytes(30), session.remote, offline_s + 0.03)
    stage.plane._on_datagram(check("ours01:x", PWD), session.remote, offline_s + 0.03)
    await quiet()
    assert stage.events[1:] == [LinkLost(session="01")]

    await stage.play(lambda: len(stage.events) > 2)
    assert stage.events[2:] == [LinkUp(session="01")]


async def test_a_consent_check_alone_keeps_a_link_up(stage):
    await stage.join("01")
    session = stage.session("01")
    user = f"{session.spec.local_ufrag}:{session.spec.remote_ufrag}"
    now_s = session.heard_s + LINK_S + 1
    stage.plane._advance(now_s)
    stage.plane._on_datagram(check(user, PWD), session.remote, now_s)
    stage.plane._advance(now_s + LINK_S)
    await quiet()

    assert stage.events == [LinkUp(session="01"), LinkLost(session="01"), LinkUp(session="01")]


async def test_a_session_without_keys_has_no_link_to_lose_or_win(stage):
    sent = offline(stage)
    stage.plane.open(spec("01"))
    stage.plane._on_datagram(check("ours01:theirs01", PWD), ("192.0.2.1", 1), 1.0)
    stage.plane._advance(100.0)
    await quiet()

    assert stage.events == []
    assert [address for _, address in sent] == [("192.0.2.1", 1)]


# Bugs of ours.


def planted(*_: Any, **__: Any) -> Any:
    raise RuntimeError("planted")


BUGS = {
    "on the way in": lambda session: setattr(session, "_receive_rtp", planted),
    "on the way out": lambda session: setattr(session.dtls, "protect", planted),
    "in its reports": lambda session: setattr(session.dtls, "protect_rtcp", planted),
    "before its reports": lambda session: setattr(session, "layers", frozenset({"?"})),
}


@pytest.mark.parametrize("where", BUGS)
async def test_a_bug_ends_the_session_it_is_in_and_no_other(stage, where):
    stage.plane.set_plan(
        replace(SPEAKING, gates=frozenset({"01", "02"}), slots={"speaker.1": "01", "chair": "02"})
    )
    for site in ("01", "02", "03"):
        await stage.join(site)
    await stage.play(lambda: stage.heard_by("03") > 2)
    BUGS[where](stage.session("02"))

    await stage.play(lambda: len(stage.events) > 3)
    assert stage.events[3:] == [SessionEnded(session="02", reason="bug")]
    heard = stage.heard_by("03")
    await stage.play(lambda: stage.heard_by("03") > heard + 2)
    assert len(stage.events) == 4
    assert [site for site, _ in stage.closed] == ["02"]


async def test_a_bug_in_the_handshake_ends_the_session_it_is_in(stage, monkeypatch):
    await stage.join("02")
    monkeypatch.setattr(Dtls, "handshake", planted)
    stage.plane.open(spec("01"))
    await until(lambda: len(stage.events) > 1)

    assert stage.events == [LinkUp(session="02"), SessionEnded(session="s-01", reason="bug")]


# Reports and requests.


async def test_every_session_gets_its_reports_in_time_and_not_all_in_one_turn(stage):
    sent = offline(stage)
    for n in range(10):
        site = f"{n:02d}"
        stage.plane.open(spec(site))
        session = stage.session(f"s-{site}")
        session.dtls, session.connected = ClearDtls(), True
        session.dtls.close = quiet
        session.learn(("192.0.2.1", n), nominated=True)
    now_s = asyncio.get_running_loop().time()
    turns = []
    for turn in range(round(2 * INTERVAL_S / local.TURN_S)):
        sent.clear()
        stage.plane._advance(now_s + turn * local.TURN_S)
        turns.append(sorted(address[1] for _, address in sent))

    assert {len(turn) for turn in turns} == {2}
    assert turns[:5] == turns[5:]
    assert sorted(itertools.chain(*turns[:5])) == list(range(10))


async def test_a_request_for_a_key_frame_goes_through_to_the_publisher(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    camera = stage.peers["01"].sender.layers[Layer.Q]
    asked: list[str] = []
    restart = camera.restart
    camera.restart = lambda: (asked.append("key"), restart())  # type: ignore[method-assign]
    receiver = stage.peers["02"].receiver
    await stage.play(lambda: receiver.totals().keyframes)
    [outlet] = [o for o in stage.session("02").outlets.values() if o.source and o.kind == "video"]
    ssrc = next(s for s, o in stage.session("02").outlets.items() if o is outlet)
    before, keyframes = len(asked), receiver.totals().keyframes
    stage.peers["02"]._send_rtcp(ReceiverReport(ssrc=1), PictureLoss(sender=1, media=ssrc))

    await stage.play(lambda: receiver.totals().keyframes > keyframes)

    assert len(asked) == before + 1
