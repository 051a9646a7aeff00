from __future__ import annotations

import pytest

from bridge.conference.events import BlockChanged, PhaseChanged
from bridge.conference.evolve import fold_into
from bridge.conference.words import Phase, Role
from tests.bridge.conference.props import course_of
from tests.bridge.conference.scene import CHAIR, in_session


def block(site):
    return BlockChanged(at_s=0.0, site=site, on=True)


def test_a_course_begins_with_the_state_and_no_events():
    scene = in_session()
    scene.now_s = 7.0

    course = course_of(scene, CHAIR, Role.CHAIR)

    assert course.conference is scene.state
    assert course.events == []
    assert (course.actor, course.authority, course.now_s) == (CHAIR, Role.CHAIR, 7.0)


def test_each_event_is_folded_at_once():
    scene = in_session()
    course = course_of(scene)

    course.add(block("01"))
    assert course.conference.sites["01"].blocked
    course.add(block("02"), PhaseChanged(at_s=0.0, to=Phase.RECESS))
    course.add_all(iter([block("48")]))

    assert len(course.events) == 4
    assert course.conference == fold_into(scene.state, course.events)
    assert scene.state == in_session().state


def test_events_from_one_look_are_decided_on_the_state_before_them():
    course = course_of(in_session())

    def look():
        for site in ("01", "02"):
            yield block(site)
            seen.append(course.conference.sites["01"].blocked)

    seen = []
    course.add_all(look())

    assert seen == [False, False]


@pytest.mark.parametrize("asked", [0, 1, 3])
def test_requests_are_numbered_from_one(asked):
    scene = in_session()
    scene.ask(*["01", "02", "48"][:asked])

    assert course_of(scene).new_id == asked + 1
