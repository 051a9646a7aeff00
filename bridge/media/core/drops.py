"""DropReason: a name for everything lost.

The value is the word in the log, the label of the metric and what tests assert; an early return
on a packet's way that has no name here is a bug.
"""

from __future__ import annotations

from enum import StrEnum


class DropReason(StrEnum):
    # at the socket
    SIZE = "size"  # shorter than any header or longer than any datagram we accept
    FIRST_BYTE = "first_byte"  # outside the ranges of RFC 7983
    UNKNOWN_ADDRESS = "unknown_address"  # not a transport address authenticated by STUN
    STUN_MALFORMED = "stun_malformed"
    STUN_NOT_FOR_US = "stun_not_for_us"  # no session with this ufrag, or not a binding request
    STUN_UNAUTHENTIC = "stun_unauthentic"  # MESSAGE-INTEGRITY missing or wrong
    DTLS_OVERFLOW = "dtls_overflow"  # the handshake's bounded queue is full
    # below the forwarder
    NOT_READY = "not_ready"  # SRTP before the handshake is done
    SRTP_UNAUTHENTIC = "srtp_unauthentic"  # wrong key, changed bytes or a replay
    RTP_MALFORMED = "rtp_malformed"
    RTCP_MALFORMED = "rtcp_malformed"
    UNKNOWN_SOURCE = "unknown_source"  # neither SSRC, RID nor MID says which m-line
    PAYLOAD_TYPE = "payload_type"  # not the negotiated codec
    SEQUENCE_JUMP = "sequence_jump"  # far from the stream's numbers, and the first of its kind
    # in the forwarder
    GATE = "gate"  # the site's gate is shut
    NOT_WATCHED = "not_watched"  # no slot shows this layer
    AWAITING_KEYFRAME = "awaiting_keyframe"  # the slot's new source has not sent its key frame
    BEFORE_SWITCH = "before_switch"  # older than the key frame the slot switched at
    # at the socket, outwards
    SRTP_REFUSED = "srtp_refused"  # longer than libsrtp's binding can encrypt
    SEND_BUFFER = "send_buffer"  # the kernel takes no more now
    SEND_ERROR = "send_error"  # the kernel refused (unreachable and the like)
