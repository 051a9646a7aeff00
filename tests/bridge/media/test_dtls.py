"""The contract with aiortc and pylibsrtp, and the adapter built on it.

A version that breaks a law here breaks the media plane; nothing else in the project looks at a
private name of theirs.
"""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import struct
from importlib.metadata import version

import pytest
from aiortc import RTCDtlsTransport
from OpenSSL import SSL

from bridge.media import dtls
from bridge.media.dtls import (
    MAX_INBOX,
    MAX_PROTECT_BYTES,
    MAX_PROTECT_RTCP_BYTES,
    MAX_UNPROTECT_BYTES,
    SRTP_FAILURES,
    Dtls,
    DtlsFailed,
    SrtpError,
    certificate,
    fingerprint,
)
from bridge.media.seal import Sealer

SERVER_CERTIFICATE = certificate()
CLIENT_CERTIFICATE = certificate()
RTP = struct.pack("!BBHII", 0x80, 111, 1, 960, 1234) + b"sound"
RTCP = struct.pack("!BBHI", 0x80, 201, 1, 1234)


@pytest.fixture(autouse=True)
async def nothing_is_left_over():
    """After each test: no task but its own, and no loop error."""
    errors: list[dict] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))
    yield errors
    gc.collect()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert errors == []


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is awaited has no event of its own
            await asyncio.sleep(0)


# The names


@pytest.mark.parametrize(("package", "pinned"), [("aiortc", "1.16.0"), ("pylibsrtp", "1.0.0")])
def test_the_versions_are_those_the_laws_were_tried_with(package, pinned):
    assert version(package) == pinned


def test_the_private_names_of_aiortc_are_there():
    for name in ("_set_role", "_validate_peer_identity", "_setup_srtp", "start", "stop", "state"):
        assert hasattr(RTCDtlsTransport, name), name
    source = inspect.getsource(RTCDtlsTransport)
    assert "self.transport._recv()" in source
    assert "self.transport._send(data)" in source
    instance = RTCDtlsTransport(None, [SERVER_CERTIFICATE])
    for name in ("_srtp_profiles", "_task", "_ssl", "_rx_srtp", "_tx_srtp"):
        assert hasattr(instance, name), name


def test_a_fingerprint_is_sha_256_in_pairs():
    assert len(fingerprint(SERVER_CERTIFICATE)) == 32 * 3 - 1
    assert fingerprint(SERVER_CERTIFICATE) != fingerprint(CLIENT_CERTIFICATE)


# DTLS


class Pair:
    """A server and a client over memory; ``filter(sender, datagram)`` may change what arrives."""

    def __init__(self, filter_=lambda _, datagram: [datagram]):
        self.closed: list[tuple[str, str]] = []
        self.sent: list[tuple[str, bytes]] = []
        self._filter = filter_
        self.server = self._end("server", SERVER_CERTIFICATE)
        self.client = self._end("client", CLIENT_CERTIFICATE)

    def _end(self, role, own):
        return Dtls(
            own,
            role,
            lambda datagram: self._carry(role, datagram),
            on_closed=lambda reason: self.closed.append((role, reason)),
        )

    def _carry(self, sender, datagram):
        self.sent.append((sender, datagram))
        receiver = self.client if sender == "server" else self.server
        for arriving in self._filter(sender, datagram):
            receiver.feed(arriving)

    async def shake(self, **changes):
        ends = {"server": self.shake_server, "client": self.shake_client}
        return await asyncio.gather(*(shake(**changes) for shake in ends.values()))

    async def shake_server(self, **changes):
        expected = [("sha-256", fingerprint(CLIENT_CERTIFICATE))]
        await self.server.handshake(**({"remote_fingerprints": expected} | changes))

    async def shake_client(self, **changes):
        expected = [("sha-256", fingerprint(SERVER_CERTIFICATE))]
        await self.client.handshake(**({"remote_fingerprints": expected} | changes))

    async def close(self):
        await self.client.close()
        await self.server.close()


async def reason_of(handshake) -> str:
    with pytest.raises(DtlsFailed) as failed:
        await handshake
    return failed.value.reason


def assert_they_understand_each_other(one: Dtls, other: Dtls):
    for here, there in ((one, other), (other, one)):
        assert there.unprotect(here.protect(RTP)) == RTP
        assert there.unprotect_rtcp(here.protect_rtcp(RTCP)) == RTCP


async def test_after_the_handshake_both_ends_have_gcm_keys_and_bound_calls():
    pair = Pair()
    await pair.shake()
    assert_they_understand_each_other(pair.server, pair.client)
    assert pair.server.profile == pair.client.profile == "SRTP_AEAD_AES_128_GCM"
    assert inspect.ismethod(pair.server.protect)
    assert pair.closed == []
    assert max(len(datagram) for _, datagram in pair.sent) < 1200  # one bio_read of 1500 is enough
    pumps = [pair.server._association._task, pair.client._association._task]
    await pair.close()
    assert all(pump.done() for pump in pumps)


