"""The server's half of connectivity checks: ICE-lite (RFC 8445) over STUN (RFC 8489).

A lite agent sends no checks.  It answers binding requests, and a check that proves to know our
password is what makes a transport address the session's own; USE-CANDIDATE among them says which
address the client has chosen.

``aioice.stun`` is the codec.  It is made for full agents among friends: it does not look at the
magic cookie and lets ``struct.error`` out of attributes of wrong length.  Here any bytes give a
:class:`BindingRequest` or :class:`StunMalformed`.

Two answers of full agents are missing on purpose.  487 Role Conflict: a lite agent is always
controlled and its peer, told by ``a=ice-lite``, always controlling; there is no conflict to mend.
420 Unknown Attribute: checks carry no attribute that must be understood but those of RFC 8445.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, Literal

from aioice import stun

from bridge.media.core.drops import DropReason

MAX_BYTES: Final = 1500
"""RFC 8489 6.1 keeps requests below the path's MTU; aioice's length arithmetic needs some bound."""

_COOKIE: Final = struct.pack("!I", stun.COOKIE)
_ERRORS: Final = {400: "Bad Request", 401: "Unauthenticated"}


class StunMalformed(Exception):
    """Not a binding request: broken, or a message for somebody else; ``drop`` says which."""

    def __init__(self, drop: DropReason) -> None:
        super().__init__(drop.value)
        self.drop = drop


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingRequest:
    """A well-formed check, not yet believed."""

    local_ufrag: str
    """Our half of USERNAME: names the session.  Empty without USERNAME."""
    remote_ufrag: str
    use_candidate: bool
    ice_controlling: bool
    message: stun.Message

    def authenticate(self, pwd: str) -> bool:
        """Whether the sender knows our password: MESSAGE-INTEGRITY is there and right."""
        return self.message.check_message_integrity(pwd.encode())

    @property
    def error_code(self) -> Literal[400, 401]:
        """What to answer when it does not authenticate (RFC 8489 9.1.3), if anything."""
        signed = {"USERNAME", "MESSAGE-INTEGRITY"} <= self.message.attributes.keys()
        return 401 if signed else 400


def parse_binding_request(data: bytes) -> BindingRequest:
    """Read a datagram whose first byte is 0 to 3.  Raises :class:`StunMalformed`."""
    if len(data) > MAX_BYTES or data[4:8] != _COOKIE:
        raise StunMalformed(DropReason.STUN_MALFORMED)
    try:
        message = stun.parse_message(data)
    except (ValueError, struct.error) as error:
        raise StunMalformed(DropReason.STUN_MALFORMED) from error
    if (message.message_method, message.message_class) != (
        stun.Method.BINDING,
        stun.Class.REQUEST,
    ):
        raise StunMalformed(DropReason.STUN_NOT_FOR_US)
    local, _, remote = message.attributes.get("USERNAME", "").partition(":")
    return BindingRequest(
        local_ufrag=local,
        remote_ufrag=remote,
        use_candidate="USE-CANDIDATE" in message.attributes,
        ice_controlling="ICE-CONTROLLING" in message.attributes,
        message=message,
    )


def binding_response(
    request: BindingRequest, address: tuple[str, int, *tuple[object, ...]], pwd: str
) -> bytes:
    """The success response: tells the sender its address as we see it, signed with our password.

    Of *address* the first two, host and port, are told.  What may follow says which socket it is
    on this machine: the flow and scope of an IPv6 socket address, or the TCP connection.
    """
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.RESPONSE,
        transaction_id=request.message.transaction_id,
        attributes={"XOR-MAPPED-ADDRESS": address[:2]},
    )
    response.add_message_integrity(pwd.encode())
    return bytes(response)


def error_response(request: BindingRequest) -> bytes:
    """The refusal of a request that does not authenticate, unsigned (RFC 8489 9.1.3).

    At most 52 bytes to whoever wrote the sender's address; a caller may well send none.
    """
    code = request.error_code
    response = stun.Message(
        message_method=stun.Method.BINDING,
        message_class=stun.Class.ERROR,
        transaction_id=request.message.transaction_id,
        attributes={"ERROR-CODE": (code, _ERRORS[code])},
    )
    response.add_fingerprint()
    return bytes(response)
