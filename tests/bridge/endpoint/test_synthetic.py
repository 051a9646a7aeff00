"""The site against real media on loopback; what needs no media, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest

from bridge.endpoint.card import Card
from bridge.endpoint.channel import Channel
from bridge.endpoint.library import ClipLibrary
from bridge.endpoint.offers import ANSWER_S
from bridge.endpoint.synthetic import SyntheticSite
from bridge.endpoint.ticker import Ticker
from bridge.media.plane import Plan, PlaneStats
from bridge.media.slots import SessionKind, Slot, slots_for
from tests.bridge.endpoint.responder import Responder, ScriptedChannel, running_plane, until
from tests.support.autojump import virtual_time

HA_NOI = Card(code="01", name="Hà Nội", position=0)
HA_GIANG = Card(code="02", name="Hà Giang", position=1)
ROOM = slots_for(SessionKind.ROOM)
CONSOLE = slots_for(SessionKind.CONSOLE, gallery_size=64)
FILM = slots_for(SessionKind.CONTENT)

STAGE = {"speaker.1": HA_NOI.code}
HA_NOI_SPEAKS = Plan(
    gates=frozenset({HA_NOI.code}),
    slots=STAGE,
    wants={HA_NOI.code: frozenset({"q", "f"})},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@asynccontextmanager
async def running(
    folder: Path,
    *endpoints: tuple[Card, tuple[Slot, ...], Channel],
    transport: Literal["udp", "tcp"] | None = None,
) -> AsyncIterator[list[tuple[SyntheticSite, asyncio.Task[str]]]]:
    """Sites that run, with ticker and library; all are ended at the end."""
    ticker = Ticker()
    ticking = asyncio.create_task(ticker.run())
    with ClipLibrary(folder) as clips:
        sites = [
            SyntheticSite(
                card=card,
                slots=slots,
                channel=channel,
                library=clips,
                ticker=ticker,
                transport=transport,
            )
            for card, slots, channel in endpoints
        ]
        runs = [asyncio.create_task(site.run()) for site in sites]
        try:
            yield list(zip(sites, runs, strict=True))
        finally:
            for task in (ticking, *runs):
                task.cancel()
            await asyncio.wait([ticking, *runs])


# With media.


async def test_a_speaker_is_heard_and_seen_by_another_room_and_by_a_console(folder: Path) -> None:
    async with running_plane() as plane:
        plane.set_plan(HA_NOI_SPEAKS)
        speaker, listener, desk = (
            Responder(plane, "01", ROOM, number=1),
            Responder(plane, "02", ROOM, number=2),
            Responder(plane, "110", CONSOLE, number=3),
        )
        centre = Card(code="110", name="Phòng 110", position=63)
        async with running(
            folder, (HA_NOI, ROOM, speaker), (HA_GIANG, ROOM, listener), (centre, CONSOLE, desk)
        ) as sites:
            for channel in (speaker, listener, desk):
                channel.tell("stage", rev=1, slots=STAGE)
            speaker.tell("media.want", layers=["q", "h", "f"])
            speaker.tell("media.set", mic="ask", on_air=True)
            ears = [site for site, _ in sites[1:]]

            await until(
                lambda: all(site.receiver and site.receiver.last_heard_s("01") for site in ears)
            )
            await until(
                lambda: all(
                    site.receiver
                    and site.receiver.pictures["speaker.1"].first_keyframe(after_s=0, site="01")
                    for site in ears
                )
            )

            await until(lambda: sites[0][0].stats().packets_sent > 20)
            # Round trips are known from the second report on, from either side.
            await until(lambda: sites[0][0].stats().rtt_s is not None)
            await until(lambda: sum(s.rtt_s is not None for s in plane.snapshot().sessions) >= 2)
            assert sites[0][0].on_air
            assert sites[0][0].stats().received.packets == 0
            for site in ears:
                stats = site.stats()
                assert stats.connections == 1
                assert stats.time_to_connect_s is not None
                assert stats.time_to_media_s is not None
                assert (stats.received.skipped, stats.received.backward) == (0, 0)
                assert (stats.received.own_sound, stats.received.unknown_sound) == (0, 0)
            assert [site.mic for site, _ in sites] == ["on", "off", "none"]


async def test_a_muted_microphone_is_silent_and_a_reset_makes_a_new_connection(
    folder: Path,
) -> None:
    async with running_plane() as plane:
        plane.set_plan(HA_NOI_SPEAKS)
        channel = Responder(plane, "01", ROOM)
        async with running(folder, (HA_NOI, ROOM, channel)) as [(site, run)]:
            channel.tell("media.set", mic="live", on_air=True)
            await until(lambda: site.stats().packets_sent > 3)
            channel.tell("media.set", mic="mute", on_air=False)
            await until(lambda: site.mic == "off")
            silent_from = site.stats().packets_sent

            channel.tell("media.reset", reason="boot")
            await until(lambda: site.stats().connections == 2)

            assert site.stats().packets_sent == silent_from
            channel.tell("media.set", mic="live", on_air=True)
            await until(lambda: site.stats().packets_sent > silent_from)
            channel.tell("bye", reason="replaced")
            assert await run == "replaced"
            assert not site.connected


async def test_a_connected_site_reports_every_second(folder: Path) -> None:
    async with running_plane() as plane:
        channel = Responder(plane, "01", ROOM)
        async with running(folder, (HA_NOI, ROOM, channel)):
            channel.tell("media.set", mic="live", on_air=False)
            await until(lambda: channel.of("endpoint.report"))
    assert channel.of("endpoint.report")[0] == {
        "type": "endpoint.report",
        "mic": "on",
        "level": -20,
    }


def levels(media: PlaneStats) -> set[int | None]:
    return {source.level_dbov for session in media.sessions for source in session.sources}


async def test_a_site_whose_mixer_is_shut_says_so_with_its_microphone_on(folder: Path) -> None:
    async with running_plane() as plane:
        plane.set_plan(Plan(gates=frozenset({"01"})))
        channel = Responder(plane, "01", ROOM)
        async with running(folder, (HA_NOI, ROOM, channel)) as ((site, _),):
            site.say_level(-127)
            channel.tell("media.set", mic="live", on_air=True)
            await until(lambda: channel.of("endpoint.report"))
            await until(lambda: -127 in levels(plane.snapshot()))
    report = channel.of("endpoint.report")[0]
    assert (report["mic"], report["level"]) == ("on", -127)


async def test_film_is_shown_when_the_owner_says_so(folder: Path) -> None:
    async with running_plane() as plane:
        plane.set_plan(Plan(gates=frozenset({"01"}), slots={"content": "01"}))
        film, desk = Responder(plane, "01", FILM, number=1), Responder(plane, "02", ROOM, number=2)
        async with running(folder, (HA_NOI, FILM, film), (HA_GIANG, ROOM, desk)) as sites:
            (showing, _), (watching, _) = sites
            desk.tell("stage", rev=1, slots={"content": "01"})
            await until(lambda: showing.connected and watching.connected)
            assert showing.stats().packets_sent == 0
            showing.show_film(True)
            await until(
                lambda: (
                    watching.receiver
                    and watching.receiver.pictures["content"].first_keyframe(after_s=0, site="01")
                    and watching.receiver.sounds["content"].last_heard_s.get("01")
                )
            )
            showing.show_film(False)
            await asyncio.sleep(0.05)
            sent = showing.stats().packets_sent
            await asyncio.sleep(0.1)
            assert showing.stats().packets_sent == sent
            assert showing.mic == "none"


async def test_a_site_that_moves_to_another_address_keeps_its_connection(folder: Path) -> None:
    async with running_plane() as plane:
        plane.set_plan(HA_NOI_SPEAKS)
        channel = Responder(plane, "01", ROOM)
        async with running(folder, (HA_NOI, ROOM, channel)) as [(site, _)]:
            channel.tell("media.set", mic="live", on_air=True)
            await until(lambda: site.connected and site.stats().packets_sent > 3)
            await site.move(local_address="127.0.0.2")
            before = plane.snapshot().packets_in
            await until(lambda: plane.snapshot().packets_in > before + 10)
            assert site.connected
            assert site.stats().connections == 1
            assert [offer.get("restart") for offer in channel.of("media.offer")] == [None, True]


async def test_where_udp_does_not_get_through_media_goes_over_tcp(folder: Path) -> None:
    async with running_plane() as plane:
        plane.set_plan(HA_NOI_SPEAKS)
        speaker, listener = (
            Responder(plane, "01", ROOM, number=1),
            Responder(plane, "02", ROOM, number=2),
        )
        async with running(
            folder, (HA_NOI, ROOM, speaker), (HA_GIANG, ROOM, listener), transport="tcp"
        ) as [_, (ear, _)]:
            speaker.tell("media.set", mic="live", on_air=True)
            speaker.tell("media.want", layers=["q"])
            await until(
                lambda: (
                    ear.receiver
                    and ear.receiver.last_heard_s("01")
                    and ear.receiver.pictures["speaker.1"].keyframes
                )
            )


# Without.


@virtual_time
async def test_an_offer_names_the_slot_of_every_m_line(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    async with running(tmp_path, (HA_NOI, ROOM, channel)):
        await asyncio.sleep(1)
    (offer,) = channel.of("media.offer")
    assert list(offer["slots"].values()) == [slot.name for slot in ROOM]
    assert offer["sdp"].count("m=") == len(ROOM)


@virtual_time
async def test_an_offer_that_is_not_answered_is_made_again(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    async with running(tmp_path, (HA_NOI, ROOM, channel)):
        await asyncio.sleep(2 * ANSWER_S)
    first, second = channel.of("media.offer")
    assert first["id"] != second["id"]


@virtual_time
async def test_a_refused_offer_is_made_again_with_growing_pauses(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    seen: list[tuple[float, str]] = []
    began_s = asyncio.get_running_loop().time()
    async with running(tmp_path, (HA_NOI, ROOM, channel)):
        while asyncio.get_running_loop().time() < began_s + 20:
            await asyncio.sleep(0.1)
            for offer in channel.of("media.offer")[len(seen) :]:
                seen.append((asyncio.get_running_loop().time(), offer["id"]))
                channel.tell("error", re=offer["id"], code="media_rejected")
    times = [at_s for at_s, _ in seen]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses == pytest.approx([0.6, 1.1, 2.1, 4.1, 8.1], abs=0.2)


@virtual_time
async def test_a_malformed_answer_is_a_failed_offer_and_no_end(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    async with running(tmp_path, (HA_NOI, ROOM, channel)):
        await asyncio.sleep(0.1)
        channel.tell("media.answer", re=channel.sent[0]["id"], sdp="v=0")
        await asyncio.sleep(1)
    assert len(channel.of("media.offer")) == 2


@virtual_time
async def test_answers_to_nothing_and_words_not_known_change_nothing(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    async with running(tmp_path, (HA_NOI, ROOM, channel)) as [(site, run)]:
        channel.tell("media.answer", re="other", sdp="v=0")
        channel.tell("error", re="other", code="media_rejected")
        channel.tell("change", rev=5)
        await asyncio.sleep(1)
        assert not run.done()
        assert not site.connected
    assert len(channel.of("media.offer")) == 1


@virtual_time
async def test_a_reset_gives_up_the_offer_under_way_at_once(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    async with running(tmp_path, (HA_NOI, ROOM, channel)):
        await asyncio.sleep(0.1)
        channel.tell("media.reset", reason="boot")
        await asyncio.sleep(0.1)
    assert len(channel.of("media.offer")) == 2


@virtual_time
async def test_a_closed_channel_ends_the_run(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    async with running(tmp_path, (HA_NOI, ROOM, channel)) as [(_, run)]:
        channel.close()
        assert await run == "channel_closed"


@virtual_time
async def test_a_console_opens_no_microphone_whoever_asks(tmp_path: Path) -> None:
    channel = ScriptedChannel()
    async with running(tmp_path, (HA_NOI, CONSOLE, channel)) as [(site, _)]:
        channel.tell("media.set", mic="live", on_air=True)
        await asyncio.sleep(0.1)
        assert site.mic == "none"
