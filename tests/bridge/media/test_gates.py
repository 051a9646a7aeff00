from __future__ import annotations

import pytest

from bridge.media.gates import Gates
from bridge.media.streams import Feed
from tests.support.media import Eye, Table, sound


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def gates(table: Table) -> Gates:
    return Gates(table.forwarder.feed)


def test_all_are_shut_until_somebody_opens_them(table, gates):
    assert not gates.is_open(table.forwarder.feed("01", "audio"))
    assert not gates.is_open(table.forwarder.feed("01", "content.audio"))


@pytest.mark.parametrize(
    ("microphones", "content", "opened"),
    [
        ((), None, set()),
        (("01",), None, {("01", "audio")}),
        ((), "01", {("01", "content.audio")}),
        (("01", "02"), "02", {("01", "audio"), ("02", "audio"), ("02", "content.audio")}),
    ],
)
def test_a_microphone_and_slides_of_one_site_have_gates_of_their_own(
    table, gates, microphones, content, opened
):
    feeds = [
        table.forwarder.feed(site, medium)
        for site in ("01", "02", "03")
        for medium in ("audio", "content.audio")
    ]
    gates.set(frozenset({"01", "02", "03"}), "03")

    gates.set(frozenset(microphones), content)

    assert {(feed.site, feed.medium) for feed in feeds if gates.is_open(feed)} == opened


@pytest.mark.parametrize("medium", ["audio", "content.audio"])
def test_streams_that_are_there_are_turned_with_it(table, gates, medium):
    source, other = table.source("01", medium), table.source("02", medium)
    gates.set(frozenset({"01"}), "01")
    assert (source.open, other.open) == (True, False)

    gates.set(frozenset({"02"}), "02")

    assert (source.open, other.open) == (False, True)


def test_shutting_comes_before_opening():
    turned = []

    class Watched(Feed):
        @property
        def sources(self):
            turned.append(self.site)
            return {}

        @sources.setter
        def sources(self, _):
            pass

    feeds = {site: Watched(site, "audio") for site in ("01", "02", "03")}
    gates = Gates(lambda site, _: feeds[site])
    gates.set(frozenset({"01", "02"}), None)
    turned.clear()

    gates.set(frozenset({"02", "03"}), None)

    assert turned == ["01", "03"], "and what stays open is not touched"


def test_a_turn_ends_what_goes_out_so_that_it_may_begin_without_a_gap(table, gates):
    gates.set(frozenset({"01"}), None)
    ear: Eye = table.eye("02", "speaker.1", "audio", at="01")
    source = table.source("01", "audio")
    source.open = True
    table.hear(source, 1.0, sound(5))
    assert ear.outlet.run is not None

    gates.set(frozenset(), None)

    assert ear.outlet.run is None
    assert ear.outlet.numbers.newest[0] == ear.indices[-1]
