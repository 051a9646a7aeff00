from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bridge.conference import evolve
from bridge.conference.decide import begin
from bridge.conference.events import PhaseChanged, Policy
from bridge.conference.words import Phase, Role
from bridge.events import Change, Emitter

BEFORE = evolve.begun(
    begin(conference="c", title="t", rehearsal=False, sites=("01", "110"), policy=Policy())
)
OPENED = PhaseChanged(at_s=1.0, to=Phase.OPEN)
CHANGE = Change(
    rev=2,
    at_s=1.0,
    wall="2020-05-29T08:00:01.000+07:00",
    actor="minister",
    authority=Role.CHAIR,
    command="chair.phase",
    events=(OPENED,),
    before=BEFORE,
    after=evolve.evolve(BEFORE, OPENED),
)


def test_everybody_who_listens_gets_the_change_in_the_order_of_listening():
    emitter, heard = Emitter(), []
    emitter.on_changed(lambda change: heard.append(("first", change)))
    emitter.on_changed(lambda change: heard.append(("second", change)))
    emitter.changed(CHANGE)
    assert heard == [("first", CHANGE), ("second", CHANGE)]


def test_a_change_is_not_a_beginning():
    emitter, heard = Emitter(), []
    emitter.on_changed(lambda _: heard.append("changed"))
    emitter.on_begun(lambda: heard.append("begun"))
    emitter.begun()
    assert heard == ["begun"]


def test_who_stops_listening_hears_no_more_and_may_stop_twice():
    emitter, heard, others = Emitter(), [], []
    off = emitter.on_changed(heard.append)
    emitter.on_changed(others.append)
    off()
    off()
    emitter.changed(CHANGE)
    assert (heard, others) == ([], [CHANGE])


def test_a_listener_that_fails_is_logged_and_the_others_are_served():
    emitter, heard = Emitter(), []

    def faulty(_):
        raise ValueError("broken window")

    emitter.on_changed(faulty)
    emitter.on_changed(heard.append)
    with capture_logs() as logs:
        emitter.changed(CHANGE)
        emitter.changed(CHANGE)
    assert heard == [CHANGE, CHANGE]
    assert [(line["event"], str(line["exc_info"])) for line in logs] == [
        ("events.listener_failed", "broken window")
    ] * 2


def test_a_coroutine_function_is_refused_when_it_wants_to_listen():
    async def late(_):
        pass

    with pytest.raises(TypeError, match=r"conference\.changed"):
        Emitter().on_changed(late)


def test_a_misspelt_name_does_not_exist():
    with pytest.raises(AttributeError):
        getattr(Emitter(), "on_chnaged")  # noqa: B009
