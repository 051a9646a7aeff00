"""Against the vectors of RFC 7714 and against libsrtp, whose peers must open what we seal."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Error, Policy, Session

from bridge.media.core.rtp import pack_header
from bridge.media.seal import NONCE_BYTES, TAG_BYTES, Sealer

KEY = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
SALT = bytes.fromhex("517569642070726f2071756f")
"""Session key and salt of RFC 7714 section 16."""
HEADER = bytes.fromhex("8040f17b8041f8d35501a0b2")
TEXT = b"Gallia est omnis divisa in partes tres"
SEALED = bytes.fromhex(
    "8040f17b8041f8d35501a0b2"
    "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
    "899d7f27beb16a9152cf765ee4390cce"
)
"""RFC 7714 section 16.1.1."""
SSRC, SEQ = 0x5501A0B2, 0xF17B

MASTER_KEY, MASTER_SALT = bytes(range(16)), bytes(range(100, 112))


def opener(ssrc: int, *, key: bytes = MASTER_KEY, salt: bytes = MASTER_SALT) -> Session:
    return Session(
        Policy(
            key=key + salt,
            ssrc_type=Policy.SSRC_SPECIFIC,
            ssrc_value=ssrc,
            srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
        )
    )


def plain(seq: int, ssrc: int, body: bytes = b"body") -> tuple[bytes, bytes]:
    return pack_header(False, 96, seq & 0xFFFF, 0, ssrc), body


def test_the_vector_of_the_rfc_is_sealed_as_it_says():
    assert Sealer(KEY, SALT).seal(SSRC, SEQ, HEADER, TEXT) == SEALED


def test_the_nonce_of_the_rfc_is_ours():
    # Section 16.1.1 writes it out: 51 75 3c 65 80 c2 72 6f 20 71 84 14.
    nonce = (Sealer(KEY, SALT).base(SSRC) ^ SEQ).to_bytes(NONCE_BYTES, "big")

    assert nonce.hex() == "51753c6580c2726f20718414"


def test_what_was_sealed_opens_with_its_header_alone():
    # Section 16.1.2, and one bit of the header changed.
    nonce = (Sealer(KEY, SALT).base(SSRC) ^ SEQ).to_bytes(NONCE_BYTES, "big")
    assert AESGCM(KEY).decrypt(nonce, SEALED[12:], HEADER) == TEXT

    with pytest.raises(InvalidTag):
        AESGCM(KEY).decrypt(nonce, SEALED[12:], HEADER[:-1] + b"\xb3")


@pytest.mark.parametrize("ssrc", [0, 1, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("size", [0, 1, 16, 1200])
def test_libsrtp_seals_the_same_bytes_with_the_same_master_keys(ssrc, size):
    header, body = plain(5, ssrc, bytes(range(256)) * 5)

    sealed = Sealer.from_master(MASTER_KEY, MASTER_SALT).seal(ssrc, 5, header, body[:size])

    assert sealed == opener(ssrc).protect(header + body[:size])
    assert len(sealed) == 12 + size + TAG_BYTES


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=12, max_size=12))
def test_session_keys_come_from_any_master_keys_as_libsrtp_has_them(key, salt):
    header, body = plain(1, 7)

    sealed = Sealer.from_master(key, salt).seal(7, 1, header, body)

    assert opener(7, key=key, salt=salt).unprotect(sealed) == header + body


@pytest.mark.parametrize("start", [0, 1, 32767, 32768, 65534, 65535])
def test_the_rollover_counter_is_the_upper_part_of_the_index(start):
    sealer, peer = Sealer.from_master(MASTER_KEY, MASTER_SALT), opener(7)

    for index in range(start, start + 3 * 65536, 9973):
        header, body = plain(index, 7, b"%d" % index)
        assert peer.unprotect(sealer.seal(7, index, header, body)) == header + body


def test_a_late_packet_before_the_wrap_is_of_its_own_round():
    sealer, peer = Sealer.from_master(MASTER_KEY, MASTER_SALT), opener(7)
    for index in (65530, 65540, 65535, 65539):
        header, body = plain(index, 7)
        assert peer.unprotect(sealer.seal(7, index, header, body)) == header + body


def test_a_peer_takes_no_index_of_another_round():
    sealer, peer = Sealer.from_master(MASTER_KEY, MASTER_SALT), opener(7)
    header, body = plain(5, 7)

    with pytest.raises(Error):
        peer.unprotect(sealer.seal(7, 65536 + 5, header, body))


@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF), st.integers(0, 2**48 - 1))
def test_no_two_indices_or_sources_share_a_nonce(ssrc, other, index):
    sealer = Sealer(KEY, SALT)

    assert (sealer.base(ssrc) ^ index == sealer.base(other) ^ index) == (ssrc == other)
    assert sealer.base(ssrc) ^ index != sealer.base(other) ^ index ^ 1
    assert sealer.base(ssrc) ^ index < 1 << 8 * NONCE_BYTES


def test_the_same_bytes_again_are_the_same_packet():
    sealer = Sealer.from_master(MASTER_KEY, MASTER_SALT)
    header, body = plain(9, 7)

    assert sealer.seal(7, 9, header, body) == sealer.seal(7, 9, header, body)
