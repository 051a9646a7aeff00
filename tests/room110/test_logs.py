"""The log of a real conference: one command followed through it, and nothing private in it.

One service of two processes, with rooms that send and receive, and with all that goes wrong in a day:
wrong tokens, half ones and ones in the wrong place, offers that are none, strangers at every port,
a locked door, a device with another's certificate, a worker and a control that die.  What it has
written meanwhile is read line by line.

It is written at ``debug``, which is more than a service writes: tokens and passwords may not be there
either.  SDP and addresses are looked for in what is above it.  The service's media is at an address of
this machine that is not loopback, if it has one, for loopback is nobody's and is not masked.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gc
import ipaddress
import json
import os
import re
import secrets
import signal
import socket
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bridge.conference.words import Phase, Role
from bridge.endpoint.channel import Channel
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.peer import Peer
from bridge.endpoint.synthetic import SyntheticSite
from bridge.identity import Identity
from bridge.media.dtls import DtlsFailed
from bridge.media.ice import IceFailed
from bridge.media.slots import SessionKind, Slot
from config.roster import RosterSite, load_roster
from room110.crowd import Crowd, card_of, chosen
from room110.local import Local
from signaling.client import CommandRefused, connect, new_id
from signaling.identity import Keyring
from signaling.messages import (
    SUBPROTOCOL,
    ChairCall,
    ChairPhase,
    ChairRevoke,
    ConferenceLock,
    SiteDrop,
)
from tests.support.addresses import own_address
from tests.support.eventually import eventually
from tests.support.program import Program, local, serving

CALL = "call-" + secrets.token_hex(6)
REVOKE = "revoke-" + secrets.token_hex(6)
DROP = "drop-" + secrets.token_hex(6)
BEYOND = "beyond-" + secrets.token_hex(6)
SPEAKER, DROPPED, ODD = "01", "02", "04"

TURN_SECRET = secrets.token_urlsafe(24)
STRANGER, PROXIED, V6 = "203.0.113.7", "203.0.113.9", "2001:db8::7"
OFFER = (
    f"v=0\r\no=- 1 1 IN IP4 {STRANGER}\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    f"c=IN IP4 {STRANGER}\r\na=ice-ufrag:frag9x7q\r\na=ice-pwd:passw0rd-of-a-stranger-1\r\n"
    f"a=fingerprint:sha-256 AA:BB\r\na=candidate:1 1 udp 1 {V6} 5000 typ host\r\n"
)


@dataclass
class Day:
    """What was written, and what may not be in it."""

    tokens: set[str] = field(default_factory=set)
    passwords: set[str] = field(default_factory=lambda: {TURN_SECRET})
    """At a TURN server: the service's, and what devices were given."""
    credentials: set[str] = field(default_factory=lambda: {"frag9x7q", "passw0rd-of-a-stranger-1"})
    addresses: set[str] = field(default_factory=lambda: {STRANGER, PROXIED, V6})
    text: str = ""

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def note(self, sdp: str) -> None:
        self.credentials |= set(re.findall(r"a=ice-(?:ufrag|pwd):(\S+)", sdp))

    def leaks(self, record: Mapping[str, Any]) -> list[str]:
        """What of it may not be in *record*."""
        line = json.dumps(record, ensure_ascii=False)
        # A token is what makes it one: its signature; and what it says of a person.
        secret = {part for token in self.tokens for part in token.split(".")[1:] if part}
        found = [f"token {part}" for part in secret if part in line]
        found += [f"password {word}" for word in self.passwords if word in line]
        if "eyJ" in line:
            found.append("the beginning of a token")
        if record["level"] == "debug":
            return found
        marks = ("v=0", "a=candidate", "ice-ufrag", "ice-pwd", "a=fingerprint", "typ host")
        private = [*marks, *self.credentials, *self.addresses]
        return [*found, *(word for word in private if word in line)]


class Overheard:
    """A room's media channel, with the SDP that goes through it."""

    def __init__(self, channel: Channel, day: Day) -> None:
        self._channel, self._day = channel, day

    async def send(self, message: dict[str, Any]) -> None:
        self._day.note(message.get("sdp", ""))
        await self._channel.send(message)

    async def receive(self) -> dict[str, Any]:
        message = await self._channel.receive()
        self._day.note(message.get("sdp", ""))
        return message


