from __future__ import annotations

import re

import pytest

from bridge.answers import Accepted
from bridge.conference.commands import AgendaNext, ChairHold, ChairPhase
from bridge.conference.events import RequestMade
from bridge.conference.words import Phase, RequestStatus, Role
from bridge.identity import Identity
from signaling.decoding import ProtocolError
from signaling.messages import COMMAND_MESSAGES
from signaling.routes import ROUTES, Route, _always, addresses, message_of, request_of

CHAIR = Identity(user="x", roles=frozenset({Role.CHAIR}), conference="c-1")
PLACES = {"request": "9", "item": "3", "site": "11"}


def test_every_command_stands_in_the_table() -> None:
    assert {row.model for row in ROUTES} == set(COMMAND_MESSAGES)


def test_the_last_row_of_an_address_takes_what_is_left_and_no_other_does() -> None:
    for rows in addresses().values():
        assert [row.when is _always for row in rows] == [*[False] * (len(rows) - 1), True]


def test_rows_of_an_address_are_found_wherever_they_stand() -> None:
    assert sum(len(rows) for rows in addresses().values()) == len(ROUTES)
    denial, withdrawal = addresses()["DELETE", "/floor/requests/{request}"]
    assert (denial.model.__name__, withdrawal.model.__name__) == ("ChairDeny", "FloorRelease")


@pytest.mark.parametrize("row", ROUTES, ids=lambda row: f"{row.method} {row.path}")
def test_what_stands_in_a_path_is_a_field_of_the_message(row: Route) -> None:
    named = set(re.findall(r"{(\w+)}", row.path)) | set(row.says)
    assert named <= set(row.model.model_fields)


def test_address_and_headers_are_not_said_again_in_the_body() -> None:
    rows = addresses()["POST", "/floor/grants/{request}/extend"]
    for word in ("request", "type", "id", "rev"):
        with pytest.raises(ProtocolError, match=f"unknown_field: {word}"):
            message_of(
                rows,
                identity=CHAIR,
                body={"add_s": 60, word: 9},
                path={"request": "9"},
                command_id="k",
            )


def test_a_revision_that_was_seen_is_the_message_s() -> None:
    rows = addresses()["POST", "/floor/grants/{request}/hold"]
    _, message = message_of(
        rows, identity=CHAIR, body={}, path={"request": "9"}, command_id="k", rev=412
    )
    assert (message.rev, message.command()) == (412, ChairHold(request=9))


def made(request: int) -> RequestMade:
    return RequestMade(
        at_s=1.0,
        request=request,
        floors=("speech",),
        site="11",
        by="x",
        status=RequestStatus.ACCEPTED,
        position=1,
    )


def test_the_turn_of_an_item_is_a_request_that_is_named() -> None:
    accepted = Accepted(rev=2, events=(made(7),))
    assert request_of(AgendaNext(), accepted) == 7
    # What else a command made happen is not its own request.
    assert request_of(ChairPhase(to=Phase.OPEN), accepted) is None
