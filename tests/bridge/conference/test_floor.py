from __future__ import annotations

import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from bridge.conference.floor import (
    ONGOING,
    TRANSITIONS,
    Action,
    NoSuchChangeError,
    after,
    changed,
    mermaid,
)
from bridge.conference.words import RequestStatus

ROOT = Path(__file__).parents[3]

# Written down from research/floor-control.md I4, not from the table.
ELEVEN = {
    (None, "pending"),
    (None, "accepted"),
    ("pending", "accepted"),
    ("pending", "granted"),
    ("pending", "denied"),
    ("pending", "cancelled"),
    ("accepted", "granted"),
    ("accepted", "denied"),
    ("accepted", "cancelled"),
    ("granted", "released"),
    ("granted", "revoked"),
}


def test_the_table_makes_the_eleven_legal_changes_and_one_move():
    made = {(before, to) for before, row in TRANSITIONS.items() for to in row.values()}

    assert made == ELEVEN | {("accepted", "accepted")}


def test_every_status_has_a_row():
    assert set(TRANSITIONS) == {None, *RequestStatus}


@pytest.mark.parametrize(
    ("status", "action"), [(s, a) for s, a in product([None, *RequestStatus], Action)]
)
def test_an_entry_that_is_missing_is_the_error(status, action):
    if action in TRANSITIONS[status]:
        assert after(status, action) is TRANSITIONS[status][action]
    else:
        text = f"^cannot {action} what is {'not made' if status is None else status}$"
        with pytest.raises(NoSuchChangeError, match=text):
            after(status, action)


def test_a_status_nothing_leads_to_is_refused():
    assert changed(RequestStatus.GRANTED, RequestStatus.REVOKED) is RequestStatus.REVOKED
    with pytest.raises(NoSuchChangeError, match="no way from granted to denied"):
        changed(RequestStatus.GRANTED, RequestStatus.DENIED)
    with pytest.raises(NoSuchChangeError, match="not made"):
        changed(None, RequestStatus.GRANTED)


def test_release_withdraws_a_request_and_gives_back_a_floor():
    assert after(RequestStatus.PENDING, Action.RELEASE) is RequestStatus.CANCELLED
    assert after(RequestStatus.GRANTED, Action.RELEASE) is RequestStatus.RELEASED


def test_only_pending_accepted_and_granted_requests_go_on():
    assert {RequestStatus.PENDING, RequestStatus.ACCEPTED, RequestStatus.GRANTED} == ONGOING


def test_the_document_shows_the_table():
    document = (ROOT / "docs" / "floor.md").read_text(encoding="utf-8")

    shown = document.split("<!-- floor:begin -->\n")[1].split("<!-- floor:end -->")[0]

    assert shown == mermaid(), "run: python -m bridge.conference.floor"


def test_the_command_the_document_names_prints_the_diagram():
    printed = subprocess.run(
        [sys.executable, "-m", "bridge.conference.floor"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert printed.stdout == mermaid()
    assert "    granted --> revoked: revoke\n" in printed.stdout
