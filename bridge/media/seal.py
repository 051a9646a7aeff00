"""Sealer: SRTP with AEAD_AES_128_GCM for what we send, without libsrtp (RFC 7714).

cryptography's AESGCM from Python takes 1.2 us a packet, pylibsrtp 2.75 (measured), and our own
streams need nothing else that libsrtp does: whoever numbers the packets knows the rollover counter,
so nothing is guessed and nothing looked up.

    nonce = (two zero bytes, SSRC, ROC, sequence number) XOR session salt     RFC 7714 section 8.1

ROC and sequence number together are the packet's index, a plain count.  Key and salt of the session
come from the master ones by AES in counter mode (RFC 3711 section 4.3.3, RFC 7714 section 11); the
key derivation rate is zero, as DTLS-SRTP has it.

One rule holds the secret: **an index of an SSRC is sealed once**, or again with the very same
bytes.  A second text under the same nonce gives both away, and the key to forge (section 8.4).
Numbers come from :class:`bridge.media.core.rewrite.Numbers`, one per SSRC, and never go back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TAG_BYTES: Final = 16
NONCE_BYTES: Final = 12

_LABEL_RTP_KEY: Final = 0
_LABEL_RTP_SALT: Final = 2
_LABEL_AT: Final = 7
"""Of the 16 bytes of a counter block: the label is XORed in above the 48-bit index."""
_SSRC_SHIFT: Final = 48


class Sealer:
    """The sealing of one session, all its SSRCs."""

    __slots__ = ("_salt", "encrypt")

    def __init__(self, key: bytes, salt: bytes) -> None:
        """Of *session* key and salt; :meth:`from_master` makes them."""
        self.encrypt: Callable[[bytes, bytes, bytes], bytes] = AESGCM(key).encrypt
        """(nonce, payload, header) -> payload encrypted, and the tag behind it."""
        self._salt = int.from_bytes(salt, "big")

    @classmethod
    def from_master(cls, key: bytes, salt: bytes) -> Sealer:
        return cls(
            _derived(key, salt, _LABEL_RTP_KEY, len(key)),
            _derived(key, salt, _LABEL_RTP_SALT, len(salt)),
        )

    def base(self, ssrc: int) -> int:
        """The nonce of index 0; that of another is ``(base ^ index).to_bytes(NONCE_BYTES, "big")``."""
        return self._salt ^ ssrc << _SSRC_SHIFT

    def seal(self, ssrc: int, index: int, header: bytes, payload: bytes) -> bytes:
        """One whole SRTP packet."""
        nonce = (self.base(ssrc) ^ index).to_bytes(NONCE_BYTES, "big")
        return header + self.encrypt(nonce, payload, header)


def _derived(key: bytes, salt: bytes, label: int, size: int) -> bytes:
    block = bytearray(salt.ljust(16, b"\0"))
    block[_LABEL_AT] ^= label
    stream = Cipher(algorithms.AES(key), modes.CTR(bytes(block))).encryptor()
    return stream.update(bytes(size))
