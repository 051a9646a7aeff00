"""What audiences are shown is found wrong when it is."""

from __future__ import annotations

from bridge.conference.projection import DESK
from room110.rehearse import screens
from room110.rehearse.screens import Screens, brings_null
from tests.room110.rehearse.told import Told


def follow(told):
    state = told.checked()
    before = Told().state
    return Screens(before), before, told.records[-1], state.conference


def test_patches_lead_to_what_a_newcomer_sees():
    told = Told()
    told.speaking()
    shown, before, record, after = follow(told)
    assert list(shown.show(before, record, after)) == []
    assert shown.desk["phase"] == "open"
    assert shown.desk["sites"]["01"]["gate"] is True


def test_a_patch_that_forgets_something_is_found(monkeypatch):
    told = Told()
    told.speaking()
    shown, before, record, after = follow(told)
    whole = screens.diff
    monkeypatch.setattr(
        screens, "diff", lambda a, b: {n: v for n, v in whole(a, b).items() if n != "phase"}
    )
    faults = list(shown.show(before, record, after))
    assert "the screen of desk is wrong in phase" in faults
    assert "the screen of 01 is wrong in phase" in faults


def test_a_wall_that_is_told_too_much_is_found(monkeypatch):
    told = Told()
    told.speaking()
    shown, before, record, after = follow(told)
    real = screens.project
    monkeypatch.setattr(screens, "project", lambda c, _a, titles: real(c, DESK, titles=titles))
    assert "the wall is told of queue" in list(shown.show(before, record, after))


def test_a_null_can_not_be_told():
    right = {"a": None, "b": {"c": None}, "d": [None], "e": 1}
    assert brings_null({"a": None}, right)
    assert brings_null({"b": {"c": None}}, right)
    assert brings_null({"d": [None]}, right)
    assert not brings_null({"gone": None, "b": {"gone": None}, "e": 1}, right)


def test_a_null_on_a_screen_is_found(monkeypatch):
    told = Told()
    told.speaking()
    shown, before, record, after = follow(told)
    real = screens.project
    monkeypatch.setattr(
        screens, "project", lambda c, a, titles: real(c, a, titles=titles) | {"phase": None}
    )
    assert "the screen of desk has a null" in list(shown.show(before, record, after))
