"""How well it goes: moments, levels, losses of ten seconds, and the estimate of sound."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bridge.media.plane import PlaneStats, SessionStats, SourceStats
from bridge.media.told import Acknowledgement, SinkStats
from bridge.mos import mos
from bridge.quality import LOOKS_OF_LEVEL, LOOKS_OF_LOSS, Qualities
from bridge.traffic import SiteTraffic
from tests.bridge.test_traffic import LOW, MIC, ROOMS, SOUND
from tests.support.fake_plane import NOTHING


def line(*, session: str = "s.1", **changed: Any) -> SessionStats:
    carried = SessionStats(
        session=session,
        site="01",
        connected=True,
        age_s=0.5,
        rtt_s=0.06,
        loss_down=None,
        packets_out=0,
        bytes_out=0,
        sources=(MIC, LOW),
        sinks=(SOUND,),
        path="udp",
    )
    return replace(carried, **changed)


class Looking:
    def __init__(self) -> None:
        self.traffic = SiteTraffic()
        self.qualities = Qualities()
        self.now_s = 100.0

    def look(self, *sessions: SessionStats, **said: float) -> Any:
        """A second later."""
        self.now_s += 1.0
        return self.look_at(replace(NOTHING, sessions=sessions), **said)

    def look_at(self, stats: PlaneStats, **said: float) -> Any:
        self.traffic.look(stats, ROOMS)
        told = {"01": said} if said else {}
        self.qualities.look(stats, ROOMS, self.traffic, told, now_s=self.now_s)
        return self.qualities.of.get("01")


@pytest.fixture
def it() -> Looking:
    return Looking()


def mic(packets: int, lost: int = 0, **changed: Any) -> SourceStats:
    return replace(MIC, packets=packets, lost=lost, **changed)


def sound(packets: int, lost: int = 0) -> SinkStats:
    return replace(SOUND, packets=packets, lost=lost)


def test_what_was_heard_when(it):
    acknowledged = Acknowledgement(reported_age_s=0.25, stage_age_s=2.0)
    carried = line(
        sources=(replace(MIC, age_s=0.125), replace(LOW, age_s=4.0), replace(LOW, age_s=3.0)),
        acknowledged=acknowledged,
        path="tcp",
        allowed_bps=900_000,
        line_bps=400_000,
        shown={"chair": "f", "speaker.1": "bandwidth", "speaker.2": "codec", "content": "codec"},
    )
    quality = it.look(carried)

    assert (quality.path, quality.heard_s, quality.reported_s) == ("tcp", 100.5, 100.75)
    assert (quality.sound_s, quality.picture_s, quality.stage_s) == (100.875, 98.0, 99.0)
    assert (quality.allowed_bps, quality.line_bps) == (900_000, 400_000)
    assert quality.withheld == {"bandwidth": 1, "codec": 2}


def test_that_it_comes_through_a_relay_is_what_the_page_says(it):
    assert it.look(line(path="udp"), relayed=1.0).path == "relay"
    assert it.look(line(path="udp"), relayed=0.0).path == "udp"
    assert it.look(line(path=""), relayed=1.0).path == ""


def test_of_who_has_sent_and_said_nothing_no_moment_is_known(it):
    quality = it.look(line(age_s=None, sources=(), sinks=(), rtt_s=None))

    assert (quality.heard_s, quality.sound_s, quality.picture_s) == (None, None, None)
    assert (quality.reported_s, quality.stage_s, quality.level_dbov) == (None, None, None)
    assert quality.sound == {}


def test_who_is_gone_or_not_connected_or_no_room_has_no_quality(it):
    assert it.look(line()) is not None
    assert it.look(line(connected=False)) is None
    assert it.look(line(session="console.1")) is None
    assert it.look() is None


def test_the_same_statistics_say_nothing_new(it):
    stats = replace(NOTHING, sessions=(line(),))
    first = it.look_at(stats)
    it.now_s += 60.0
    again = it.look_at(replace(stats, packets_in=9))

    assert again is first
    assert sum(it.qualities.rtts.spread().counts) == 1


def test_what_a_site_acknowledged_is_remembered_over_its_connections_and_not_conferences(it):
    it.look(line(acknowledged=Acknowledgement(stage_age_s=0.0)))
    assert it.look(line(session="s.2")).stage_s == 101.0
    it.qualities.begin()
    assert it.qualities.of == {}
    assert it.look(line(session="s.2")).stage_s is None


def test_the_level_is_the_loudest_of_the_last_looks(it):
    levels = (-20, *[-90] * (LOOKS_OF_LEVEL - 1), -80)
    told = [it.look(line(sources=(replace(MIC, level_dbov=v),))).level_dbov for v in levels]

    assert told == [-20] * LOOKS_OF_LEVEL + [-80]


@pytest.mark.parametrize(
    "sources",
    [(), (replace(MIC, level_dbov=None),), (replace(MIC, age_s=3.0),), (LOW,)],
    ids=["no stream", "no level", "it stopped", "no microphone"],
)
def test_a_microphone_that_sends_no_level_has_none(it, sources):
    it.look(line())
    assert it.look(line(sources=sources)).level_dbov is None


def test_losses_of_sound_are_those_of_ten_seconds(it):
    told = []
    for second in range(LOOKS_OF_LOSS + 3):
        packets, lost = 1000 + 50 * second, 5 * (second > 0)
        quality = it.look(line(sources=(mic(packets, lost),), sinks=(sound(2 * packets, lost),)))
        told.append(quality.sound)

    assert told[0] == {}  # nothing to compare with yet
    assert told[1]["uplink"].loss == pytest.approx(5 / 55)
    assert told[1]["downlink"].loss == pytest.approx(5 / 100)
    assert told[10]["uplink"].loss == pytest.approx(5 / 505)
    assert told[11]["uplink"].loss == told[11]["downlink"].loss == 0.0


def test_the_estimate_stands_beside_what_it_was_made_of(it):
    it.look(line(sources=(mic(100, jitter_s=0.03),), sinks=(sound(100),)))
    quality = it.look(
        line(sources=(mic(149, 1, jitter_s=0.03),), sinks=(sound(150),)), jitter_buffer_s=0.09
    )

    up, down = quality.sound["uplink"], quality.sound["downlink"]
    assert (up.loss, up.delay_s) == (0.02, pytest.approx(0.03 + 0.06 + 0.02))
    assert (down.loss, down.delay_s) == (0.0, pytest.approx(0.03 + 0.09 + 0.02))
    assert up.mos == mos(loss=0.02, delay_s=up.delay_s)
    assert down.mos > up.mos


def test_silence_that_is_not_sent_is_no_loss_and_has_no_estimate(it):
    it.look(line(sources=(mic(100),), sinks=()))
    it.look(line(sources=(mic(110),), sinks=()))
    for _ in range(LOOKS_OF_LOSS):
        quality = it.look(line(sources=(mic(110, age_s=9.0),), sinks=()))

    assert quality.sound == {}


def test_the_round_trip_of_the_page_serves_where_there_are_no_reports(it):
    it.look(line(rtt_s=None, sources=(mic(100),)))
    assert it.look(line(rtt_s=None, sources=(mic(150),))).sound == {}
    quality = it.look(line(rtt_s=None, sources=(mic(200),)), rtt_s=0.2)
    assert quality.sound["uplink"].delay_s == pytest.approx(0.1 + 0.04 + 0.02)


def test_another_connection_begins_with_losses_and_levels_of_its_own(it):
    it.look(line(sources=(mic(100),)))
    it.look(line(sources=(mic(150, 50),)))
    quality = it.look(line(session="s.2", sources=(mic(50, level_dbov=-70),)))

    assert quality.sound == {}
    assert quality.level_dbov == -70


def test_all_sites_together_are_observed_once_a_look(it):
    it.look(line(sources=(mic(100),), sinks=(sound(100),)))
    it.look(line(sources=(mic(149, 1),), sinks=(sound(150, 5),)))
    spreads = {
        "rtt": it.qualities.rtts.spread(),
        "up": it.qualities.losses["uplink"].spread(),
        "down": it.qualities.losses["downlink"].spread(),
        "jitter": it.qualities.jitters["uplink", "audio"].spread(),
    }

    assert {name: sum(spread.counts) for name, spread in spreads.items()} == {
        "rtt": 2,
        "up": 1,
        "down": 1,
        "jitter": 2,
    }
    assert spreads["up"].total_s == pytest.approx(0.02)
    assert spreads["down"].total_s == pytest.approx(0.1)
    assert sum(it.qualities.jitters["uplink", "video"].spread().counts) == 0
