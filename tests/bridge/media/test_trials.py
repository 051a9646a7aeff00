"""Which trials run at once, what ends them, and that nothing ticks when none does."""

from __future__ import annotations

import asyncio

import pytest
import structlog.testing

from bridge.media.core.rtcp import ReceiverReport
from bridge.media.forwarder import Forwarder
from bridge.media.trial import PASSIVE_S, Trial
from bridge.media.trials import Trials
from bridge.media.tried import AT_ONCE, LineTried, TrialOrder
from bridge.media.utterance import Lent
from tests.support.autojump import virtual_time
from tests.support.media import Client, spec


class Rig:
    def __init__(self) -> None:
        self.forwarder = Forwarder()
        self.lent: Lent = {}
        self.said: list[LineTried] = []
        self.trials = Trials(self.forwarder, self.lent, self.said.append)
        self.clients: dict[str, Client] = {}

    def begin(self, site: str, *, trial: str = "", bursts: bool = False, sound: str = "") -> None:
        client = self.clients.setdefault(site, Client(self.forwarder, spec(site)))
        order = TrialOrder(
            trial=trial or site,
            session=client.spec.session,
            bursts=bursts,
            sound=(sound,) * 100 if sound else (),
        )
        self.trials.begin(order, client)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        return [(told.trial, told.outcome) for told in self.said]

    @property
    def is_ticking(self) -> bool:
        return self.trials._timer is not None


@virtual_time
async def test_a_trial_is_answered_once_and_the_clock_stops_with_the_last():
    rig = Rig()
    assert not rig.is_ticking
    rig.begin("01")
    await asyncio.sleep(1.0)
    rig.begin("02")
    assert rig.is_ticking
    await asyncio.sleep(PASSIVE_S - 0.9)
    assert rig.outcomes == [("01", "done")]
    assert rig.is_ticking
    await asyncio.sleep(1.0)

    assert rig.outcomes == [("01", "done"), ("02", "done")]
    assert not rig.is_ticking
    rig.begin("01")
    await asyncio.sleep(PASSIVE_S + 0.1)
    assert len(rig.said) == 3


@virtual_time
async def test_of_a_session_that_is_not_there_nothing_is_tried():
    rig = Rig()
    rig.trials.begin(TrialOrder(trial="t", session="s", bursts=True), None)
    unready = Client(rig.forwarder, spec("01"), handshake_done=False)
    rig.trials.begin(TrialOrder(trial="u", session="s-01", bursts=True), unready)

    assert rig.outcomes == [("t", "absent"), ("u", "absent")]
    assert rig.said[0].session == "s"
    assert not rig.is_ticking


@virtual_time
async def test_one_trial_a_session_and_so_many_in_all():
    rig = Rig()
    rig.begin("01")
    rig.begin("01", trial="again")
    for number in range(2, AT_ONCE + 2):
        rig.begin(f"{number:02d}")

    assert rig.outcomes == [("again", "busy"), (f"{AT_ONCE + 1:02d}", "busy")]
    await asyncio.sleep(PASSIVE_S + 0.1)
    assert [outcome for _, outcome in rig.outcomes[2:]] == ["done"] * AT_ONCE
    rig.trials.close()


@virtual_time
async def test_what_nobody_waits_for_ends_and_gives_back_what_it_was_lent():
    rig = Rig()
    rig.begin("01", sound="00")
    await asyncio.sleep(1.5)
    assert rig.lent
    rig.trials.stop("unknown")
    rig.trials.stop("01")

    assert rig.outcomes == [("01", "stopped")]
    assert rig.lent == {}


@virtual_time
async def test_a_trial_ends_with_its_session_and_with_no_other_of_that_name():
    rig = Rig()
    rig.begin("01")
    await asyncio.sleep(0.1)
    rig.trials.over(Client(rig.forwarder, spec("01")))
    rig.trials.over(Client(rig.forwarder, spec("02")))
    assert rig.said == []
    rig.trials.over(rig.clients["01"])

    assert rig.outcomes == [("01", "ended")]


@virtual_time
async def test_one_site_s_line_is_burst_at_a_time(monkeypatch):
    rig = Rig()
    asked: list[tuple[str, bool]] = []
    bursting: set[str] = set()

    def advance(trial: Trial, now_s: float, *, ntp: int, may_burst: bool) -> None:
        asked.append((trial.order.trial, may_burst))
        if may_burst:
            bursting.add(trial.order.trial)

    monkeypatch.setattr(Trial, "advance", advance)
    monkeypatch.setattr(Trial, "is_bursting", property(lambda t: t.order.trial in bursting))
    for site in ("01", "02", "03"):
        rig.begin(site, bursts=True)
    asked.clear()
    bursting.clear()
    await asyncio.sleep(0.015)
    assert asked == [("01", True), ("02", False), ("03", False)]
    bursting.clear()
    bursting.add("02")
    asked.clear()
    await asyncio.sleep(0.01)

    assert asked == [("01", False), ("02", True), ("03", False)]
    rig.trials.close()
    assert not rig.is_ticking


@virtual_time
async def test_what_a_site_says_is_heard_by_its_own_trial(monkeypatch):
    rig = Rig()
    heard: list[str] = []
    monkeypatch.setattr(Trial, "hear", lambda trial, *_: heard.append(trial.order.trial))
    rig.begin("01")
    rig.begin("02")
    other = Client(rig.forwarder, spec("03"))
    for client in (rig.clients["02"], other):
        rig.trials.hear(client, [ReceiverReport(ssrc=1)], 0.0)

    assert heard == ["02"]
    rig.trials.close()


@pytest.mark.parametrize("where", ["advance", "hear", "end"])
def test_a_bug_ends_the_trial_it_is_in_and_no_other(monkeypatch, where):
    plain = getattr(Trial, where)

    def planted(trial: Trial, *args: object, **named: object) -> object:
        if trial.order.trial == "01":
            raise RuntimeError("planted")
        return plain(trial, *args, **named)

    @virtual_time
    async def run() -> None:
        rig = Rig()
        rig.begin("01")
        rig.begin("02")
        await asyncio.sleep(0.1)
        monkeypatch.setattr(Trial, where, planted)
        rig.trials.hear(rig.clients["01"], [ReceiverReport(ssrc=1)], 0.1)
        await asyncio.sleep(PASSIVE_S + 0.2)
        assert sorted(rig.outcomes) == [("01", "stopped"), ("02", "done")]
        assert not rig.is_ticking

    with structlog.testing.capture_logs() as logs:
        run()
    assert [entry["event"] for entry in logs] == ["media.trial_bug"]


@virtual_time
async def test_an_order_that_is_none_is_refused():
    rig = Rig()
    with structlog.testing.capture_logs() as logs:
        rig.begin("01", sound="no hex")

    assert rig.outcomes == [("01", "stopped")]
    assert logs[0]["event"] == "media.trial_bug"
