"""The joints: what a change, a line, a newcomer or a broken WebSocket makes of plane and clients.

The room and its journal are real; the plane and the outboxes write down what they were asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bridge.carriage import REPLACED_S
from bridge.conference import commands
from bridge.conference.commands import (
    ChairCall,
    ChairMute,
    ChairNext,
    ChairPhase,
    ChairRevoke,
    ConferenceLock,
    FloorRequest,
)
from bridge.conference.events import Policy
from bridge.conference.patch import merge
from bridge.conference.projection import DESK
from bridge.conference.words import Link, Phase, Role
from bridge.events import Emitter
from bridge.identity import Identity
from bridge.journal import Journals
from bridge.media.plane import LinkLost, LinkUp, Plan, SessionEnded, SessionStats
from bridge.media.slots import SessionKind, slots_for
from bridge.outgoing import (
    Bye,
    Change,
    Joined,
    JoinRefused,
    Lines,
    MediaRejected,
    MediaReset,
    MediaSet,
    MediaWant,
    Stage,
)
from bridge.room import Room
from bridge.service import Bridge
from tests.bridge.conference.scene import CHAIR, SITES, TITLES, province
from tests.support.autojump import virtual_time
from tests.support.fake_plane import NOTHING, FakeOutbox, FakePlane, offer_of

ROOM = slots_for(SessionKind.ROOM)
OPEN = ChairPhase(to=Phase.OPEN)


class Device:
    """One machine at the door."""

    def __init__(self, house: House, name: str, joined: Joined, outbox: FakeOutbox) -> None:
        self.house, self.name, self.joined, self.outbox = house, name, joined, outbox
        self.offers = 0

    def offer(self) -> str:
        """Offers, and is answered; the name of its media."""
        self.house.bridge.offer(self.joined.session, *offer_of(self.joined.slots))
        self.offers += 1
        return f"{self.joined.session}.{self.offers}"

    def leave(self, *, said_goodbye: bool = False) -> None:
        self.house.bridge.leave(self.joined.session, said_goodbye=said_goodbye)

    def of(self, kind: type) -> list[Any]:
        return self.outbox.of(kind)

    def last(self, kind: type) -> Any:
        return self.outbox.last(kind)


class House:
    def __init__(self, room: Room) -> None:
        self.room = room
        self.log: list[tuple[Any, ...]] = []
        self.plane = FakePlane(self.log)
        self.bridge = Bridge(
            room=room,
            plane=self.plane,
            titles=TITLES,
            names=TITLES,
            chance=random.Random(110),
        )

    def join(
        self,
        site: str | None,
        kind: SessionKind = SessionKind.ROOM,
        *roles: Role,
        name: str = "",
        **asked: Any,
    ) -> Device:
        name = name or f"{kind}:{site}"
        identity = Identity(
            user=name,
            roles=frozenset(roles or {Role.SITE}),
            conference=self.bridge.conference_id(),
            site=site,
        )
        outbox = FakeOutbox(name, self.log)
        joined = self.bridge.join(identity=identity, kind=kind, outbox=outbox, **asked)
        return Device(self, name, joined, outbox)

    def chair(self) -> Device:
        return self.join("110", SessionKind.CONSOLE, Role.CHAIR)

    async def connected(self, *sites: str) -> dict[str, Device]:
        """Room devices with their media up."""
        devices = {site: self.join(site) for site in sites}
        for device in devices.values():
            self.plane.say(LinkUp(session=device.offer()))
        await self.settled()
        return devices

    async def settled(self) -> None:
        """Until the room has done what was posted: it is asked something after it."""
        await self.room.submit(ChairNext(site=None), CHAIR)

    async def do(self, *wishes: commands.PersonCommand) -> None:
        for wish in wishes:
            answer = await self.bridge.submit(wish, CHAIR, None)
            assert hasattr(answer, "events"), answer

    def link(self, site: str) -> Link:
        return self.room.conference.sites[site].link

    @contextlib.contextmanager
    def noted(self) -> Iterator[list[tuple[str, Any]]]:
        """What plane and devices are told meanwhile."""
        start, told = len(self.log), []
        yield told
        told += self.log[start:]


@contextlib.asynccontextmanager
async def house_in(directory: Path, **policy: Any) -> AsyncIterator[House]:
    journals = Journals(directory)
    try:
        room = await Room.resume(
            journals,
            emitter=Emitter(),
            sites=SITES,
            title="Hội nghị",
            policy=Policy(**policy),
            wall=lambda: datetime(2020, 5, 29, 1, 0, tzinfo=UTC),
            chance=lambda _: 7,
        )
        running = asyncio.create_task(room.run())
        try:
            yield House(room)
        finally:
            await room.close()
            await running
    finally:
        journals.close()


def stages(device: Device) -> dict[str, str]:
    return dict(device.last(Stage).slots)


# Joining.


@virtual_time
async def test_who_joins_is_told_slots_snapshot_and_its_standing(tmp_path):
    async with house_in(tmp_path) as house:
        device = house.join("01")
        assert device.joined.slots == ROOM
        assert device.joined.snapshot["own"]["site"] == "01"
        assert device.joined.snapshot["rev"] == house.bridge.rev() == 1
        assert device.outbox.messages == [
            MediaSet(mic="mute", on_air=False),
            MediaWant(layers=[]),
            Stage(rev=1, slots={}),
        ]


@pytest.mark.parametrize(
    ("kind", "role", "thumbnails"),
    [
        (SessionKind.CONSOLE, Role.CHAIR, 5),
        (SessionKind.CONSOLE, Role.DEPUTY, 5),
        (SessionKind.CONSOLE, Role.TECHNICIAN, 5),
        (SessionKind.CONSOLE, Role.SECRETARY, 0),
        (SessionKind.WALL, Role.CHAIR, 0),
        (SessionKind.ROOM, Role.TECHNICIAN, 0),
    ],
)
@virtual_time
async def test_the_gallery_is_for_consoles_of_chair_deputy_and_technician(
    tmp_path, kind, role, thumbnails
):
    async with house_in(tmp_path) as house:
        names = [s.name for s in house.join("110", kind, role).joined.slots]
        assert sum(name.startswith("gallery.") for name in names) == thumbnails
        assert house.plane.plan.slots.keys() == {f"gallery.{n:02d}" for n in range(thumbnails)}


@virtual_time
async def test_when_somebody_watches_the_gallery_every_publisher_is_asked_for_its_low_layer(
    tmp_path,
):
    async with house_in(tmp_path) as house:
        site = house.join("01")
        assert site.last(MediaWant) == MediaWant(layers=[])
        desk = house.chair()
        assert site.last(MediaWant) == MediaWant(layers=["q"])
        # The desk stands in room 110 and is not sent that room.
        assert stages(desk) == {f"gallery.{n:02d}": s for n, s in enumerate(SITES) if s != "110"}
        assert stages(site) == {}
        desk.leave()
        assert site.last(MediaWant) == MediaWant(layers=[])
        assert house.plane.plan == Plan()


@virtual_time
async def test_only_consoles_hear_how_lines_are(tmp_path):
    async with house_in(tmp_path) as house:
        desk, site, wall = house.chair(), house.join("01"), house.join(None, SessionKind.WALL)
        assert set(desk.last(Lines).sites) == set(SITES)
        running = asyncio.create_task(house.bridge.run())
        await asyncio.sleep(3.5)
        # All of them when first looked at, then only what has changed: nothing.
        assert len(desk.of(Lines)) == 2
        house.bridge.report(site.joined.session, mic="on", level=-20)
        await asyncio.sleep(1)
        assert set(desk.last(Lines).sites) == {"01"}
        assert site.of(Lines) == wall.of(Lines) == []
        running.cancel()


@virtual_time
async def test_who_comes_back_is_told_what_it_missed_and_who_missed_too_much_the_whole(tmp_path):
    async with house_in(tmp_path) as house:
        before = house.join("01").joined.snapshot
        rev = before["rev"]
        await house.do(OPEN, ChairMute(site="01"), ChairMute(site="48"))
        back = house.join("01", resume=rev).joined
        assert back.snapshot is None
        assert back.missed.rev == house.bridge.rev() == rev + 3
        assert [event["type"] for event in back.missed.events] == ["phase_changed", "block_changed"]
        whole = house.join("01", resume=rev + 99).joined
        assert whole.missed is None
        known = {name: value for name, value in before.items() if name != "rev"}
        now = {name: value for name, value in whole.snapshot.items() if name != "rev"}
        assert merge(known, back.missed.set) == now
        nothing = house.join("01", resume=rev + 3).joined.missed
        assert (nothing.events, nothing.set) == ([], {})


@virtual_time
async def test_a_restart_forgets_nothing_that_was_missed(tmp_path):
    async with house_in(tmp_path) as house:
        rev = house.join("01").joined.snapshot["rev"]
        await house.do(OPEN, ChairMute(site="01"))
    async with house_in(tmp_path) as house:
        await house.do(ChairMute(site="01", on=False))
        missed = house.join("01", resume=rev).joined.missed
        assert [event["type"] for event in missed.events] == [
            "phase_changed",
            "block_changed",
            "block_changed",
        ]


@virtual_time
async def test_a_locked_conference_takes_no_viewer_but_every_site_and_the_ministrys_walls(tmp_path):
    async with house_in(tmp_path) as house:
        house.join(None, SessionKind.WALL, Role.VIEWER)
        await house.do(ConferenceLock())
        with pytest.raises(JoinRefused) as refused:
            house.join(None, SessionKind.WALL, Role.VIEWER)
        assert refused.value.code == "locked"
        house.join("01")
        house.join("110", SessionKind.WALL, Role.SECRETARY)
        await house.do(ConferenceLock(on=False))
        house.join(None, SessionKind.WALL, Role.VIEWER)


# A change.


@virtual_time
async def test_at_a_grant_the_plan_comes_first_then_microphones_layers_stage_and_the_news(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("01", "79", "110")
        await house.do(OPEN, ChairCall(site="01"))
        with house.noted() as told:
            await house.do(ChairCall(site="79"))
        kinds = [what if who == "plan" else type(what) for who, what in told]
        order = [Plan if isinstance(kind, Plan) else kind for kind in kinds]
        assert order == [
            Plan,
            *[MediaSet] * 2,
            *[MediaWant] * 2,
            *[Stage] * 3,
            *[Change] * 3,
        ]
        assert told[0][1].gates == {"79", "110"}


@virtual_time
async def test_a_grant_asks_the_speaker_and_mutes_the_one_before(tmp_path):
    async with house_in(tmp_path) as house:
        sites = await house.connected("01", "79", "110")
        await house.do(OPEN, ChairCall(site="01"), ChairCall(site="79"))
        live, mute = MediaSet(mic="ask", on_air=True), MediaSet(mic="mute", on_air=False)
        assert sites["79"].of(MediaSet) == [mute, live]
        assert sites["01"].of(MediaSet) == [mute, live, mute]
        assert sites["01"].of(MediaWant)[1:] == [
            MediaWant(layers=["f", "q"]),
            MediaWant(layers=[]),
        ]


@virtual_time
async def test_no_session_is_told_its_own_site_in_a_slot(tmp_path):
    async with house_in(tmp_path) as house:
        sites = await house.connected("01", "79", "110")
        desk, wall = house.chair(), house.join(None, SessionKind.WALL)
        await house.do(OPEN, ChairCall(site="01"))
        assert stages(sites["01"]) == {"chair": "110"}
        assert stages(sites["110"]) == {"speaker.1": "01"}
        assert stages(sites["79"]) == stages(wall) == {"chair": "110", "speaker.1": "01"}
        assert "110" not in stages(desk).values()
        assert stages(desk)["speaker.1"] == stages(desk)["gallery.00"] == "01"


@virtual_time
async def test_what_has_not_changed_is_not_said_again(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("01", "110")
        await house.do(OPEN, ChairCall(site="01"))
        with house.noted() as told:
            await house.do(ChairMute(site="79"))
        assert [type(what) for _, what in told] == [Change, Change]


@virtual_time
async def test_every_audience_gets_its_own_projection_and_all_of_one_share_it(tmp_path):
    async with house_in(tmp_path) as house:
        desk, second = house.chair(), house.join(None, SessionKind.CONSOLE, Role.TECHNICIAN)
        site, other = house.join("01"), house.join("79")
        await house.do(ChairMute(site="01"))
        assert desk.last(Change) is second.last(Change)
        assert desk.last(Change).set["sites"]["01"]["blocked"] is True
        assert site.last(Change).set["own"]["blocked"] is True
        assert (other.last(Change).set, list(other.last(Change).events)) == ({}, [])
        assert {d.last(Change).rev for d in (desk, site, other)} == {house.bridge.rev()}


@virtual_time
async def test_a_refusal_says_nothing_to_anybody(tmp_path):
    async with house_in(tmp_path) as house:
        house.chair()
        await house.settled()
        with house.noted() as told:
            await house.bridge.submit(ChairCall(site="01"), CHAIR, None)
        assert told == []


# Offers.


@virtual_time
async def test_an_offer_opens_media_under_a_name_of_its_own(tmp_path):
    async with house_in(tmp_path) as house:
        device = house.join("01")
        first, second = device.offer(), device.offer()
        assert [entry for entry in house.log if entry[0] in ("open", "close")] == [
            ("open", first),
            ("close", first),
            ("open", second),
        ]
        spec = house.plane.open_sessions[second]
        assert spec.site == "01"
        ssrcs = [downlink.ssrc for downlink in spec.downlinks]
        assert len(set(ssrcs)) == len(ssrcs) == len(ROOM) - 4


@pytest.mark.parametrize("bad", ["nonsense", ""])
@virtual_time
async def test_an_offer_that_is_rejected_leaves_the_old_media(tmp_path, bad):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        with house.noted() as told, pytest.raises(MediaRejected):
            house.bridge.offer(device.joined.session, bad, {})
        assert told == []
        await asyncio.sleep(10)
        assert house.link("01") is Link.UP


@virtual_time
async def test_a_map_that_differs_from_the_slots_is_rejected(tmp_path):
    async with house_in(tmp_path) as house:
        device = house.join("01")
        sdp, mids = offer_of(ROOM)
        with pytest.raises(MediaRejected):
            house.bridge.offer(device.joined.session, sdp, mids | {"0": "camera"})
        assert house.plane.open_sessions == {}


@virtual_time
async def test_a_session_that_is_over_has_nothing_to_offer(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        device.leave()
        with pytest.raises(MediaRejected, match="over"):
            house.bridge.offer(device.joined.session, *offer_of(ROOM))
        with pytest.raises(MediaRejected, match="over"):
            house.bridge.offer("nobody", *offer_of(ROOM))


@virtual_time
async def test_a_restart_of_ice_goes_on_with_the_media_that_is_there(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        sdp, mids = offer_of(ROOM)
        moved = sdp.replace("a=ice-ufrag:ufrag", "a=ice-ufrag:moved")
        with house.noted() as told:
            house.bridge.offer(device.joined.session, moved, mids, restart=True)
        ((word, media, *_, remote),) = told
        assert (word, media, remote) == ("restart", f"{device.joined.session}.1", "moved")
        assert house.link("01") is Link.UP


@virtual_time
async def test_a_newcomer_that_inherited_media_may_restart_its_ice(tmp_path):
    async with house_in(tmp_path) as house:
        media = (await house.connected("01"))["01"].joined.session + ".1"
        newer = house.join("01", name="newer")
        sdp, mids = offer_of(ROOM)
        moved = sdp.replace("a=ice-ufrag:ufrag", "a=ice-ufrag:moved")
        house.bridge.offer(newer.joined.session, moved, mids, restart=True)
        assert [entry[1] for entry in house.log if entry[0] == "restart"] == [media]
        # it is its own now: what ends it is a loss
        house.plane.say(SessionEnded(session=media, reason="peer_closed"))
        assert newer.last(MediaReset) == MediaReset(reason="peer_closed")


# Lines.


@virtual_time
async def test_media_that_comes_and_goes_is_the_link(tmp_path):
    async with house_in(tmp_path) as house:
        device = house.join("01")
        media = device.offer()
        await house.settled()
        assert house.link("01") is Link.DOWN
        house.plane.say(LinkUp(session=media))
        await house.settled()
        assert house.link("01") is Link.UP
        house.plane.say(LinkLost(session=media))
        await house.settled()
        assert house.link("01") is Link.LOST
        assert house.plane.open_sessions == {}
        await asyncio.sleep(2 * REPLACED_S)
        assert device.of(MediaReset) == [MediaReset(reason="lost")]


@virtual_time
async def test_media_that_ends_by_itself_is_lost_at_once_and_may_be_offered_again(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        house.plane.say(SessionEnded(session=f"{device.joined.session}.1", reason="peer_closed"))
        await house.settled()
        assert house.link("01") is Link.LOST
        assert device.last(MediaReset) == MediaReset(reason="peer_closed")
        house.plane.say(LinkUp(session=device.offer()))
        await house.settled()
        assert house.link("01") is Link.UP


@virtual_time
async def test_a_lost_speaker_is_held_and_goes_on_when_it_is_back(tmp_path):
    async with house_in(tmp_path) as house:
        sites = await house.connected("01", "110")
        await house.do(OPEN, ChairCall(site="01"))
        house.plane.say(LinkLost(session=f"{sites['01'].joined.session}.1"))
        await house.settled()
        assert house.plane.plan.gates == {"110"}
        assert sites["01"].last(MediaSet) == MediaSet(mic="ask", on_air=False)
        house.plane.say(LinkUp(session=sites["01"].offer()))
        await house.settled()
        assert house.plane.plan.gates == {"01", "110"}


@virtual_time
async def test_the_media_of_consoles_and_walls_is_nobodys_link(tmp_path):
    async with house_in(tmp_path) as house:
        for device in (house.chair(), house.join("01", SessionKind.WALL)):
            media = device.offer()
            house.plane.say(LinkUp(session=media))
            await house.settled()
            assert {house.link(site) for site in SITES} == {Link.DOWN}
            house.plane.say(LinkLost(session=media))
            assert device.last(MediaReset) == MediaReset(reason="lost")
        await house.settled()
        assert {house.link(site) for site in SITES} == {Link.DOWN}


@virtual_time
async def test_a_wall_of_no_site_may_offer_again_and_again(tmp_path):
    async with house_in(tmp_path) as house:
        wall = house.join(None, SessionKind.WALL)
        for _ in range(3):
            house.plane.say(LinkUp(session=wall.offer()))
        await asyncio.sleep(2 * REPLACED_S)
        await house.settled()


@virtual_time
async def test_a_console_of_a_site_that_offers_again_is_not_that_sites_line(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("110")
        rooms = house.bridge._sessions.rooms()
        desk = house.chair()
        house.plane.say(LinkUp(session=desk.offer()))
        desk.offer()
        rooms["110"].link_up = False  # as between an old connection and the next
        await asyncio.sleep(2 * REPLACED_S)
        await house.settled()
        assert house.link("110") is Link.UP


@virtual_time
async def test_what_the_plane_says_of_an_unknown_session_is_ignored(tmp_path):
    async with house_in(tmp_path) as house:
        with house.noted() as told:
            for event in (LinkUp(session="x"), SessionEnded(session="x", reason="bug")):
                house.plane.say(event)
        assert told == []


# Leaving.


@virtual_time
async def test_a_broken_websocket_alone_changes_no_link_and_no_gate(tmp_path):
    async with house_in(tmp_path) as house:
        sites = await house.connected("01", "110")
        await house.do(OPEN, ChairCall(site="01"))
        await asyncio.sleep(20)  # its clock has begun
        rev = house.bridge.rev()
        with house.noted() as told:
            sites["01"].leave()
            await asyncio.sleep(60)
        assert told == []
        assert (house.link("01"), house.bridge.rev()) == (Link.UP, rev)
        assert house.plane.plan.gates == {"01", "110"}
        rows = {row["code"]: row for row in house.bridge.sites()}
        assert (rows["01"]["control"], rows["110"]["control"]) == ("lost", "up")


@virtual_time
async def test_without_control_the_session_ends_with_its_media(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        device.leave()
        house.plane.say(LinkLost(session=f"{device.joined.session}.1"))
        await house.settled()
        assert house.link("01") is Link.LOST
        assert house.plane.open_sessions == {}
        assert device.of(MediaReset) == []
        assert len(house.bridge._sessions) == 0


@virtual_time
async def test_who_never_had_media_is_gone_with_its_websocket(tmp_path):
    async with house_in(tmp_path) as house:
        house.join("01").leave()
        assert len(house.bridge._sessions) == 0
        house.join("01").leave()
        house.bridge.leave("nobody", said_goodbye=True)


@virtual_time
async def test_a_goodbye_closes_the_media_and_the_site_is_down_not_lost(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        device.leave(said_goodbye=True)
        await house.settled()
        assert house.link("01") is Link.DOWN
        assert house.plane.open_sessions == {}
        assert len(house.bridge._sessions) == 0


@pytest.mark.parametrize("said_goodbye", [True, False])
@virtual_time
async def test_a_console_that_leaves_takes_its_media_along_and_no_line(tmp_path, said_goodbye):
    async with house_in(tmp_path) as house:
        await house.connected("110")
        desk = house.chair()
        media = desk.offer()
        desk.leave(said_goodbye=said_goodbye)
        await house.settled()
        assert media not in house.plane.open_sessions
        assert house.link("110") is Link.UP


# Another device.


@virtual_time
async def test_a_newer_device_replaces_the_older_whose_media_goes_on_until_it_offers(tmp_path):
    async with house_in(tmp_path) as house:
        old = (await house.connected("01"))["01"]
        new = house.join("01", name="newer")
        assert old.outbox.messages[-1] == Bye(reason="replaced")
        assert list(house.plane.open_sessions) == [f"{old.joined.session}.1"]
        # What the older one still says is of no account.
        house.bridge.report(old.joined.session, mic="on", level=None)
        old.leave(said_goodbye=True)
        await house.settled()
        assert house.link("01") is Link.UP
        media = new.offer()
        assert list(house.plane.open_sessions) == [media]


@virtual_time
async def test_the_link_stays_up_when_the_newer_device_is_there_in_time(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("01")
        media = house.join("01", name="newer").offer()
        rev = house.bridge.rev()
        await asyncio.sleep(REPLACED_S - 0.1)
        house.plane.say(LinkUp(session=media))
        await asyncio.sleep(60)
        assert (house.link("01"), house.bridge.rev()) == (Link.UP, rev)


@virtual_time
async def test_the_link_is_lost_when_the_newer_device_is_late(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("01")
        house.join("01", name="newer").offer()
        await asyncio.sleep(4.9)
        assert house.link("01") is Link.UP
        await asyncio.sleep(0.2)
        await house.settled()
        assert house.link("01") is Link.LOST


@virtual_time
async def test_the_time_of_the_newest_offer_counts(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        house.plane.say(LinkUp(session=device.offer()))
        await asyncio.sleep(REPLACED_S - 0.5)
        device.offer()
        await asyncio.sleep(REPLACED_S - 0.5)
        await house.settled()
        assert house.link("01") is Link.UP
        await asyncio.sleep(1)
        await house.settled()
        assert house.link("01") is Link.LOST


@virtual_time
async def test_what_the_older_device_closes_is_awaited_of_the_newer(tmp_path):
    async with house_in(tmp_path) as house:
        old = (await house.connected("01"))["01"]
        new = house.join("01", name="newer")
        house.plane.say(SessionEnded(session=f"{old.joined.session}.1", reason="peer_closed"))
        await house.settled()
        assert house.link("01") is Link.UP
        # A reset now would only make it give up the offer it is about to make.
        await asyncio.sleep(REPLACED_S - 0.1)
        assert (new.of(MediaReset), house.link("01")) == ([], Link.UP)
        # It may be the same device, back after its WebSocket broke, and not know.
        await asyncio.sleep(0.2)
        await house.settled()
        assert new.of(MediaReset) == [MediaReset(reason="lost")]
        assert house.link("01") is Link.LOST


@virtual_time
async def test_a_newer_device_that_has_offered_in_time_is_not_reset(tmp_path):
    async with house_in(tmp_path) as house:
        old = (await house.connected("01"))["01"]
        new = house.join("01", name="newer")
        house.plane.say(SessionEnded(session=f"{old.joined.session}.1", reason="peer_closed"))
        house.plane.say(LinkUp(session=new.offer()))
        await asyncio.sleep(2 * REPLACED_S)
        assert (new.of(MediaReset), house.link("01")) == ([], Link.UP)


@virtual_time
async def test_the_silence_of_inherited_media_is_a_loss_at_once(tmp_path):
    async with house_in(tmp_path) as house:
        old = (await house.connected("01"))["01"]
        house.join("01", name="newer")
        house.plane.say(LinkLost(session=f"{old.joined.session}.1"))
        await house.settled()
        assert house.link("01") is Link.LOST


@virtual_time
async def test_a_newcomer_after_a_broken_websocket_goes_on_with_the_old_media(tmp_path):
    async with house_in(tmp_path) as house:
        old = (await house.connected("01"))["01"]
        old.leave()
        back = house.join("01", name="back")
        assert old.of(Bye) == []
        back.leave(said_goodbye=True)
        await house.settled()
        assert (house.link("01"), house.plane.open_sessions) == (Link.DOWN, {})


# The next conference.


@virtual_time
async def test_the_next_conference_sends_everybody_away(tmp_path):
    async with house_in(tmp_path) as house:
        sites = await house.connected("01", "110")
        desk = house.chair()
        desk.offer()
        before = house.bridge.conference_id()
        await house.bridge.begin_next("Tiếp theo", rehearsal=True, actor=CHAIR)
        assert house.bridge.conference_id() != before
        for device in (*sites.values(), desk):
            assert device.outbox.messages[-1] == Bye(reason="conference_over")
        assert house.plane.open_sessions == {}
        assert house.plane.plan == Plan()
        view = house.bridge.view(DESK)
        assert (view["title"], view["rev"], view["phase"]) == ("Tiếp theo", 1, "lobby")
        for device in (*sites.values(), desk):
            device.leave()
        assert house.bridge.rev() == 1


@virtual_time
async def test_lines_are_judged_anew_in_the_next_conference(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("110")
        running = asyncio.create_task(house.bridge.run())
        await asyncio.sleep(100)
        await house.bridge.begin_next("Tiếp theo", rehearsal=True, actor=CHAIR)
        await asyncio.sleep(2)
        assert all(row["line_since_s"] <= 2 for row in house.bridge.sites())
        running.cancel()


# What doors ask.


@virtual_time
async def test_the_board_shows_what_the_device_said_and_the_plane_saw(tmp_path):
    async with house_in(tmp_path) as house:
        device = (await house.connected("01"))["01"]
        house.bridge.report(device.joined.session, mic="silent", level=-40)
        house.bridge.report("nobody", mic="on", level=None)
        carried = SessionStats(
            session=f"{device.joined.session}.1",
            site="01",
            connected=True,
            age_s=0.0,
            rtt_s=0.02,
            loss_down=0.0,
            packets_out=1,
            bytes_out=1,
            sources=(),
        )
        house.plane.stats = type(NOTHING)(
            **{**{f: getattr(NOTHING, f) for f in NOTHING.__slots__}, "sessions": (carried,)}
        )
        running = asyncio.create_task(house.bridge.run())
        await asyncio.sleep(1.5)
        row = house.bridge.sites()[0]
        assert (row["mic"], row["rtt_ms"], row["line"]) == ("silent", 20.0, "checking")
        assert house.bridge.media()["connected"] == 1
        running.cancel()


@virtual_time
async def test_commands_are_the_rooms_and_safe_to_send_twice(tmp_path):
    async with house_in(tmp_path) as house:
        await house.connected("01", "110")
        await house.do(OPEN)
        first = await house.bridge.submit(FloorRequest(), province("01"), "k1")
        again = await house.bridge.submit(FloorRequest(), province("01"), "k1")
        assert (first.rev, first.repeated) == (again.rev, False)
        assert again.repeated
        await house.do(ChairCall(site="01"), ChairRevoke())
        assert house.bridge.now_s() >= 0


# What is counted for the windows.


@virtual_time
async def test_each_coming_of_a_device_has_one_end(tmp_path):
    async with house_in(tmp_path) as house:
        first = house.join("01")
        await asyncio.sleep(0.5)
        media = first.offer()
        await asyncio.sleep(0.25)
        house.plane.say(LinkUp(session=media))
        house.plane.say(SessionEnded(session=house.join("02").offer(), reason="bug"))
        gone = house.join("79")
        gone.offer()
        gone.leave()
        deaf = house.join("48").offer()
        carried = SessionStats(
            session=deaf,
            site="48",
            connected=False,
            age_s=None,
            rtt_s=None,
            loss_down=None,
            packets_out=0,
            bytes_out=0,
            sources=(),
        )
        house.plane.stats = replace(NOTHING, sessions=(carried,))
        looking = asyncio.create_task(house.bridge.run())
        await asyncio.sleep(2)
        looking.cancel()
        house.plane.say(SessionEnded(session=deaf, reason="handshake_timeout"))
        await house.do(ConferenceLock())
        with pytest.raises(JoinRefused):
            house.join(None, SessionKind.WALL, Role.VIEWER)
        with pytest.raises(MediaRejected):
            house.bridge.offer(first.joined.session, "bad", {})

        arrivals = house.bridge.figures().arrivals
        assert arrivals.results == {
            "ok": 1,
            "bug": 1,
            "no_connection": 1,
            "refused": 1,
            "rejected": 1,
        }
        assert arrivals.times.spread().total_s == 0.75


@virtual_time
async def test_what_people_ask_is_counted_by_its_answer(tmp_path):
    async with house_in(tmp_path) as house:
        await house.do(OPEN)
        refusal = await house.bridge.submit(ChairCall(site="99"), CHAIR, None)

        assert not hasattr(refusal, "events")
        assert house.bridge.figures().asked.results == {"accepted": 1, "refused": 1}


@virtual_time
async def test_a_restart_of_ice_is_counted_of_rooms(tmp_path):
    async with house_in(tmp_path) as house:
        room = (await house.connected("01"))["01"]
        console = house.chair()
        console.offer()
        for device in (room, console):
            sdp, mids = offer_of(device.joined.slots)
            moved = sdp.replace("a=ice-ufrag:ufrag", "a=ice-ufrag:moved")
            house.bridge.offer(device.joined.session, moved, mids, restart=True)

        assert house.bridge.figures().restarts == {"01": 1}
