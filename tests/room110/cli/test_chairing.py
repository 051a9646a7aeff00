from __future__ import annotations

import json

import pytest

from bridge.conference import commands as c
from bridge.conference.words import OnExpiry, QueueVisible, RequestHandling
from room110.cli.chairing import Expiry, Handling, Visible


@pytest.mark.parametrize(
    ("args", "changes"),
    [
        (["--speakers", "3"], {"max_floor_users": 3}),
        (["--limit", "5m", "--warn", "30s"], {"limit_s": 300, "warn_s": 30}),
        (["--no-limit"], {"limit_s": None}),
        (["--auto-advance"], {"auto_advance": True}),
        (["--no-auto-advance"], {"auto_advance": False}),
        (
            ["--request-handling", "confirm", "--on-expiry", "revoke", "--queue-visible", "all"],
            {
                "request_handling": RequestHandling.CONFIRM,
                "on_expiry": OnExpiry.REVOKE,
                "queue_visible": QueueVisible.ALL,
            },
        ),
    ],
)
def test_the_policy_changes_in_what_is_said(room110, service, args, changes):
    code, _, err = room110("conference", "policy", *args)

    assert (code, err) == (0, "the policy is changed\n")
    assert service.commands() == [c.ChairPolicy(changes=changes)]
    assert service.bearer().roles == {"chair"}


def test_without_a_word_the_policy_is_shown(room110, service):
    policy = {"rev": 7, "now": 1.0, "max_floor_users": 1, "auto_advance": False}
    service.answers["GET", "/api/v1/policy"] = (200, policy)

    _, out, _ = room110("conference", "policy")
    rows = dict(line.split() for line in out.splitlines())
    assert rows == {"max_floor_users": "1", "auto_advance": "false", "limit_s": "none"}
    assert json.loads(room110("conference", "policy", "--json")[1]) == {
        "schema_version": 1,
        **policy,
    }


def test_the_chair_is_handed_over_and_assumed(room110, service):
    assert room110("conference", "handover", "thu.truong.b") == (
        0,
        "",
        "thu.truong.b has the chair\n",
    )
    assert room110("conference", "assume")[0] == 0
    assert service.bearer().roles == {"chair"}
    assert room110("conference", "assume", "--deputy")[0] == 0
    assert service.bearer().roles == {"deputy"}
    assert service.commands() == [
        c.ChairHandover(to="thu.truong.b"),
        c.ChairAssume(),
        c.ChairAssume(),
    ]


def test_a_conference_is_described(room110, service):
    code, _, _ = room110("conference", "describe", "--chair", "Bộ trưởng", "--starts", "08:00")

    assert code == 0
    (described,) = service.commands()
    assert described.chair == "Bộ trưởng"
    assert "T08:00:00" in described.starts
    assert described.place is None


def test_the_words_are_those_of_the_conference():
    for ours, theirs in (
        (Handling, RequestHandling),
        (Expiry, OnExpiry),
        (Visible, QueueVisible),
    ):
        assert [word.value for word in ours] == [word.value for word in theirs]