class Hall(Crowd):
    """Rooms at an address of this machine."""

    def __init__(self, day: Day, address: str, **more: Any) -> None:
        super().__init__(**more)
        self._day, self._address = day, address

    def _endpoint(self, client: Any, site: RosterSite, *, stuck: bool) -> SyntheticSite:
        self._day.passwords |= {server.credential for server in client.hello_ok.ice_servers}
        return SyntheticSite(
            card=card_of(site),
            slots=[Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots],
            channel=Overheard(client.media, self._day),
            library=self._library,
            ticker=self._ticker,
            local_address=self._address,
            stuck_microphone=stuck,
        )


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Day:
    folder = tmp_path_factory.mktemp("day")
    it = Day()
    address = own_address()
    if not ipaddress.ip_address(address).is_loopback:
        it.addresses.add(address)
    shared = folder / "turn-secret"
    shared.write_text(TURN_SECRET, encoding="ascii")
    shared.chmod(0o600)
    settings = {
        "media_host": address,
        "media_advertise": address,
        "turn_urls": f"turns:{STRANGER}:443",
        "turn_secret_file": shared,
    }
    with serving(
        folder / "state", folder / "log", log_level="debug", log_format="json", **settings
    ) as service:
        asyncio.run(live(it, service, local(folder / "state"), clips, address))
        assert service.stop() == 0
    # A room that is cancelled while it closes a socket may leave it to the collector (seen now and
    # then, not understood): that is not what is looked at here, and must not fail a neighbour.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    it.text = service.said()
    return it


async def live(day: Day, service: Program, house: Local, clips: Path, address: str) -> None:
    def token(user: str, *roles: Role, site: str | None = None) -> str:
        made = house.token(user, *roles, site=site)
        day.tokens.add(made)
        return made

    sites = [site for site in chosen(load_roster(), 3) if site.code in {SPEAKER, DROPPED, "110"}]
    with ClipLibrary(clips) as library:
        hall = Hall(
            day,
            address,
            url=house.ws,
            token_for=lambda code: token(f"site.{code}", Role.SITE, site=code),
            library=library,
        )
        chair = token("chair", Role.CHAIR, Role.TECHNICIAN, site="110")
        async with (
            connect(house.ws, chair, SessionKind.CONSOLE) as desk,
            hall.joined(sites),
        ):
            await everybody_is_up(hall, SPEAKER, DROPPED, "110")
            await desk.command(ChairPhase(type="chair.phase", id=new_id(), to=Phase.OPEN))
            await desk.command(ChairCall(type="chair.call", id=CALL, site=SPEAKER))
            await strangers(day, house, token)
            await another_certificate(day, house, token, library, address)
            await desk.command(ConferenceLock(type="conference.lock", id=new_id(), on=True))
            viewer = token("guest", Role.VIEWER)
            with pytest.raises(CommandRefused, match="locked"):
                async with connect(house.ws, viewer, SessionKind.WALL):
                    pass
            await desk.command(ChairRevoke(type="chair.revoke", id=REVOKE))
            await desk.command(SiteDrop(type="site.drop", id=DROP, site=DROPPED))
            with pytest.raises(CommandRefused, match="floor"):
                await desk.command(ChairCall(type="chair.call", id=BEYOND, site="110"))
            await die(house, "media_pid")
            await everybody_is_up(hall, SPEAKER, "110", times=2)
        await die(house, "pid")


async def everybody_is_up(hall: Hall, *codes: str, times: int = 1) -> None:
    """Connected, and that for the *times*-th time: nobody is left in the middle of an attempt."""

    def is_up(code: str) -> bool:
        site = hall.sites.get(code)
        return site is not None and site.connected and site.stats().connections >= times

    await eventually(lambda: all(map(is_up, codes)), timeout_s=30.0)


async def die(house: Local, name: str) -> None:
    killed = house.facts()[name]
    os.kill(killed, signal.SIGKILL)
    await eventually(lambda: house.facts()[name] not in {0, killed}, timeout_s=30.0)


