"""Datagrams over a stream: RFC 4571, as ICE uses it for TCP candidates (RFC 6544 section 3).

Each datagram goes behind its length, two bytes in network order; nothing else is in the stream,
so one wrong length makes noise of all that follows.  There is no way to find the next frame: a
peer whose length cannot be has to be closed.

A length could say 65535.  Nothing we negotiate is longer than an Ethernet frame, so a longer one
is the peer's error and not a reason to keep 64 KiB for it.  A length of zero is legal (section 2)
and carries nothing.
"""

from __future__ import annotations

from typing import Final

MAX_FRAME_BYTES: Final = 1500
LENGTH_BYTES: Final = 2


class FrameTooLong(Exception):
    """A length above ``MAX_FRAME_BYTES``; the stream cannot be read any further."""

    def __init__(self, length: int) -> None:
        super().__init__(f"a frame of {length} bytes")
        self.length = length


class Deframer:
    """One direction of one stream.  Keeps less than one frame between two calls."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes | bytearray | memoryview) -> list[bytes]:
        """Every frame that is complete now, in order, without the empty ones.

        Raises :class:`FrameTooLong`; complete frames of the same call are lost with it, and there
        must be no further call.
        """
        rest = self._rest
        rest += data
        frames = []
        at, end = 0, len(rest)
        with memoryview(rest) as view:
            while end - at >= LENGTH_BYTES:
                length = view[at] << 8 | view[at + 1]
                if length > MAX_FRAME_BYTES:
                    raise FrameTooLong(length)
                after = at + LENGTH_BYTES + length
                if after > end:
                    break
                if length:
                    frames.append(bytes(view[at + LENGTH_BYTES : after]))
                at = after
        del rest[:at]
        return frames


def frame(data: bytes) -> bytes:
    """*data* behind its length.  Raises :class:`FrameTooLong`: nobody would take it."""
    if len(data) > MAX_FRAME_BYTES:
        raise FrameTooLong(len(data))
    return len(data).to_bytes(LENGTH_BYTES, "big") + data
