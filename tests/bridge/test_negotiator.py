"""Offers of sessions, against a plane that writes down what it was asked."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bridge.conference.words import Role
from bridge.draw import Draw
from bridge.identity import Identity
from bridge.media.core.sdp_client import build_offer, mids_of, parse_answer
from bridge.media.slots import SessionKind, slots_for
from bridge.negotiator import Negotiator
from bridge.outgoing import MediaRejected
from bridge.sessions import Session
from tests.support.fake_plane import FINGERPRINT, FakePlane

ROOM = slots_for(SessionKind.ROOM)
MIDS = mids_of(ROOM)


def offer(ufrag: str = "old1", *, fingerprint: str = FINGERPRINT, mic: int = 7) -> str:
    return build_offer(
        ROOM, ufrag=ufrag, pwd="p" * 24, fingerprint=fingerprint, cname="c", ssrcs={"mic": mic}
    )


def session(name: str = "s") -> Session:
    identity = Identity(user="u", roles=frozenset({Role.SITE}), conference="c", site="01")
    return Session(id=name, identity=identity, kind=SessionKind.ROOM, slots=ROOM, outbox=None)


class House:
    def __init__(self) -> None:
        self.plane = FakePlane()
        self.alive: set[str] = set()
        self.negotiator = Negotiator(
            self.plane, Draw(random.Random(110)), {"01": 2_000_000}, alive=self.alive.__contains__
        )

    def begin(self, media: str) -> str:
        """New media of that name; the answer."""
        self.alive.add(media)
        return self.negotiator.begin(session(), media, offer(), MIDS)[0]

    @property
    def restarted(self) -> list[tuple[str, ...]]:
        return [entry[1:] for entry in self.plane.log if entry[0] == "restart"]

    def restart(self, media: str | None, sdp: str) -> str:
        one = session("newer")
        one.media = media
        return self.negotiator.restart(one, sdp, MIDS)


def test_what_is_agreed_is_the_sessions_own_and_every_stream_has_its_number():
    house = House()
    answer, spec = house.negotiator.begin(session(), "m1", offer(), MIDS)
    assert (spec.session, spec.site, spec.remote_ufrag) == ("m1", "01", "old1")
    assert spec.bandwidth_bps == 2_000_000
    assert parse_answer(answer).ufrag == spec.local_ufrag
    streams = [s for d in spec.downlinks for s in (d.ssrc, d.rtx_ssrc) if s is not None]
    pictures = [d for d in spec.downlinks if d.kind == "video"]
    assert all(d.rtx_ssrc is not None for d in pictures)
    assert len(set(streams)) == len(streams) == len(spec.downlinks) + len(pictures)


@pytest.mark.parametrize("sdp", ["", "nonsense", offer().replace("a=mid:0", "a=mid:9")])
def test_an_offer_that_cannot_be_carried_is_refused(sdp):
    with pytest.raises(MediaRejected):
        House().negotiator.begin(session(), "m1", sdp, MIDS)


def test_a_restart_is_answered_as_before_under_new_names_and_the_plane_is_told():
    house = House()
    before = parse_answer(house.begin("m1"))
    after = parse_answer(house.restart("m1", offer("new1")))
    assert replace(after, ufrag=before.ufrag, pwd=before.pwd) == before
    assert (after.ufrag, after.pwd) != (before.ufrag, before.pwd)
    assert house.restarted == [("m1", after.ufrag, after.pwd, "new1")]


def test_a_restart_may_follow_a_restart_but_not_with_the_same_name():
    house = House()
    house.begin("m1")
    house.restart("m1", offer("new1"))
    with pytest.raises(MediaRejected, match="ufrag"):
        house.restart("m1", offer("new1"))
    house.restart("m1", offer("new2"))
    assert [remote for *_, remote in house.restarted] == ["new1", "new2"]


@pytest.mark.parametrize(
    "sdp",
    [
        "nonsense",
        offer(),
        offer("new1", mic=8),
        offer("new1", fingerprint=":".join(["AC"] * 32)),
    ],
    ids=["no SDP", "no new name", "another stream", "another PeerConnection"],
)
def test_a_restart_that_is_none_is_refused_and_nothing_has_changed(sdp):
    house = House()
    house.begin("m1")
    with pytest.raises(MediaRejected):
        house.restart("m1", sdp)
    assert house.restarted == []
    house.restart("m1", offer("new1"))


@pytest.mark.parametrize("media", [None, "of another control process"])
def test_without_media_that_is_known_there_is_nothing_to_restart(media):
    house = House()
    house.begin("m1")
    with pytest.raises(MediaRejected, match="new PeerConnection"):
        house.restart(media, offer("new1"))


def test_while_media_restarts_nothing_is_agreed():
    house = House()
    house.begin("m1")
    house.plane.candidates = ()
    for ask in (lambda: house.begin("m2"), lambda: house.restart("m1", offer("new1"))):
        with pytest.raises(MediaRejected, match="restarting"):
            ask()


def test_media_that_is_gone_is_forgotten():
    house = House()
    house.begin("m1")
    house.alive.clear()
    house.begin("m2")
    assert set(house.negotiator._agreed) == {"m2"}
