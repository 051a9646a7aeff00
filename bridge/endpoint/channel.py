"""Channel: how an endpoint talks with its service about media.

An endpoint knows media and nothing of WebSockets, tokens or the conference.  Whoever joins it to a
service (``signaling/client.py``, a test) gives it a channel that carries these messages as plain
dictionaries, written down in docs/protocol.md:

======================  ==========================================================
endpoint -> service     ``media.offer {id, sdp, slots: {mid: slot}, restart?}``
                        ``endpoint.report {mic: on|off|silent|none, level}``
service -> endpoint     ``media.answer {re, sdp}``, ``media.want {layers}``,
                        ``media.set {mic: live|mute|ask, on_air}``, ``media.reset {reason}``,
                        ``stage {rev, slots: {slot: site}}``, ``bye {reason}``,
                        ``error {re, code, text?}`` to an offer that was refused
======================  ==========================================================

Other types may arrive and are ignored.

A channel may lose its line and join again by itself.  It then owes the endpoint a
``media.reset`` when the service started anew meanwhile, for its media is gone; while the line is
down it may drop what is sent: reports are perishable, and an offer that is not answered is made
again.
"""

from __future__ import annotations

from typing import Any, Protocol

Message = dict[str, Any]


class ChannelClosed(Exception):
    """The channel will not come back."""


class Channel(Protocol):
    async def send(self, message: Message) -> None:
        """Raises ChannelClosed."""

    async def receive(self) -> Message:
        """The next message, in order.  Raises ChannelClosed."""
