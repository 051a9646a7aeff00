from __future__ import annotations

import pytest

from bridge.conference import checks
from bridge.conference.checks import Refused
from bridge.conference.commands import AgendaLoad, ChairPhase, LinkLost, SiteLeft
from bridge.conference.floor import Action
from bridge.conference.words import Phase, Refusal, RefusalCode, RequestStatus
from tests.bridge.conference.props import TALK
from tests.bridge.conference.scene import in_lobby, in_session


def broken():
    """Open, then in recess; 01 has asked and left, the line of 02 is lost."""
    scene = in_session()
    scene.ask("01")
    scene.do(AgendaLoad(items=(TALK,)))
    scene.do(SiteLeft(site="01"))
    scene.do(LinkLost(site="02"))
    scene.do(ChairPhase(to=Phase.RECESS))
    return scene.state


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (lambda c: checks.known_site(c, "99"), "site_not_found"),
        (lambda c: checks.known_site(c, None), "site_not_found"),
        (lambda c: checks.known_request(c, 0), "request_not_found"),
        (lambda c: checks.known_request(c, 2), "request_not_found"),
        (lambda c: checks.known_item(c, 0), "item_not_found"),
        (lambda c: checks.known_item(c, 2), "item_not_found"),
        (lambda c: checks.after(c.requests[1], Action.REVOKE), "bad_state"),
        (checks.session_is_open, "bad_state"),
        (lambda _: checks.session_is_open(in_lobby().state), "bad_state"),
        (lambda _: checks.needs_floor("110"), "chair_seat_needs_no_floor"),
        (lambda c: checks.is_connected(c, "01"), "site_offline"),
        (lambda c: checks.is_connected(c, "02"), "site_offline"),
    ],
)
def test_each_check_has_its_own_no(check, code):
    with pytest.raises(Refused) as no:
        check(broken())

    assert no.value.refusal.code == code
    assert no.value.refusal.text
    assert str(no.value) == no.value.refusal.text


def test_what_is_as_it_should_be_passes():
    state = in_session().state
    checks.session_is_open(state)
    checks.needs_floor("01")
    checks.is_connected(state, "01")

    assert checks.known_site(state, "01") == "01"
    asked = broken().requests[1]
    assert checks.known_request(broken(), 1) == asked
    assert checks.known_item(broken(), 1).draft is TALK
    assert checks.after(asked, Action.DENY) is RequestStatus.DENIED


@pytest.mark.parametrize(
    ("site", "text"), [(None, "no site is named"), ("99", "there is no site 99")]
)
def test_a_site_that_is_not_named_is_told_apart_from_one_that_is_not_there(site, text):
    with pytest.raises(Refused, match=text):
        checks.known_site(broken(), site)


def test_a_no_carries_its_details_and_only_if_it_has_some():
    code = RefusalCode.FLOOR_FULL

    assert Refused(code, "full", holders=[8]).refusal == Refusal(
        code=code, text="full", detail={"holders": [8]}
    )
    assert Refused(code, "full").refusal.detail is None
