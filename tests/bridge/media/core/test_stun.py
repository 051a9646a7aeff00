"""STUN of a lite agent: a real client's checks, RFC 5769's numbers, and any bytes at all."""

from __future__ import annotations

import struct

import pytest
from aioice import stun as client
from hypothesis import given
from hypothesis import strategies as st

from bridge.media.core.drops import DropReason
from bridge.media.core.stun import (
    MAX_BYTES,
    StunMalformed,
    binding_response,
    error_response,
    parse_binding_request,
)

PWD = "serverserverserverserver"


def check(*, pwd=PWD, nominate=True, method=client.Method.BINDING, kind=client.Class.REQUEST):
    attributes = {
        "USERNAME": "srv1:cli1",
        "PRIORITY": 1853824767,
        "ICE-CONTROLLING": 0x1122334455667788,
    }
    if nominate:
        attributes["USE-CANDIDATE"] = None
    message = client.Message(method, kind, b"transaction!", attributes)
    if pwd:
        message.add_message_integrity(pwd.encode())
    return bytes(message)


def attribute(number: int, value: bytes) -> bytes:
    padded = value + bytes(-len(value) % 4)
    return struct.pack("!HH", number, len(value)) + padded


def packet(*attributes: bytes, kind=0x0001, cookie=0x2112A442) -> bytes:
    body = b"".join(attributes)
    return struct.pack("!HHI12s", kind, len(body), cookie, b"transaction!") + body


def test_a_check_names_both_ends_and_proves_itself():
    request = parse_binding_request(check())
    assert (request.local_ufrag, request.remote_ufrag) == ("srv1", "cli1")
    assert request.use_candidate
    assert request.ice_controlling
    assert request.authenticate(PWD)
    assert not request.authenticate(PWD + "x")


def test_a_check_without_nomination_says_so():
    assert not parse_binding_request(check(nominate=False)).use_candidate


def test_one_changed_bit_before_the_fingerprint_is_not_authentic():
    good = check()
    for at in range(len(good) - 8):
        # recomputed as a forger would: FINGERPRINT is no secret, MESSAGE-INTEGRITY must hold alone
        changed = bytearray(good[:-8])
        changed[at] ^= 0x01
        forged = bytes(changed) + attribute(
            0x8028, struct.pack("!I", client.message_fingerprint(bytes(changed)))
        )
        try:
            request = parse_binding_request(forged)
        except StunMalformed:
            continue
        assert not request.authenticate(PWD), at


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (("203.0.113.7", 54321), ("203.0.113.7", 54321)),
        (("2001:db8::7", 54321, 0, 0), ("2001:db8::7", 54321)),
        (("fe80::7", 9, 0, 2), ("fe80::7", 9)),
        (("fe80::7%2", 9, 0, 2), ("fe80::7", 9)),
        (("::1", 65535, "tcp", 7), ("::1", 65535)),
    ],
    ids=["IPv4", "IPv6", "link-local", "link-local with its scope", "TCP"],
)
def test_the_response_tells_the_address_and_is_signed(address, told):
    request = parse_binding_request(check())
    response = client.parse_message(binding_response(request, address, PWD))
    assert (response.message_method, response.message_class) == (0x001, 0x100)
    assert response.transaction_id == b"transaction!"
    assert response.attributes["XOR-MAPPED-ADDRESS"] == told
    assert list(response.attributes)[-1] == "FINGERPRINT"
    assert response.check_message_integrity(PWD.encode())


def test_the_mapped_address_of_ipv6_is_that_of_rfc_5769():
    """Section 2.3: cookie and transaction id are what the address is mixed with."""
    transaction = bytes.fromhex("b7e7a701bc34d686fa87dfae")
    request = parse_binding_request(struct.pack("!HHI12s", 1, 0, 0x2112A442, transaction))
    response = binding_response(request, ("2001:db8:1234:5678:11:2233:4455:6677", 32853), PWD)

    mapped = bytes.fromhex("0002a147 0113a9faa5d3f179bc25f4b5bed2b9d9")
    assert response[20:].startswith(attribute(0x0020, mapped))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (check(pwd="someone else's password"), 401),
        (check(pwd=""), 400),
        (packet(attribute(0x0008, bytes(20))), 400),
        (packet(), 400),
    ],
    ids=["wrong password", "unsigned", "no username", "bare"],
)
def test_a_check_that_proves_nothing_is_refused_by_its_kind(data, code):
    request = parse_binding_request(data)
    assert not request.authenticate(PWD)
    assert request.ice_controlling == request.use_candidate == (len(data) > 44)
    refusal = error_response(request)
    assert len(refusal) <= 52
    response = client.parse_message(refusal)
    assert response.message_class == client.Class.ERROR
    assert response.transaction_id == b"transaction!"
    assert response.error_code == code
    assert list(response.attributes) == ["ERROR-CODE", "FINGERPRINT"]