async def strangers(day: Day, house: Local, token: Any) -> None:
    """All that comes to a door that should not."""
    site = token("site.06", Role.SITE, site="06")
    foreign = Keyring(b"x" * 32, roster=("110",)).mint(
        Identity(user="evil", roles=frozenset({Role.CHAIR}), conference="c", site="110")
    )
    day.tokens.add(foreign)
    head, claims, signature = site.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    wrong = (
        foreign,
        site[:-4],
        f"{head}.{claims}.",
        f"{none}.{claims}.{signature}",
        signature,
        OFFER,
    )
    bearer = {
        "Authorization": f"Bearer {site}",
        "X-Forwarded-For": PROXIED,
        "Via": f"1.1 {PROXIED}",
    }
    async with aiohttp.ClientSession() as http:
        for bad in wrong:
            hello = {"type": "hello", "id": "h", "v": 1, "token": bad, "kind": "room"}
            await say(http, house, hello)
            headers = {**bearer, "Authorization": f"Bearer {bad}".replace("\r\n", " ")}
            for path in ("/api/v1/sites", "/metrics", f"/api/v1/floor?token={site}"):
                async with http.get(house.http + path, headers=headers) as response:
                    assert response.status in {401, 403}
        good = {"type": "hello", "id": "h", "v": 1, "token": site, "kind": "room"}
        # A token and a description where neither belongs, and too much of it.
        for odd in (
            {**good, "device": site},
            {**good, "token": [site], "sdp": OFFER},
            {**good, "kind": "console"},
            site,
            OFFER,
        ):
            await say(http, house, odd)
        await say(
            http,
            house,
            good,
            {"type": "media.offer", "id": "o1", "sdp": OFFER, "slots": {"0": "mic"}},
            {"type": "media.offer", "id": "o2", "sdp": OFFER * 40, "slots": {"0": "mic"}},
            {"type": "media.offer", "id": site, "sdp": OFFER, "slots": {}},
            {"type": "endpoint.report", "mic": site, "level": OFFER},
            {"type": site},
            *[OFFER] * 60,
        )
        for method, path, body in (
            ("POST", "/floor/requests", {"text": site}),
            ("POST", "/floor/requests", OFFER),
            ("POST", f"/sites/{site}/mute", {"on": True}),
            ("POST", "/agenda", {"items": [{"kind": OFFER, "title": site}]}),
            ("PUT", f"/{site}", {}),
        ):
            async with http.request(
                method, f"{house.http}/api/v1{path}", headers=bearer, json=body
            ) as response:
                assert response.status != 500
    for text in (
        f"GET / HTTP/1.1\r\nHost: {STRANGER}\r\nAuthorization: Bearer {site}\r\n\r\n",
        f"GET / HTTP/1.1\r\nAuthorization: Bearer {site}\r\nX{site}\r\n\r\n",
        f"{site} / HTTP/1.1\r\n\r\n",
        f"GET /{site}\x00 HTTP/9.9\r\nBad header {OFFER}\r\n\r\n",
        f"POST /api/v1/mute HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {site}\r\n\r\n",
        OFFER,
    ):
        address = house.facts()["http"].removeprefix("http://").split(":")
        worker = house.facts()["media_metrics"].removeprefix("http://").split(":")
        for host, port in (address, worker, *media(house, "tcp")):
            await throw(host, int(port), text.encode())
        for host, port in media(house, "udp"):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thrower:
                for first in (b"", b"\x00", b"\x16", b"\x80"):
                    thrower.sendto(first + text.encode()[:1200], (host, int(port)))


async def another_certificate(
    day: Day, house: Local, token: Any, library: ClipLibrary, address: str
) -> None:
    """A room whose offer names a certificate that is not the one it shows."""
    room = load_roster().by_code(ODD)
    of_the_room = token(f"site.{ODD}", Role.SITE, site=ODD)
    async with connect(house.ws, of_the_room, SessionKind.ROOM) as client:
        peer = Peer(
            card=card_of(room),
            slots=[Slot(s.slot, s.kind, s.direction) for s in client.hello_ok.slots],
            library=library,
            local_address=address,
            on_closed=lambda _: None,
        )
        try:
            sdp, mids = await peer.offer()
            day.note(sdp)
            sdp = re.sub(r"(a=fingerprint:\S+ )\S+", r"\1" + ":".join(["AB"] * 32), sdp)
            await client.media.send(
                {"type": "media.offer", "id": new_id(), "sdp": sdp, "slots": mids}
            )
            while (answer := await client.media.receive())["type"] != "media.answer":
                pass
            day.note(answer["sdp"])
            with contextlib.suppress(DtlsFailed, IceFailed):
                await peer.connect(answer["sdp"])
            while (await client.media.receive())["type"] != "media.reset":
                pass
        finally:
            await peer.close()


