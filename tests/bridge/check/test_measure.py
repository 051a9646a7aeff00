"""A check of a site: who is asked what, whose turn it is, and what becomes of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.check import measure
from bridge.check.measure import Measurer, figures_of
from bridge.check.measuring import Unmeasurable
from bridge.check.speech import Clip, Speech
from bridge.conference.figures import Figures
from bridge.media.plane import LinkLost, SessionEnded
from bridge.media.tried import AT_ONCE, Burst, LineTried, TrialOrder
from bridge.outgoing import MediaWant
from tests.bridge.conference.scene import SITES
from tests.bridge.test_service import House, house_in
from tests.support.autojump import virtual_time

WORD = [-20.0] * 12 + [-96.0] * 12
CLIP = Clip(frames=(b"\x01", b"\xff") * 60, levels=tuple(WORD * 5), is_spoken=True)


class FixedSpeech(Speech):
    async def clip(self, number: str) -> Clip:
        return CLIP


@asynccontextmanager
async def measuring(folder: Path, *sites: str) -> AsyncIterator[tuple[House, Measurer]]:
    async with house_in(folder) as house:
        await house.connected(*sites)
        measurer = house.bridge.measurer
        measurer._speech = FixedSpeech()
        yield house, measurer


def orders(house: House) -> list[TrialOrder]:
    return [entry[1] for entry in house.log if entry[0] == "try"]


def answer(house: House, order: TrialOrder, **found: object) -> None:
    told = LineTried(trial=order.trial, session=order.session, outcome="done")
    house.plane.say(replace(told, **found))  # type: ignore[arg-type]


@virtual_time
async def test_a_check_orders_one_trial_of_the_room_s_media_and_returns_its_figures(tmp_path):
    async with measuring(tmp_path, "01", "02") as (house, it):
        asked = asyncio.create_task(it.measure("01", bursts=True, number="47"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        (order,) = orders(house)
        assert house.bridge._sessions.by_media(order.session).site == "01"
        assert order.bursts
        assert order.sound == ("01", "ff") * 60
        answer(house, replace(order, trial="another"), lost_up=99)
        house.bridge._sessions.room("01").mic = "off"
        silence = tuple((20 * number, -127) for number in range(300))
        answer(house, order, expected_up=200, lost_up=3, played_ms=1000, path="udp", levels=silence)
        figures = await asked

        assert (figures.loss_up, figures.way, figures.played) == (0.015, "udp", "47")
        assert figures.spoken_dbov is None


@virtual_time
async def test_the_site_is_asked_for_all_its_layers_while_it_is_burst_and_only_then(tmp_path):
    async with measuring(tmp_path, "01", "02") as (house, it):
        told = []
        for bursts in (True, False):
            asked = asyncio.create_task(it.measure("01", bursts=bursts, number=None))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            told.append(house.plane.plan.wants.get("01"))
            answer(house, orders(house)[-1])
            await asked
            told.append(house.plane.plan.wants.get("01"))
        wants = [entry[1].layers for entry in house.log if isinstance(entry[1], MediaWant)]

    assert told == [frozenset({"q", "h", "f"}), None, None, None]
    assert wants.count(["f", "h", "q"]) == 1


@virtual_time
async def test_a_site_without_media_cannot_be_measured(tmp_path):
    async with measuring(tmp_path, "01", "02") as (house, it):
        house.join("48")
        media = house.bridge._sessions.room("02").media
        house.plane.say(LinkLost(session=media))
        for site in ("02", "48", "96"):
            with pytest.raises(Unmeasurable) as raised:
                await it.measure(site, bursts=True, number=None)
            assert raised.value.reason == measure.NO_MEDIA
        assert orders(house) == []


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("busy", measure.BUSY),
        ("absent", measure.NO_MEDIA),
        ("ended", measure.LOST),
        ("stopped", measure.NO_ANSWER),
    ],
)
def test_a_trial_that_was_not_done_has_a_reason(tmp_path, outcome, reason):
    @virtual_time
    async def run() -> None:
        async with measuring(tmp_path, "01") as (house, it):
            asked = asyncio.create_task(it.measure("01", bursts=True, number=None))
            await asyncio.sleep(0.1)
            answer(house, orders(house)[0], outcome=outcome)
            with pytest.raises(Unmeasurable) as raised:
                await asked
            assert raised.value.reason == reason
            assert house.plane.plan.wants.get("01") is None

    run()


@virtual_time
async def test_a_plane_that_does_not_answer_is_not_waited_for_for_ever(tmp_path):
    async with measuring(tmp_path, "01") as (house, it):
        with pytest.raises(Unmeasurable) as raised:
            await it.measure("01", bursts=True, number=None)

        assert raised.value.reason == measure.NO_ANSWER
        assert house.log[-2][0] == "stop" or ("stop", orders(house)[0].trial) in house.log
        answer(house, orders(house)[0])  # too late, and nobody minds


@virtual_time
async def test_a_check_that_is_cancelled_is_stopped_and_leaves_nothing(tmp_path):
    async with measuring(tmp_path, "01") as (house, it):
        asked = asyncio.create_task(it.measure("01", bursts=True, number=None))
        await asyncio.sleep(0.1)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

        assert ("stop", orders(house)[0].trial) in house.log
        assert it._waiting == {}
        assert house.plane.plan.wants.get("01") is None


@virtual_time
async def test_so_many_at_once_and_the_others_when_it_is_their_turn(tmp_path):
    sites = list(SITES)[:6]
    async with measuring(tmp_path, *sites) as (house, it):
        asked = [asyncio.create_task(it.measure(site, bursts=True, number=None)) for site in sites]
        await asyncio.sleep(0.1)
        assert len(orders(house)) == AT_ONCE
        house.plane.say(SessionEnded(session="nobody's", reason="bug"))
        answer(house, orders(house)[0])
        await asyncio.sleep(0.1)
        assert len(orders(house)) == AT_ONCE + 1
        for order in orders(house)[1:]:
            answer(house, order)
        await asyncio.sleep(0.1)
        answer(house, orders(house)[-1])
        figures = await asyncio.gather(*asked)
        trials = [order.trial for order in orders(house)]

        assert len(figures) == len(set(trials)) == len(sites)


# What a trial means.

FOUND = LineTried(
    trial="t",
    session="s",
    outcome="done",
    path="udp",
    family="ipv4",
    address="198.51.100.7",
    rtt_s=0.04,
    expected_up=1000,
    lost_up=100,
    jitter_up_s=0.002,
    best_up_bps=2_000_000,
    expected_down=400,
    lost_down=4,
    jitter_down_s=0.003,
    bursts=(Burst(bps=4_000_000, lasted_s=0.3, packets=400, lost=4, queue_s=0.0),),
    levels=tuple((20 * number, -30 if number % 9 else -60) for number in range(300)),
    picture="f",
    frames_per_s=25.0,
    width=1280,
    height=720,
)


def test_every_figure_has_its_source():
    assert figures_of(FOUND, None, None, bursts=True) == Figures(
        way="udp",
        family="ipv4",
        rtt_s=0.04,
        loss_up=0.1,
        loss_down=0.01,
        jitter_up_s=0.002,
        jitter_down_s=0.003,
        up_bps=2_000_000,
        down_bps=4_000_000,
        spoken_dbov=-30,
        noise_dbov=-60,
        frames_per_s=25.0,
        width=1280,
        height=720,
    )


@pytest.mark.parametrize(
    ("best", "limit", "proven"),
    [
        (2_000_000, None, 2_000_000),
        (1_000_000, None, 1_000_000),
        (999_999, None, None),  # a still picture, or none
        (400_000, 350_000, 400_000),  # its line is the reason
        (0, 350_000, None),
    ],
)
def test_a_camera_that_sends_little_proves_nothing_unless_its_line_is_why(best, limit, proven):
    told = replace(FOUND, best_up_bps=best, limit_up_bps=limit)

    assert figures_of(told, None, None, bursts=True).up_bps == proven


def test_without_bursts_no_rate_is_proven():
    figures = figures_of(replace(FOUND, bursts=()), None, None, bursts=False)

    assert (figures.up_bps, figures.down_bps) == (None, None)
    assert figures.loss_up == 0.1


def test_a_loss_of_a_few_packets_is_no_figure():
    figures = figures_of(replace(FOUND, expected_up=49, expected_down=50), None, None, bursts=True)

    assert (figures.loss_up, figures.loss_down) == (None, 0.08)


@pytest.mark.parametrize(
    ("path", "relayed", "way"),
    [
        ("udp", False, "udp"),
        ("tcp", False, "tcp"),
        ("udp", True, "relay"),
        ("", False, None),
        ("", True, None),
    ],
)
def test_a_way_through_a_turn_server_is_one_of_its_own(path, relayed, way):
    told = replace(FOUND, path=path)

    assert figures_of(told, None, None, bursts=True, said={"relayed": float(relayed)}).way == way


@virtual_time
@pytest.mark.parametrize(
    ("stats", "way"),
    [({"relayed": 1}, "relay"), ({"relayed": 0}, "udp"), ({}, "udp"), (None, "udp")],
)
async def test_that_its_way_is_a_relay_s_only_the_page_knows(tmp_path, stats, way):
    async with measuring(tmp_path, "01") as (house, it):
        session = house.bridge._sessions.room("01")
        house.bridge.report(session.id, mic="on", level=-30, stats=stats)
        asked = asyncio.create_task(it.measure("01", bursts=False, number=None))
        await asyncio.sleep(0.1)
        answer(house, orders(house)[0], path="udp")

        assert (await asked).way == way


def rooms_levels(*, echo: bool) -> tuple[tuple[int, int], ...]:
    """Quiet talk at -45, and from 1.1 s on what is played, or nothing."""
    levels = []
    for number in range(300):
        frame = number - 55
        came = echo and 0 <= frame < len(CLIP.levels) and CLIP.levels[frame] > -30
        levels.append((20 * number, -26 if came else -50))
    return tuple(levels)


def test_an_echo_is_no_voice_of_the_room():
    told = replace(FOUND, levels=rooms_levels(echo=True), played_ms=1000)

    figures = figures_of(told, CLIP, "47", bursts=True)

    assert figures.echo_db == pytest.approx(6, abs=1)
    assert figures.spoken_dbov == -50
    assert figures.played == "47"


def test_without_an_echo_all_that_was_heard_counts():
    told = replace(FOUND, levels=rooms_levels(echo=False), played_ms=1000)

    assert figures_of(told, CLIP, "47", bursts=True).echo_db is None
    assert figures_of(told, CLIP, "47", bursts=True).spoken_dbov == -50


@pytest.mark.parametrize(
    ("is_off", "level", "spoken"),
    [(False, -127, -127), (True, -127, None), (True, -30, -30), (False, -30, -30)],
)
def test_of_a_microphone_that_is_off_and_silent_nothing_is_said(is_off, level, spoken):
    told = replace(FOUND, levels=tuple((20 * number, level) for number in range(300)))

    figures = figures_of(told, None, None, bursts=True, is_off=is_off)

    assert figures.spoken_dbov == figures.noise_dbov == spoken


def test_the_silence_before_a_microphone_is_opened_is_not_its_noise():
    levels = tuple((20 * number, -127 if number < 60 else -50) for number in range(300))

    assert figures_of(replace(FOUND, levels=levels), None, None, bursts=True).noise_dbov == -50


def test_what_was_not_played_to_its_end_is_no_proof():
    assert figures_of(FOUND, CLIP, "47", bursts=True).played is None