async def test_64_handshakes_at_once_have_64_keys():
    pairs = [Pair() for _ in range(64)]
    await asyncio.gather(*(pair.shake() for pair in pairs))
    for pair in pairs:
        assert_they_understand_each_other(pair.server, pair.client)
    with pytest.raises(SrtpError):
        pairs[0].server.unprotect(pairs[1].client.protect(RTP))
    await asyncio.gather(*(pair.close() for pair in pairs))


async def test_a_lost_first_flight_is_sent_again():
    lost: list[bytes] = []

    def lose_one(sender, datagram):
        if sender == "client" and not lost:
            lost.append(datagram)
            return []
        return [datagram]

    pair = Pair(lose_one)
    await pair.shake()
    assert lost
    assert_they_understand_each_other(pair.server, pair.client)
    await pair.close()


async def test_garbage_repeats_and_disorder_do_not_break_a_handshake():
    def disturb(_, datagram):
        noise = [b"\x14", b"\x16\xfe\xfd", bytes(range(20, 64)), b"\x3f" * 1472, datagram[:30]]
        return [*noise, datagram, datagram]

    pair = Pair(disturb)
    await pair.shake()
    assert_they_understand_each_other(pair.server, pair.client)
    for noise in (b"\x15", b"\x17" * 60, b"\x16\xfe\xfd" + bytes(10)):
        assert pair.server.feed(noise)
    await until(lambda: not pair.server._inbox._waiting)
    assert pair.closed == []
    await pair.close()


@pytest.mark.parametrize("datagram", [b"", b"\x00\x01", b"\x13", b"\x40", b"\x80" * 1600])
async def test_what_is_not_dtls_never_reaches_aiortc(datagram):
    pair = Pair()
    with pytest.raises(ValueError, match="not DTLS"):
        pair.server.feed(datagram)
    await pair.close()


async def test_the_inbox_is_bounded():
    pair = Pair()
    taken = [pair.server.feed(b"\x16" + bytes(20)) for _ in range(MAX_INBOX + 2)]
    assert taken == [True] * MAX_INBOX + [False] * 2
    await pair.close()


async def test_datagrams_fed_before_the_handshake_are_not_lost():
    pair = Pair()
    client = asyncio.ensure_future(pair.shake_client())
    await until(lambda: pair.sent)
    await pair.shake_server()
    await client
    assert_they_understand_each_other(pair.server, pair.client)
    await pair.close()


async def test_a_silent_peer_is_given_up_in_time():
    pair = Pair(lambda *_: [])
    assert await reason_of(pair.shake_server(timeout_s=0.02)) == "handshake_timeout"
    assert await reason_of(pair.shake_client(timeout_s=0.02)) == "handshake_timeout"
    assert not pair.server.feed(b"\x16" + bytes(20))
    await pair.close()


@pytest.mark.parametrize(
    "expected",
    [
        [("sha-256", ":".join(["00"] * 32))],
        [("md5", "00")],
        [
            ("sha-256", fingerprint(CLIENT_CERTIFICATE)),
            ("sha-256", fingerprint(SERVER_CERTIFICATE)),
        ],
    ],
    ids=["another", "unknown hash", "one of two"],
)
async def test_another_certificate_than_the_offer_named_is_refused(expected):
    pair = Pair()
    client = asyncio.ensure_future(pair.shake_client())
    refused = pair.shake_server(remote_fingerprints=expected)
    assert await reason_of(refused) == "fingerprint_mismatch"
    await client
    assert not hasattr(pair.server, "protect")
    await pair.close()


async def test_fingerprints_are_compared_without_regard_to_case():
    pair = Pair()
    lower = [("SHA-256", fingerprint(CLIENT_CERTIFICATE).lower())]
    await asyncio.gather(pair.shake_client(), pair.shake_server(remote_fingerprints=lower))
    await pair.close()


async def test_a_fatal_alert_ends_the_handshake():
    alert = b"\x15\xfe\xff" + bytes(8) + b"\x00\x02" + b"\x02\x28"
    pair = Pair(lambda sender, datagram: [alert] if sender == "server" else [datagram])
    server = asyncio.ensure_future(pair.shake_server())
    assert await reason_of(pair.shake_client()) == "handshake_failed"
    await pair.close()
    assert await reason_of(server) == "closed"


async def test_a_handshake_that_openssl_gives_up_is_a_failure_too(monkeypatch):
    def give_up(_):
        raise SSL.Error([("SSL routines", "", "read timeout expired")])

    monkeypatch.setattr(SSL.Connection, "DTLSv1_get_timeout", lambda _: 0.01)
    monkeypatch.setattr(SSL.Connection, "DTLSv1_handle_timeout", give_up)
    pair = Pair(lambda *_: [])
    assert await reason_of(pair.shake_client()) == "handshake_failed"
    await pair.close()


async def test_without_a_common_srtp_profile_there_are_no_keys(monkeypatch):
    monkeypatch.setattr(SSL.Connection, "get_selected_srtp_profile", lambda _: b"")
    pair = Pair()
    server = asyncio.ensure_future(pair.shake_server())
    assert await reason_of(pair.shake_client()) == "no_srtp_profile"
    assert await reason_of(server) == "no_srtp_profile"
    await pair.close()


