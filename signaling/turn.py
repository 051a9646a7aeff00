"""Turn: what a page shows at a TURN server, so that it is lent a relay.

No account is kept anywhere.  The service and the server share one secret, and the service signs a
user name that says itself how long it is good: the convention of draft-uberti-behave-turn-rest-00,
which coturn calls ``use-auth-secret``:

    username   = "<expiry, Unix seconds>:<name>"
    credential = base64(HMAC-SHA1(secret, username))

SHA-1 is the convention's; as an HMAC it is not broken.

*name* is whose allocations the server counts together (``user-quota``) and what its log shows.  A
site's machines have the site's code: one of them in the wrong hands can take the site's share of
ports and no more.  All others have the id of their session, as our own log has it; people of the
centre share one code, and would share its quota.

:data:`LIFETIME_S` is a day, what the draft recommends too.  It begins anew with every hello, and a
page that builds its connection takes it from the newest.  But a page may be open from the evening
before, when it was tried, until the conference ends, without another hello; a server asks again
when a relay is built anew, also on a path that was just lost, and a credential that had expired at
that moment would cost exactly the site that needs it.  One that is stolen lends a way to the UDP
ports of the bridge, where every stranger may send anyway; deploy/coturn refuses every other peer.

The browser decides when a relay is used: ICE gives relayed candidates the lowest preference
(RFC 8445 section 5.1.2.2), so whoever reaches the service itself does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from signaling.notices import IceServer

LIFETIME_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    username: str
    password: str = field(repr=False)


def credential(secret: bytes, name: str, *, now_s: float) -> Credential:
    """Good for :data:`LIFETIME_S` from *now_s* (Unix seconds)."""
    username = f"{int(now_s) + LIFETIME_S}:{name}"
    signed = hmac.digest(secret, username.encode("utf-8"), hashlib.sha1)
    return Credential(username=username, password=base64.b64encode(signed).decode("ascii"))


class TurnServers:
    """The servers of one service; without *urls* there are none."""

    def __init__(
        self,
        urls: Sequence[str] = (),
        secret: bytes = b"",
        *,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._urls = tuple(urls)
        self._secret = secret
        self._wall_clock = wall_clock

    def lent_to(self, name: str) -> tuple[IceServer, ...]:
        """For ``hello.ok``."""
        if not self._urls:
            return ()
        shown = credential(self._secret, name, now_s=self._wall_clock())
        return (IceServer(urls=self._urls, username=shown.username, credential=shown.password),)
