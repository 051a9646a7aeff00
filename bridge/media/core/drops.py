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
    TCP_FRAME = "tcp_frame"  # a frame longer than any packet; the connection ends
    TCP_REFUSED = "tcp_refused"  # too many TCP connections that proved nothing; the oldest ends
    DTLS_OVERFLOW = "dtls_overflow"  # the handshake's bounded queue is full
    # below the forwarder
    NOT_READY = "not_ready"  # SRTP before the handshake is done
    SRTP_UNAUTHENTIC = "srtp_unauthentic"  # wrong key, changed bytes or a replay
    RTP_MALFORMED = "rtp_malformed"
    RTCP_MALFORMED = "rtcp_malformed"
    UNKNOWN_SOURCE = "unknown_source"  # neither SSRC, RID nor MID says which m-line
    PAYLOAD_TYPE = "payload_type"  # not the negotiated codec
    DUPLICATE = "duplicate"  # came before, by itself or by retransmission
    REPEAT_UNKNOWN = "repeat_unknown"  # a retransmission of no stream that we know
    PADDING = "padding"  # a retransmission of nothing: the sender probes its line
    SEQUENCE_JUMP = "sequence_jump"  # far from the stream's numbers, and the first of its kind
    # in the forwarder
    GATE = "gate"  # the site's gate is shut
    NOT_WATCHED = "not_watched"  # no slot shows this layer
    AWAITING_KEYFRAME = "awaiting_keyframe"  # the slot's new source has not sent its key frame
    CODEC = "codec"  # no slot that would show it can decode it
    BANDWIDTH = "bandwidth"  # the line of the slot's subscriber carries no layer of it
    TEMPORAL = "temporal"  # of frames that the line of the slot's subscriber lacks room for
    BEFORE_SWITCH = "before_switch"  # older than the key frame the slot switched at
    # asked for again by a subscriber, and not sent again
    REPEAT_GONE = "repeat_gone"  # older than what is remembered, or never sent
    REPEAT_TOO_SOON = "repeat_too_soon"  # sent again less than a round trip ago
    REPEAT_LIMIT = "repeat_limit"  # more than its line is given for it
    # at the socket, outwards
    SRTP_REFUSED = "srtp_refused"  # longer than libsrtp's binding can encrypt
    SEND_BUFFER = "send_buffer"  # the kernel takes no more now
    FRAME_CUT = "frame_cut"  # the rest of a picture of which a part met a full buffer
    SEND_ERROR = "send_error"  # the kernel refused (unreachable and the like)