def test_the_sample_request_of_rfc_5769_authenticates():
    """Section 2.1, built from its fields: padding of USERNAME with spaces, SOFTWARE first."""
    unsigned = packet(
        attribute(0x8022, b"STUN test client"),
        attribute(0x0024, bytes.fromhex("6e0001ff")),
        attribute(0x8029, bytes.fromhex("932ff9b151263b36")),
        struct.pack("!HH", 0x0006, 9) + b"evtj:h6vY" + b"   ",
    )
    transaction = bytes.fromhex("b7e7a701bc34d686fa87dfae")
    unsigned = unsigned[:2] + struct.pack("!H", 0x58) + unsigned[4:8] + transaction + unsigned[20:]
    integrity = bytes.fromhex("9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2")
    sample = unsigned + attribute(0x0008, integrity) + attribute(0x8028, bytes.fromhex("e57a3bcf"))
    request = parse_binding_request(sample)
    assert request.authenticate("VOkJxbRl1RmTxUk/WvJxBt")
    assert (request.local_ufrag, request.remote_ufrag) == ("evtj", "h6vY")
    assert not request.ice_controlling


@pytest.mark.parametrize(
    ("data", "drop"),
    [
        (b"", DropReason.STUN_MALFORMED),
        (b"\x00", DropReason.STUN_MALFORMED),
        (check()[:19], DropReason.STUN_MALFORMED),
        (check()[:-1], DropReason.STUN_MALFORMED),
        (check() + b"\x00", DropReason.STUN_MALFORMED),
        (check()[:-1] + b"\xff", DropReason.STUN_MALFORMED),
        (packet(cookie=0x2112A443), DropReason.STUN_MALFORMED),
        (packet(kind=0x0FFF), DropReason.STUN_MALFORMED),
        (packet(attribute(0x0006, b"\xff\xfe")), DropReason.STUN_MALFORMED),
        (packet(attribute(0x0024, b"\x00")), DropReason.STUN_MALFORMED),
        (packet(attribute(0x0024, b"")), DropReason.STUN_MALFORMED),
        (packet(attribute(0x802A, b"\x00" * 7)), DropReason.STUN_MALFORMED),
        (packet(attribute(0x000C, b"\x00")), DropReason.STUN_MALFORMED),
        (packet(attribute(0x0009, b"\x00" * 3)), DropReason.STUN_MALFORMED),
        (packet(attribute(0x0009, b"\x00\x00\x04\x00\xff")), DropReason.STUN_MALFORMED),
        (packet(attribute(0x0020, b"\x00\x03" + bytes(6))), DropReason.STUN_MALFORMED),
        (packet(attribute(0x0020, b"\x00\x01" + bytes(5))), DropReason.STUN_MALFORMED),
        (packet(attribute(0x8028, bytes(4))), DropReason.STUN_MALFORMED),
        (packet(attribute(0x0006, b"a" * MAX_BYTES)), DropReason.STUN_MALFORMED),
        (check(kind=client.Class.RESPONSE), DropReason.STUN_NOT_FOR_US),
        (check(kind=client.Class.INDICATION), DropReason.STUN_NOT_FOR_US),
        (check(method=client.Method.ALLOCATE), DropReason.STUN_NOT_FOR_US),
    ],
)
def test_what_is_no_binding_request_is_dropped_by_name(data, drop):
    with pytest.raises(StunMalformed) as dropped:
        parse_binding_request(data)
    assert dropped.value.drop is drop


def parse_and_judge(data: bytes) -> None:
    try:
        request = parse_binding_request(data)
    except StunMalformed:
        return
    assert not request.authenticate("another password of the right length")
    assert error_response(request)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_request_or_a_named_drop(data):
    parse_and_judge(data)
    parse_and_judge(check()[:20] + data)
    parse_and_judge(packet(data))


@given(
    st.lists(
        st.builds(
            attribute,
            st.sampled_from([number for number, *_ in client.ATTRIBUTES]) | st.integers(0, 65535),
            st.binary(max_size=24),
        ),
        max_size=6,
    )
)
def test_any_attributes_give_a_request_or_a_named_drop(attributes):
    parse_and_judge(packet(*attributes))


@given(st.integers(0, len(check()) - 1), st.binary(min_size=1, max_size=8))
def test_a_real_check_overwritten_anywhere_gives_a_request_or_a_named_drop(at, patch):
    parse_and_judge(check()[:at] + patch + check()[at + len(patch) :])
