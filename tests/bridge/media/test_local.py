"""The plane on a real loopback socket, with real endpoints and with strangers.

Time is real where packets travel and given where only the clock matters (``_advance``).
"""

from __future__ import annotations

import asyncio
import itertools
import random
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

import pytest
import structlog.testing
from aioice import stun

from bridge.endpoint import clip
from bridge.endpoint.card import Card
from bridge.endpoint.clip import Clip, Layer
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.peer import Peer
from bridge.media import flusher, local
from bridge.media.core.drops import DropReason
from bridge.media.core.framing import frame
from bridge.media.core.layers import Q, remb_bps
from bridge.media.core.rtcp import PictureLoss, ReceiverReport
from bridge.media.core.rtcp_writer import compound
from bridge.media.core.sdp import negotiate, parse_offer, renegotiate
from bridge.media.dtls import Dtls, DtlsFailed
from bridge.media.flusher import HOLD_S
from bridge.media.local import LINK_S, LocalPlane
from bridge.media.plane import (
    Candidate,
    Ladder,
    LayerDemand,
    LinkLost,
    LinkUp,
    Plan,
    PlaneEvent,
    SessionEnded,
    SessionSpec,
)
from bridge.media.reports import INTERVAL_S
from bridge.media.session import MAX_ADDRESSES, MediaSession
from bridge.media.slots import SessionKind, slots_for
from bridge.media.steering import TURN_S
from bridge.media.udp import Address
from tests.bridge.endpoint.responder import until
from tests.bridge.media.test_switchboard import check
from tests.support.media import SPEAKER_PICTURE, ClearDtls, FakePort, picture, sound, spec

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
        self.agreed: dict[str, SessionSpec] = {}
        self._library = library
        self._ssrcs = itertools.count(1000)

    async def join(
        self,
        site: str,
        change: Callable[[SessionSpec], SessionSpec] | None = None,
        *,
        transport: Literal["udp", "tcp"] = "udp",
        local_address: str = "127.0.0.1",
    ) -> Peer:
        """A room of *site*; its session is called as the site."""
        peer = self.peers[site] = Peer(
            card=Card(code=site, name=f"Site {site}", position=int(site)),
            slots=ROOM,
            library=self._library,
            local_address=local_address,
            transport=transport,
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
        self.agreed[site] = change(made) if change else made
        self.plane.open(self.agreed[site])
        peer.sender.set_mic(True)
        peer.sender.want(frozenset({Layer.Q}), 0.0)
        await peer.connect(answer)
        peer.stage = {}
        return peer

    async def restart(self, site: str) -> None:
        """The line of *site* has changed: an ICE restart, from the offer to the new way."""
        peer = self.peers[site]
        sdp, mids = await peer.restart()
        answer, agreed = renegotiate(
            parse_offer(sdp),
            self.agreed[site],
            ROOM,
            mids,
            local_ufrag=f"again{site}",
            local_pwd="q" * 24,
            greeting=self.plane.greeting(),
        )
        self.plane.restart(
            site,
            local_ufrag=agreed.local_ufrag,
            local_pwd=agreed.local_pwd,
            remote_ufrag=agreed.remote_ufrag,
        )
        await peer.move(answer)

    def take(self, data: bytes, address: Address, now_s: float) -> None:
        """A datagram came."""
        self.plane._take(data, address, self.plane._ports._udp[0], now_s)

    def where(self, transport: str = "udp") -> tuple[str, int]:
        found = next(c for c in self.plane.greeting().candidates if c.transport == transport)
        return found.address, found.port

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


@asynccontextmanager
async def running(
    library: ClipLibrary, hosts: tuple[str, ...] = ("127.0.0.1",), *, port: int = 0
) -> AsyncIterator[Stage]:
    """A plane that carries, on UDP and TCP; ended with all its endpoints."""
    plane = LocalPlane(hosts=hosts, port=port, tcp_port=0, advertise=hosts, draw=random.Random(110))
    task = asyncio.create_task(plane.run())
    it = Stage(plane, library)
    try:
        yield it
    finally:
        for peer in it.peers.values():
            await peer.close()
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
async def stage(library: ClipLibrary) -> AsyncIterator[Stage]:
    async with running(library) as it:
        yield it


@dataclass
class Plugged:
    """A session without a handshake, on a line that keeps what it is sent."""

    session: MediaSession
    port: FakePort
    address: Address
    now_s: float

    @property
    def rtp(self) -> list[bytes]:
        return [data for data, _ in self.port.sent if data[1] & 0x7F in range(96, 128)]


def plug(stage: Stage, site: str, *, address: Address | None = None, **changes: Any) -> Plugged:
    what = spec(site, **changes)
    stage.plane.open(what)
    session = stage.session(what.session)
    clear: Any = ClearDtls()
    clear.handshake, clear.close = session.dtls.handshake, session.dtls.close
    session.dtls = cast(Dtls, clear)
    session.begin()
    stage.plane._steering.aim(session, asyncio.get_running_loop().time())
    now_s = session.heard_s = asyncio.get_running_loop().time()
    it = Plugged(session, FakePort(), address or ("192.0.2.1", int(site)), now_s)
    user = f"{what.local_ufrag}:{what.remote_ufrag}"
    stage.plane._take(check(user, what.local_pwd, nominate=True), it.address, it.port, now_s)
    it.port.sent.clear()
    return it


@contextmanager
def stranger() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as it:
        it.bind(("127.0.0.1", 0))
        it.setblocking(False)
        yield it


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
    bps = remb_bps(("q", "h", "f")) + remb_bps(("",))

    await stage.play(lambda: bps - 16 < (peer.sender.allowed_bps or 0) <= bps)


async def test_the_greeting_says_where_we_are_and_who(stage):
    told = stage.plane.greeting()

    assert len(told.fingerprint.split(":")) == 32
    assert told.candidates == (
        Candidate(address="127.0.0.1", port=stage.plane._ports._udp[0].address[1]),
        Candidate(
            address="127.0.0.1", port=cast(Any, stage.plane._ports._tcp).port, transport="tcp"
        ),
    )
    await quiet()


async def test_a_port_that_is_taken_is_an_error(stage):
    await quiet()
    with pytest.raises(OSError, match="in use"):
        LocalPlane(
            hosts=("127.0.0.1",),
            port=stage.where()[1],
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
            thief.sendto(data, stage.where())
            await until(lambda reason=reason, count=count: stage.drops().get(reason, 0) > count)
        assert stage.session("02").remote == before
        assert thief.getsockname() not in stage.plane._switchboard._by_address
        with pytest.raises(BlockingIOError):
            thief.recv(100)

        thief.sendto(check(user, PWD), stage.where())
        await until(lambda: thief.getsockname() in stage.plane._switchboard._by_address)
        assert stage.session("02").remote == before, "a check alone moves nothing"
        thief.sendto(check(user, PWD, nominate=True), stage.where())
        await until(lambda: stage.session("02").remote == thief.getsockname())
        answered = {thief.recv(2000)[0] for _ in range(2)}
        before_out = stage.session("02").delivery.packets
        await stage.play(lambda: stage.session("02").delivery.packets > before_out)

        assert answered == {1}, "two STUN success responses"
        await until(lambda: 128 <= thief.recv(2000)[0] <= 191)


def offline(stage: Stage) -> list[tuple[bytes, Address]]:
    """Nothing leaves any more: it is kept."""
    sent: list[tuple[bytes, Address]] = []

    def keep(data: bytes, address: Address) -> bool:
        sent.append((data, address))
        return True

    stage.plane._ports._udp[0].send = keep  # type: ignore[method-assign]
    return sent


async def test_an_address_that_went_over_to_another_session_is_not_taken_from_it(stage):
    offline(stage)
    old, new = spec("01"), spec("02")
    for each in (old, new):
        stage.plane.open(each)

    def checks(whose: SessionSpec, port: int) -> None:
        user = f"{whose.local_ufrag}:{whose.remote_ufrag}"
        stage.take(check(user, whose.local_pwd), ("192.0.2.1", port), 1.0)

    checks(old, 1)
    checks(old, 2)
    checks(new, 2)
    for port in range(3, 3 + MAX_ADDRESSES):
        checks(old, port)
    assert ("192.0.2.1", 1) in stage.plane._switchboard._by_address, "the one in use"
    assert stage.plane._switchboard._by_address["192.0.2.1", 2].spec is new
    assert ("192.0.2.1", 3) not in stage.plane._switchboard._by_address

    stage.plane.close("s-01")

    assert list(stage.plane._switchboard._by_address) == [("192.0.2.1", 2)]


# Strangers.


async def test_garbage_from_strangers_is_named_and_closes_nobody(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    target = stage.where()
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
            stage.take(data, address, asyncio.get_running_loop().time())
        await asyncio.sleep(0)
    alert = bytes.fromhex("15fefd 0000 000000000000 0002 0228")
    stage.take(alert, address, asyncio.get_running_loop().time())

    heard = stage.heard_by("02")
    await stage.play(lambda: stage.heard_by("02") > heard + 2)
    assert stage.events == [LinkUp(session="01"), LinkUp(session="02")]
    assert stage.closed == []


async def test_a_flood_of_dtls_is_bounded(stage):
    await stage.join("01")
    address = stage.session("01").remote
    for _ in range(100):
        stage.take(b"\x16" + bytes(20), address, 1.0)

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
    assert len(stage.plane._switchboard._by_address) == len(stage.session("01").addresses)
    assert list(stage.plane._switchboard._by_ufrag) == ["ours01"]


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
    async with running(library) as stage:
        plane = stage.plane
        await stage.join("01")
        await stage.join("02", transport="tcp")
        plane.open(spec("03"))
        plane.open(spec("04"))
        plane.close("s-04")
        peers = dict(stage.peers)
        stage.peers.clear()
    for peer in peers.values():
        await peer.close()
    await quiet()

    assert asyncio.get_running_loop().time() - began_s < 5
    assert asyncio.all_tasks() == tasks
    assert open_files() == before
    assert plane._forwarder.outlets == []
    board = plane._switchboard
    assert (plane._sessions, board._by_ufrag, board._by_address) == ({}, {}, {})
    assert plane._tasks == set()
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
    stage.take(forged, session.remote, offline_s + 0.03)
    stage.take(b"\x80\xc9" + bytes(30), session.remote, offline_s + 0.03)
    stage.take(check("ours01:x", PWD), session.remote, offline_s + 0.03)
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
    stage.take(check(user, PWD), session.remote, now_s)
    stage.plane._advance(now_s + LINK_S)
    await quiet()

    assert stage.events == [LinkUp(session="01"), LinkLost(session="01"), LinkUp(session="01")]


async def test_a_session_without_keys_has_no_link_to_lose_or_win(stage):
    sent = offline(stage)
    stage.plane.open(spec("01"))
    stage.take(check("ours01:theirs01", PWD), ("192.0.2.1", 1), 1.0)
    stage.plane._advance(100.0)
    await quiet()

    assert stage.events == []
    assert [address for _, address in sent] == [("192.0.2.1", 1)]


# Bugs of ours.


def planted(*_: Any, **__: Any) -> Any:
    raise RuntimeError("planted")


def planted_in_repair(stage: Stage, session: MediaSession) -> None:
    repair = stage.plane._steering.repair

    def changed(each: MediaSession, now_s: float) -> None:
        (planted if each is session else repair)(each, now_s)

    stage.plane._steering.repair = changed  # type: ignore[method-assign]


BUGS: dict[str, Callable[[Stage, Any], None]] = {
    "on the way in": lambda _, session: setattr(session.incoming, "take", planted),
    "in what it says": lambda _, session: setattr(session.downline, "on_reports", planted),
    "on the way out": lambda _, session: setattr(session.delivery, "_send", planted),
    "in its reports": lambda _, session: setattr(session.dtls, "protect_rtcp", planted),
    "in its layers": lambda _, session: setattr(session.downline, "measure", planted),
    "in its estimate": lambda _, session: setattr(session.upline, "advance", planted),
    "in its repair": planted_in_repair,
}


@pytest.mark.parametrize("where", BUGS)
async def test_a_bug_ends_the_session_it_is_in_and_no_other(stage, where):
    stage.plane.set_plan(
        replace(SPEAKING, gates=frozenset({"01", "02"}), slots={"speaker.1": "01", "chair": "02"})
    )
    for site in ("01", "02", "03"):
        await stage.join(site)
    await stage.play(lambda: stage.heard_by("03") > 2)
    BUGS[where](stage, stage.session("02"))

    await stage.play(lambda: len(stage.events) > 3)
    assert stage.events[3:] == [SessionEnded(session="02", reason="bug")]
    heard = stage.heard_by("03")
    await stage.play(lambda: stage.heard_by("03") > heard + 2)
    assert len(stage.events) == 4
    assert [site for site, _ in stage.closed] == ["02"]


@pytest.mark.parametrize("name", ["handshake", "sealing_keys"])
async def test_a_bug_in_the_handshake_or_behind_it_ends_the_session_it_is_in(
    stage, monkeypatch, name
):
    async def done(*_: Any, **__: Any) -> None: ...

    await stage.join("02")
    monkeypatch.setattr(Dtls, "handshake", done)
    monkeypatch.setattr(Dtls, name, planted)
    stage.plane.open(spec("01"))
    await until(lambda: len(stage.events) > 1)

    assert stage.events == [LinkUp(session="02"), SessionEnded(session="s-01", reason="bug")]


# Reports and requests.


async def _reported(stage, plugged, turns: int) -> list[list[int]]:
    """Who was told something in each turn."""
    now_s = asyncio.get_running_loop().time()
    told = []
    for turn in range(turns):
        for it in plugged:
            it.port.sent.clear()
        stage.plane._advance(now_s + turn * TURN_S)
        told.append(sorted(address[1] for it in plugged for _, address in it.port.sent))
    return told


async def test_who_sends_gets_reports_in_time_and_not_all_in_one_turn(stage):
    plugged = [plug(stage, f"{n:02d}") for n in range(10)]
    for it in plugged:
        stage.take(sound(1, ssrc=9, mid=b"0"), it.address, it.now_s)
    turns = await _reported(stage, plugged, round(2 * INTERVAL_S / TURN_S))

    assert {len(turn) for turn in turns} == {2}
    assert turns[:5] == turns[5:]
    assert sorted(itertools.chain(*turns[:5])) == list(range(10))


async def test_who_only_watches_is_told_half_as_often(stage):
    plugged = [plug(stage, f"{n:02d}") for n in range(10)]
    turns = await _reported(stage, plugged, round(4 * INTERVAL_S / TURN_S))

    assert {len(turn) for turn in turns} == {1}
    assert turns[:10] == turns[10:]
    assert sorted(itertools.chain(*turns[:10])) == list(range(10))


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
    peer = stage.peers["02"]
    asks = compound((ReceiverReport(ssrc=1), PictureLoss(sender=1, media=ssrc)), cname="c")
    peer._ice.send(peer._dtls.protect_rtcp(asks))

    await stage.play(lambda: receiver.totals().keyframes > keyframes)

    assert len(asked) == before + 1


async def test_what_a_subscriber_lost_comes_again(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    receiver = stage.peers["02"].receiver
    await stage.play(lambda: receiver.totals().keyframes)
    remote, sent = stage.session("02").remote, itertools.count()
    port = stage.plane._ports._udp[0]
    send_all = port.send_all

    def lossy(packets: Any, size: int, address: Address) -> int:
        if address != remote or next(sent) % 5:
            return send_all(packets, size, address)
        return len(packets)

    port.send_all = lossy  # type: ignore[method-assign]

    def repeated() -> int:
        return next(s for s in stage.plane.snapshot().sessions if s.site == "02").repeated

    await stage.play(lambda: repeated() > 1)

    assert stage.closed == []
    assert DropReason.REPEAT_GONE not in stage.drops()


async def test_what_was_lost_on_a_publishers_line_is_asked_for_and_comes(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    receiver = stage.peers["02"].receiver
    await stage.play(lambda: receiver.totals().keyframes)
    payload_type = next(u.payload_type for u in stage.agreed["01"].uplinks if u.slot == "camera")
    ports, sent = stage.plane._ports, itertools.count()
    take = ports._on_datagram

    def lossy(data: bytes, address: Address, port: Any, now_s: float) -> None:
        # Key frames and others take turns here, and before a key frame nothing is asked for.
        is_picture = 128 <= data[0] <= 191 and data[1] & 0x7F == payload_type
        if not is_picture or next(sent) % 5:
            take(data, address, port, now_s)

    ports._on_datagram = lossy

    def camera() -> Any:
        session = next(s for s in stage.plane.snapshot().sessions if s.site == "01")
        return next(source for source in session.sources if source.slot == "camera")

    await stage.play(lambda: camera().repaired > 1)

    assert camera().asked_again >= camera().repaired
    assert stage.closed == []


# Ways through.


async def test_a_site_behind_a_line_without_udp_is_heard_and_seen_over_tcp(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01", transport="tcp")
    listener = await stage.join("02", transport="tcp")

    await stage.play(
        lambda: listener.receiver.last_heard_s("01") and listener.receiver.totals().keyframes
    )

    assert stage.session("01").remote[2] == "tcp"
    assert listener.receiver.totals().gaps == 0
    assert stage.events == [LinkUp(session="01"), LinkUp(session="02")]


async def test_sites_on_ipv4_and_ipv6_hear_each_other(library):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as it:
        it.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        it.bind(("::", 0))
        port = it.getsockname()[1]
    async with running(library, ("127.0.0.1", "::1"), port=port) as stage:
        stage.plane.set_plan(
            Plan(
                gates=frozenset({"01", "02"}),
                slots={"speaker.1": "01", "chair": "02"},
                wants={"01": frozenset({"q"}), "02": frozenset({"q"})},
            )
        )
        await stage.join("01", local_address="::1")
        await stage.join("02")

        await stage.play(
            lambda: (
                stage.peers["02"].receiver.last_heard_s("01")
                and stage.peers["01"].receiver.last_heard_s("02")
                and stage.peers["01"].receiver.totals().keyframes
            )
        )

        assert stage.session("01").remote[0] == "::1"
        assert stage.session("02").remote[0] == "127.0.0.1"


async def test_a_check_over_ipv6_is_answered_with_the_address_it_came_from(library):
    async with running(library, ("::1",)) as stage:
        stage.plane.open(spec("01"))
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as it:
            it.bind(("::1", 0))
            it.setblocking(False)
            it.sendto(check("ours01:theirs01", PWD), stage.where())
            await until(lambda: stage.session("s-01").remote)

            answer = stun.parse_message(it.recv(2000))
            assert answer.check_message_integrity(PWD.encode())
            assert answer.attributes["XOR-MAPPED-ADDRESS"] == it.getsockname()[:2]


async def test_a_connection_that_is_lost_leaves_the_way_that_was_there_before(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    session = stage.session("02")
    udp = session.remote
    names = session.credentials
    with socket.socket() as it:
        it.connect(stage.where("tcp"))
        it.setblocking(False)
        user = f"{names.local_ufrag}:{names.remote_ufrag}"
        it.send(frame(check(user, names.local_pwd, nominate=True)))
        await until(lambda: session.remote != udp)
        heard = stage.heard_by("02")
        await stage.play(lambda: session.delivery.packets > heard + 20)
        assert it.recv(100_000)
    await until(lambda: session.remote == udp)
    heard = stage.heard_by("02")

    await stage.play(lambda: stage.heard_by("02") > heard + 2)

    assert stage.events == [LinkUp(session="01"), LinkUp(session="02")]


async def test_after_an_ice_restart_media_goes_the_new_way_and_was_never_gone(stage):
    stage.plane.set_plan(SPEAKING)
    await stage.join("01")
    await stage.join("02")
    await stage.play(lambda: stage.heard_by("02") > 2)
    session, old = stage.session("02"), stage.session("02").remote
    ssrc_before = session.ssrc
    await stage.restart("02")
    assert stage.session("02") is session
    assert session.remote != old
    assert list(stage.plane._switchboard._by_ufrag) == ["ours01", "again02"]
    heard = stage.heard_by("02")

    await stage.play(lambda: stage.heard_by("02") > heard + 5)

    assert stage.peers["02"].receiver.totals().unknown_sound == 0
    assert (stage.events, stage.closed) == ([LinkUp(session="01"), LinkUp(session="02")], [])
    assert session.ssrc == ssrc_before


async def test_a_restart_of_a_session_that_is_gone_is_nothing(stage):
    stage.plane.restart("never", local_ufrag="a", local_pwd="b", remote_ufrag="c")
    await quiet()

    assert stage.plane._switchboard._by_ufrag == {}


# What waits for others.


def several(count: int, *, first: int = 1) -> list[bytes]:
    """A picture in so many packets."""
    return [
        picture(
            first + n,
            3000,
            ssrc=13,
            key=n == 0,
            starts=n == 0,
            body=bytes(1000),
            mid=b"1",
            rid=b"f",
            marker=n == count - 1,
        )
        for n in range(count)
    ]


async def test_what_one_turn_brings_leaves_as_one_group_at_its_end(stage):
    stage.plane.set_plan(SPEAKING)
    client, watcher = plug(stage, "01"), plug(stage, "02")
    for data in several(5):
        stage.take(data, client.address, client.now_s)
    assert watcher.rtp == []
    stage.plane._ports._udp[0]._on_drained()

    assert [len(batch) for batch in watcher.port.batches] == [5]
    told = stage.plane.snapshot()
    assert sum(told.delays) == 1


async def test_nothing_waits_longer_than_it_may(stage):
    stage.plane.set_plan(SPEAKING)
    client, watcher = plug(stage, "01"), plug(stage, "02")
    for n, data in enumerate(several(8)):
        stage.take(data, client.address, client.now_s + n * HOLD_S * 0.4)

    # The fourth comes 1.2 HOLD_S after the first, and so on.
    assert [len(batch) for batch in watcher.port.batches] == [4, 4]
    assert HOLD_S <= 0.002


async def test_through_real_sockets_a_burst_goes_out_together(stage, monkeypatch):
    monkeypatch.setattr(flusher, "HOLD_S", 60.0)  # a slow machine must not cut it
    stage.plane.set_plan(SPEAKING)
    with stranger() as publisher:
        plug(stage, "01", address=publisher.getsockname())
        watcher = plug(stage, "02")
        for data in several(6):
            publisher.sendto(data, stage.where())
        await until(lambda: len(watcher.rtp) == 6)

    assert [len(batch) for batch in watcher.port.batches] == [6]


# What control asks for and hears.


async def test_a_layer_that_a_thin_line_needs_is_asked_of_control(stage):
    stage.plane.set_plan(SPEAKING)
    client = plug(stage, "01")
    plug(stage, "02", bandwidth_bps=700_000)
    for ssrc, rid in ((11, b"q"), (13, b"f")):
        stage.take(picture(1, ssrc=ssrc, key=True, mid=b"1", rid=rid), client.address, client.now_s)
    for turn in range(4):
        stage.plane._advance(client.now_s + turn * TURN_S)
    await quiet()

    demands = [event for event in stage.events if isinstance(event, LayerDemand)]
    assert demands == [LayerDemand(site="01", layers=frozenset({"h"}))]


async def test_a_plan_with_a_ladder_holds_at_once(stage):
    stage.plane.set_plan(SPEAKING)
    client, watcher = plug(stage, "01"), plug(stage, "02")
    for data in several(2):
        stage.take(data, client.address, client.now_s)
    stage.plane._flusher.flush()
    assert len(watcher.rtp) == 2
    stage.plane.set_plan(replace(SPEAKING, ladder={"02": Ladder.SOUND}))
    stage.take(several(2, first=3)[0], client.address, client.now_s)
    stage.take(sound(1, ssrc=9, mid=b"0"), client.address, client.now_s)
    stage.plane._flusher.flush()

    assert [data[1] & 0x7F for data in watcher.rtp] == [120, 120, 109]
    assert watcher.session.outlets[SPEAKER_PICTURE.ssrc].top is None
    stage.plane.set_plan(replace(SPEAKING, ladder={"02": Ladder.SMALL}))
    stage.take(picture(1, ssrc=11, key=True, mid=b"1", rid=b"q"), client.address, client.now_s)
    stage.plane.set_plan(replace(SPEAKING, ladder={"02": Ladder.SMALL}))
    assert watcher.session.outlets[SPEAKER_PICTURE.ssrc].top == Q