def media(house: Local, transport: str) -> Iterator[tuple[str, str]]:
    for where in house.facts()["media"]:
        place, _, how = where.rpartition("/")
        if how == transport:
            host, _, port = place.rpartition(":")
            yield host, port


async def throw(host: str, port: int, data: bytes) -> None:
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(2.0):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(data)
            writer.write_eof()
            await reader.read()
            writer.close()


async def say(http: aiohttp.ClientSession, house: Local, *messages: Any) -> None:
    """A connection that says these; whatever is answered is read to the end."""
    async with http.ws_connect(house.ws, protocols=[SUBPROTOCOL]) as ws:
        for message in messages:
            with contextlib.suppress(ConnectionError):
                await ws.send_str(message if isinstance(message, str) else json.dumps(message))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                async for _ in ws:
                    pass


def following(day: Day, command_id: str) -> list[tuple[str, str]]:
    return [
        (record["process"], record["event"])
        for record in day.records
        if record.get("command_id") == command_id
    ]


def test_it_was_a_day_as_they_are(day: Day) -> None:
    heard = {record["event"] for record in day.records}
    assert heard >= {
        *("service.ready", "media.ready", "session.joined", "session.left", "session.refused"),
        *("session.protocol_errors", "conference.changed", "conference.refused", "command.came"),
        *("media.handshake_failed", "media.lost", "media.worker_away", "media.worker_came"),
        *("media.control_left", "media.control_came", "process.restarted", "service.stopping"),
        "http.malformed",
    }
    assert len(day.tokens) > 5 and len(day.credentials) > 8 and len(day.passwords) > 3


def test_nothing_private_is_in_the_log(day: Day) -> None:
    assert [(record, leak) for record in day.records for leak in day.leaks(record)] == []


def test_every_line_is_a_record_with_its_process(day: Day) -> None:
    assert {record["process"] for record in day.records} == {"service", "control", "media"}
    assert all(record["timestamp"].endswith("Z") for record in day.records)
    assert not [record for record in day.records if record["level"] in {"error", "critical"}]


def test_what_would_leak_is_found(day: Day) -> None:
    token = min(day.tokens)
    record = {"event": "it.happened", "level": "info"}
    assert day.leaks(record) == []
    for word in (token, token.split(".")[2], OFFER, *day.credentials, *day.addresses):
        assert day.leaks({**record, "odd": f"x {word} y"}), word
    for word in (token, *day.passwords):
        assert day.leaks({**record, "level": "debug", "odd": f"x {word} y"}), word


def test_a_command_is_followed_from_the_door_to_the_worker(day: Day) -> None:
    assert following(day, CALL) == [
        ("control", "command.came"),
        ("control", "conference.changed"),
        ("media", "media.planned"),
    ]
    came, changed, planned = (r for r in day.records if r.get("command_id") == CALL)
    assert came["site"] == "110" and came["session"]
    assert (changed["command"], changed["actor"]) == ("chair.call", "chair")
    assert planned["opened"] == [SPEAKER]
    assert SPEAKER in planned["moved"].values()


@pytest.mark.parametrize(
    ("command_id", "end"),
    [
        (REVOKE, [("control", "conference.changed"), ("media", "media.planned")]),
        (DROP, [("control", "conference.changed"), ("media", "media.closed")]),
        (BEYOND, [("control", "conference.refused")]),
    ],
    ids=["revoke", "drop", "refused"],
)
def test_other_commands_too(day: Day, command_id: str, end: list[tuple[str, str]]) -> None:
    way = following(day, command_id)
    assert way[0] == ("control", "command.came")
    assert [step for step in end if step in way] == end


def test_site_and_session_are_with_what_the_worker_says_of_one(day: Day) -> None:
    failed = [r for r in day.records if r["event"] == "media.handshake_failed"]
    assert failed and all(r["site"] == ODD and r["session"] for r in failed)
    lost = [r for r in day.records if r["event"] == "media.lost"]
    assert {r["site"] for r in lost} >= {SPEAKER, "110"}