async def test_closing_a_handshake_ends_its_wait():
    pair = Pair(lambda *_: [])
    server = asyncio.ensure_future(pair.shake_server())
    await asyncio.sleep(0)
    await pair.close()
    await pair.close()
    assert await reason_of(server) == "closed"


async def test_a_cancelled_handshake_leaves_nothing():
    pair = Pair(lambda *_: [])
    client = asyncio.ensure_future(pair.shake_client())
    await until(lambda: pair.sent)
    client.cancel()
    with pytest.raises(asyncio.CancelledError):
        await client
    await pair.close()


async def test_a_goodbye_that_meets_our_own_is_not_told():
    pair = Pair()
    await pair.shake()
    pump = pair.server._association._task
    goodbye = asyncio.ensure_future(pair.client.close())
    await until(pump.done)
    await pair.server.close()
    await goodbye
    assert pair.closed == []


async def test_the_deadline_is_gone_when_the_handshake_is_over(monkeypatch):
    loop = asyncio.get_running_loop()
    real, deadlines = loop.call_later, []

    def call_later(delay_s, call, *arguments):
        handle = real(delay_s, call, *arguments)
        if delay_s == 7.5:
            deadlines.append(handle)
        return handle

    monkeypatch.setattr(loop, "call_later", call_later)
    pair = Pair()
    await pair.shake(timeout_s=7.5)
    assert [deadline.cancelled() for deadline in deadlines] == [True, True]
    await pair.close()


async def test_the_other_end_hears_the_goodbye_once_and_the_closing_one_does_not():
    pair = Pair()
    await pair.shake()
    await pair.client.close()
    await until(lambda: pair.closed)
    await pair.close()
    assert pair.closed == [("server", "peer_closed")]
    assert not pair.server.feed(b"\x16" + bytes(20))


async def test_a_bug_in_the_pump_is_told_and_not_swallowed(monkeypatch, nothing_is_left_over):
    pair = Pair()
    await pair.shake()

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(SSL.Connection, "bio_write", fail)
    pair.server.feed(b"\x17" * 60)
    await until(lambda: pair.closed)
    assert pair.closed == [("server", "bug")]
    assert isinstance(nothing_is_left_over.pop()["exception"], ZeroDivisionError)
    await pair.close()


@pytest.mark.parametrize("profile", ["SRTP_AEAD_AES_128_GCM", "SRTP_AES128_CM_SHA1_80"])
async def test_each_end_hands_out_the_keys_it_seals_with_if_they_are_for_gcm(monkeypatch, profile):
    profiles = [known for known in dtls._SRTP_PROFILES if known.openssl_profile == profile.encode()]
    monkeypatch.setattr(dtls, "_SRTP_PROFILES", profiles)
    pair = Pair()
    await pair.shake()
    keys = [end.sealing_keys() for end in (pair.server, pair.client)]
    assert {pair.server.profile, pair.client.profile} == {profile}
    if "GCM" not in profile:
        assert keys == [None, None]
    else:
        assert keys[0] != keys[1]
        for end, there, (key, salt) in zip(
            (pair.server, pair.client), (pair.client, pair.server), keys, strict=True
        ):
            assert (len(key), len(salt)) == (16, 12)
            # What the sealer seals libsrtp opens, and it is byte for byte what libsrtp would seal.
            sealed = Sealer.from_master(key, salt).seal(1234, 1, RTP[:12], RTP[12:])
            assert there.unprotect(sealed) == RTP
            assert end.protect(RTP) == sealed
    await pair.close()


async def test_srtp_fails_only_in_the_documented_ways():
    pair = Pair()
    await pair.shake()
    server, client = pair.server, pair.client
    for call in (server.unprotect, server.unprotect_rtcp):
        for size in (0, 1, 11, 12, 40, 1499, MAX_UNPROTECT_BYTES):
            for data in (b"\x80" * size, os.urandom(size)):
                with pytest.raises(SrtpError):
                    call(data)
        with pytest.raises(ValueError, match="too long"):
            call(b"\x80" * (MAX_UNPROTECT_BYTES + 1))
    sealed = client.protect(RTP)
    server.unprotect(sealed)
    with pytest.raises(SrtpError):
        server.unprotect(sealed)
    assert set(SRTP_FAILURES) == {SrtpError, ValueError}
    await pair.close()


async def test_srtp_takes_packets_up_to_its_limits():
    pair = Pair()
    await pair.shake()
    for protect, unprotect, packet, limit in (
        (pair.server.protect, pair.client.unprotect, RTP, MAX_PROTECT_BYTES),
        (pair.server.protect_rtcp, pair.client.unprotect_rtcp, RTCP, MAX_PROTECT_RTCP_BYTES),
    ):
        longest = packet + bytes(limit - len(packet))
        assert unprotect(protect(longest)) == longest
        with pytest.raises(ValueError, match="too long"):
            protect(longest + b"\0")
    await pair.close()
