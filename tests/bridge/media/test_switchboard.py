"""Whose datagram it is: names and addresses, and who may change them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.drops import DropReason
from bridge.media.core.rtcp import ReceiverReport
from bridge.media.core.rtcp_writer import compound
from bridge.media.forwarder import Forwarder
from bridge.media.session import MAX_ADDRESSES, Credentials
from bridge.media.switchboard import MAX_BYTES, MIN_BYTES, Switchboard
from bridge.media.tcp import TcpAddress
from bridge.media.udp import Address
from tests.support.media import FORGED, Client, FakePort, sound, spec

PWD = "p" * 24
HERE, THERE, ELSEWHERE = ("192.0.2.1", 1), ("192.0.2.2", 2), ("192.0.2.3", 3)
SIX = ("2001:db8::1", 6, 0, 0)
TCP = TcpAddress("192.0.2.1", 1, "tcp", 1)


def check(username: str, pwd: str, *, nominate: bool = False) -> bytes:
    """A connectivity check (RFC 8445 section 7.2.2)."""
    attributes: dict[str, Any] = {"USERNAME": username, "PRIORITY": 1, "ICE-CONTROLLING": 1}
    if nominate:
        attributes["USE-CANDIDATE"] = None
    message = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.REQUEST,
        attributes=attributes,
    )
    message.add_message_integrity(pwd.encode())
    message.add_fingerprint()
    return bytes(message)


@dataclass
class Exchange:
    """A switchboard, and whom it told what."""

    drops: Counter[DropReason] = field(default_factory=Counter)
    heard: list[str] = field(default_factory=list)
    rtcp: list[str] = field(default_factory=list)
    bugs: list[tuple[str, str]] = field(default_factory=list)
    confirmed: list[tuple[Address, object]] = field(default_factory=list)
    port: FakePort = field(default_factory=FakePort)

    def __post_init__(self) -> None:
        self.forwarder = Forwarder()
        self.forwarder.drops = self.drops
        self.board = Switchboard(
            self.drops,
            on_heard=lambda session: self.heard.append(session.spec.site),
            on_rtcp=lambda session, said, now_s: self.rtcp.append(session.spec.site),
            on_bug=lambda session, bug: self.bugs.append((session.spec.site, str(bug))),
            confirm=lambda *told: self.confirmed.append(told),
        )

    def session(self, site: str) -> Client:
        """Connected, and not heard of yet."""
        it = Client(self.forwarder, spec(site))
        it.unlearn(("192.0.2.1", 5000))
        self.board.add(it)
        return it

    def take(
        self, data: bytes, address: Address, now_s: float = 1.0, port: FakePort | None = None
    ) -> None:
        self.board.take(data, address, port or self.port, now_s)

    def checks(self, it: Client, address: Address, **how: Any) -> None:
        names = it.credentials
        port = how.pop("port", None)
        pwd = how.pop("pwd", names.local_pwd)
        user = f"{names.local_ufrag}:{names.remote_ufrag}"
        self.take(check(user, pwd, **how), address, port=port)


@pytest.fixture
def it() -> Exchange:
    return Exchange()


@pytest.fixture
def one(it: Exchange) -> Client:
    return it.session("01")


@pytest.fixture
def two(it: Exchange) -> Client:
    return it.session("02")


# What it is.


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", DropReason.SIZE),
        (bytes(MIN_BYTES - 1), DropReason.SIZE),
        (bytes(MAX_BYTES + 1), DropReason.SIZE),
        (b"\x80" * MIN_BYTES, DropReason.UNKNOWN_ADDRESS),
        (b"\xbf" * MAX_BYTES, DropReason.UNKNOWN_ADDRESS),
        (b"\x16" * MIN_BYTES, DropReason.UNKNOWN_ADDRESS),
        (b"\x00" * MIN_BYTES, DropReason.STUN_MALFORMED),
        (b"\x03" * 20, DropReason.STUN_MALFORMED),
        *((bytes((n,)) * MIN_BYTES, DropReason.FIRST_BYTE) for n in (4, 19, 64, 127, 192, 255)),
    ],
)
def test_what_is_of_nobody_has_a_name(it, one, data, reason):
    it.take(data, HERE)

    assert it.drops == {reason: 1}
    assert (it.heard, it.port.sent) == ([], [])


@given(st.binary(max_size=1500), st.integers(0, 255))
def test_any_bytes_from_a_stranger_are_dropped_by_name_and_teach_no_address(tail, first):
    it = Exchange()
    one = it.session("01")
    it.take(bytes((first,)) + tail, HERE)

    assert sum(it.drops.values()) == 1
    assert (one.addresses, it.board._by_address, it.port.sent) == ({}, {}, [])


@given(st.binary(max_size=1500), st.integers(0, 255))
def test_any_bytes_under_a_clients_own_address_end_nothing(tail, first):
    # Anybody can write another's address as the sender of a datagram.
    it = Exchange()
    one = it.session("01")
    one.clear.feed = lambda _: True  # type: ignore[attr-defined]
    it.checks(one, HERE)
    it.take(bytes((first,)) + tail, HERE)

    assert it.bugs == []
    assert (one.remote, list(one.addresses)) == (HERE, [HERE])


# Who it is for.


@pytest.mark.parametrize("address", [HERE, SIX, ("fe80::1%lo", 7, 0, 1), TCP])
def test_a_check_that_authenticates_is_answered_and_its_address_is_the_sessions(it, one, address):
    it.checks(one, address)

    assert one.addresses == {address: it.port}
    assert (it.heard, it.confirmed) == (["01"], [(address, it.port)])
    assert one.heard_s == 1.0
    [(answer, to)] = it.port.sent
    assert to == address
    message = stun.parse_message(answer)
    assert message.check_message_integrity(PWD.encode())
    assert message.message_class is stun.Class.RESPONSE
    host = address[0].partition("%")[0]
    assert message.attributes["XOR-MAPPED-ADDRESS"] == (host, address[1])

    it.take(sound(1), address, 2.0)
    it.take(sound(1), (*address[:1], 999, *address[2:]), 2.0)

    assert one.packets_in == 1
    assert it.drops[DropReason.UNKNOWN_ADDRESS] == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (check("ours01:theirs01", "wrong" * 5, nominate=True), DropReason.STUN_UNAUTHENTIC),
        (check("ours01:other", PWD, nominate=True), DropReason.STUN_NOT_FOR_US),
        (check("nobody:theirs01", PWD, nominate=True), DropReason.STUN_NOT_FOR_US),
        (check("", PWD), DropReason.STUN_NOT_FOR_US),
        (check("ours01:theirs01", PWD, nominate=True)[:-9], DropReason.STUN_MALFORMED),
    ],
)
def test_a_check_that_does_not_prove_itself_changes_nothing_and_is_not_answered(
    it, one, data, reason
):
    it.checks(one, HERE)
    it.port.sent.clear()
    it.heard.clear()
    it.take(data, THERE, 9.0)
    it.take(data, HERE, 9.0)

    assert it.drops == {reason: 2}
    assert (one.remote, list(one.addresses), one.heard_s) == (HERE, [HERE], 1.0)
    assert (it.heard, it.port.sent, len(it.confirmed)) == ([], [], 1)


def test_media_moves_with_a_nomination_and_not_with_a_check(it, one):
    other_port = FakePort()
    it.checks(one, HERE, nominate=True)
    it.checks(one, THERE)
    assert one.remote == HERE
    assert one.delivery.route == (it.port, HERE)

    it.checks(one, TCP, nominate=True, port=other_port)

    assert one.delivery.route == (other_port, TCP)
    assert list(one.addresses) == [HERE, THERE, TCP]


def test_a_nat_that_gives_another_port_is_followed_only_by_a_check(it, one):
    it.checks(one, HERE, nominate=True)
    it.take(sound(1), THERE)
    assert (one.remote, one.packets_in) == (HERE, 0)
    it.checks(one, THERE, nominate=True)
    it.take(sound(1), THERE)

    assert (one.remote, one.packets_in) == (THERE, 1)


def test_addresses_are_bounded_and_a_forgotten_one_is_a_strangers(it, one):
    addresses = [("192.0.2.9", n) for n in range(MAX_ADDRESSES + 2)]
    for address in addresses:
        it.checks(one, address)
    assert set(it.board._by_address) == {addresses[0], *addresses[3:]}, "the first is in use"

    it.take(sound(1), addresses[1])

    assert it.drops == {DropReason.UNKNOWN_ADDRESS: 1}


def test_an_address_that_goes_over_to_another_session_is_its_own_from_then_on(it, one, two):
    it.checks(one, HERE, nominate=True)
    it.checks(one, THERE, nominate=True)
    it.checks(two, THERE, nominate=True)
    assert one.remote == HERE, "the other address is used"
    it.take(sound(1), THERE)
    assert (one.packets_in, two.packets_in) == (0, 1)

    it.board.remove(one)

    assert list(it.board._by_address) == [THERE]
    assert two.remote == THERE


# ICE restart.


def test_after_a_restart_only_the_new_names_and_password_count(it, one):
    it.checks(one, HERE, nominate=True)
    old = one.credentials
    it.board.rename(one, Credentials(local_ufrag="new", local_pwd="q" * 24, remote_ufrag="theirs2"))
    for user, pwd, reason in (
        (f"{old.local_ufrag}:{old.remote_ufrag}", old.local_pwd, DropReason.STUN_NOT_FOR_US),
        ("new:theirs01", "q" * 24, DropReason.STUN_NOT_FOR_US),
        ("new:theirs2", old.local_pwd, DropReason.STUN_UNAUTHENTIC),
    ):
        before = it.drops[reason]
        it.take(check(user, pwd, nominate=True), THERE)
        assert it.drops[reason] == before + 1
    assert list(one.addresses) == [HERE]

    it.take(sound(1), HERE, 2.0)
    assert one.packets_in == 1, "what is connected goes on"
    it.checks(one, THERE)
    assert one.remote == HERE, "until another is nominated"
    it.checks(one, THERE, nominate=True)
    assert one.remote == THERE
    it.take(sound(2), HERE, 2.1)
    assert one.packets_in == 2, "on its way when it moved"

    it.board.remove(one)
    assert (it.board._by_address, it.board._by_ufrag) == ({}, {})


# What it brings.


def test_only_what_is_authentic_is_heard(it, one):
    it.checks(one, HERE)
    it.heard.clear()
    it.take(sound(1) + FORGED, HERE, 2.0)
    assert it.heard == []
    it.take(sound(1), HERE, 3.0)
    assert it.heard == ["01"]

    it.take(compound((ReceiverReport(ssrc=1),), cname="c"), HERE, 4.0)

    assert (it.heard, it.rtcp) == (["01", "01"], ["01"])


def test_a_bug_is_told_of_the_session_it_is_in_and_the_next_datagram_is_taken(
    it, one, two, monkeypatch
):
    def planted(*_: Any) -> None:
        raise RuntimeError("planted")

    it.checks(one, HERE)
    it.checks(two, THERE)
    monkeypatch.setattr(one.incoming, "take", planted)
    it.take(sound(1), HERE, 2.0)
    it.take(sound(1), THERE, 2.0)

    assert it.bugs == [("01", "planted")]
    assert two.sources.keys() == {1}


def test_a_flood_of_handshakes_is_counted(it, one):
    fed: list[bytes] = []
    one.clear.feed = lambda data: not fed.append(data) and len(fed) < 3
    it.checks(one, HERE)
    for _ in range(5):
        it.take(b"\x16" * 20, HERE)

    assert it.drops == {DropReason.DTLS_OVERFLOW: 3}


def test_a_connection_that_is_lost_leaves_the_other_address(it, one):
    tcp = FakePort()
    it.checks(one, HERE)
    it.checks(one, TCP, nominate=True, port=tcp)
    assert it.board.forget(TCP) is one
    assert one.delivery.route == (it.port, HERE)
    it.take(sound(1), TCP)
    assert it.drops == {DropReason.UNKNOWN_ADDRESS: 1}

    assert it.board.forget(TCP) is None
    assert it.board.forget(ELSEWHERE) is None
    assert one.remote == HERE


def test_a_session_whose_only_connection_is_lost_comes_back_by_a_check(it, one):
    it.checks(one, TCP, nominate=True)
    it.board.forget(TCP)
    assert one.remote is None

    it.checks(one, TCP._replace(number=2))

    assert one.remote == TCP._replace(number=2)
