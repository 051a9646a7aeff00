"""Checks: the asking half of ICE for the raw clients of the benches (RFC 8445 section 7.1).

One socket, one address on the other side, no choice to make: a client asks until it is answered,
nominating at once, and asks again as a sign of life.  aioice, which does all of ICE for the
synthetic sites, would put its own reader between the socket and the count.

The answer is believed by its transaction id alone: who else would answer is this machine.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from typing import Final

COOKIE: Final = 0x2112A442
TRANSACTION_BYTES: Final = 12

_HEADER: Final = struct.Struct("!HHI12s")
_ATTRIBUTE: Final = struct.Struct("!HH")
_REQUEST: Final = 0x0001
_SUCCESS: Final = 0x0101
_USERNAME: Final = 0x0006
_MESSAGE_INTEGRITY: Final = 0x0008
_PRIORITY: Final = 0x0024
_USE_CANDIDATE: Final = 0x0025
_FINGERPRINT: Final = 0x8028
_CONTROLLED: Final = 0x8029
_CONTROLLING: Final = 0x802A
_FINGERPRINT_MASK: Final = 0x5354554E
_HOST_PRIORITY: Final = 0x6EFFFFFF
"""A peer-reflexive candidate's, component 1 (RFC 8445 5.1.2)."""


def binding_request(
    *, transaction: bytes, username: str, pwd: str, controlling: bool, tie_breaker: int
) -> bytes:
    """A check, signed with the other side's password *pwd*; *username* is ``theirs:ours``."""
    role = _CONTROLLING if controlling else _CONTROLLED
    body = (
        _attribute(_USERNAME, username.encode())
        + _attribute(_PRIORITY, struct.pack("!I", _HOST_PRIORITY))
        + _attribute(role, struct.pack("!Q", tie_breaker))
        + (_attribute(_USE_CANDIDATE, b"") if controlling else b"")
    )
    signed = _head(len(body) + 24, transaction) + body
    integrity = hmac.new(pwd.encode(), signed, hashlib.sha1).digest()
    body += _attribute(_MESSAGE_INTEGRITY, integrity)
    summed = _head(len(body) + 8, transaction) + body
    crc = zlib.crc32(summed) ^ _FINGERPRINT_MASK
    return summed + _attribute(_FINGERPRINT, struct.pack("!I", crc))


def is_answer(data: bytes, transaction: bytes) -> bool:
    """Whether this is the success response to the request of *transaction*."""
    if len(data) < _HEADER.size:
        return False
    kind, _, cookie, its = _HEADER.unpack_from(data)
    return bool(kind == _SUCCESS and cookie == COOKIE and its == transaction)


def _head(length: int, transaction: bytes) -> bytes:
    return _HEADER.pack(_REQUEST, length, COOKIE, transaction)


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) % 4)
