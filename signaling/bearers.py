"""Bearers: who asks over HTTP, and who may read what.

Whether a *command* is allowed is the conference's to say; what may be *read* is said here, in
READERS, and what of it an audience is shown, by the projection (practice.md A22): a site reads
phase, programme, stage, names, the agenda's titles, and its own object.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

from aiohttp import web

from bridge.conference.words import RefusalCode, Role
from bridge.identity import Identity
from signaling.allowance import MESSAGES, Allowance, Rate
from signaling.identity import Keyring, TokenError
from signaling.ports import Bridge
from signaling.problem import Problem

_ALL: Final = frozenset(Role) - {Role.METRICS}
_DESK: Final = frozenset({Role.CHAIR, Role.DEPUTY, Role.SECRETARY, Role.TECHNICIAN})
READERS: Final[Mapping[str, frozenset[Role]]] = {
    "conference": _ALL,
    "floor": _ALL,
    "agenda": _ALL,
    "events": _ALL,
    "rollcall": _DESK | {Role.SITE},
    "notes": _DESK | {Role.SITE},
    "chair": _DESK,
    "policy": _DESK,
    "sites": _DESK | {Role.METRICS},
    "minutes": _DESK - {Role.TECHNICIAN},
    "technical": _DESK,
    "check": _DESK,
    "media": frozenset({Role.CHAIR, Role.TECHNICIAN, Role.METRICS}),
    "metrics": frozenset({Role.METRICS}),
}
"""Beside these, a site may read its own object of ``sites``.  ``technical`` is the technicians'
report; the minutes with the statistics of who spoke how long are not theirs."""

_USERS_REMEMBERED: Final = 1024


def bearer(authorization: str, keyring: Keyring, conference: str) -> Identity:
    """Who shows this Authorization header.  Raises Problem."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem("token_invalid", "Authorization: Bearer <token> is needed")
    try:
        return keyring.verify(token.strip(), conference)
    except TokenError as error:
        raise Problem(error.code, error.text) from None


def check_reader(identity: Identity, what: str) -> None:
    """Raises Problem unless READERS lets this bearer read it."""
    if READERS[what].isdisjoint(identity.roles):
        raise Problem(RefusalCode.NOT_AUTHORIZED, f"the token's roles may not read {what}")


class Bearers:
    """Those who ask this bridge, each no more often than allowed."""

    def __init__(
        self,
        bridge: Bridge,
        keyring: Keyring,
        *,
        rate: Rate = MESSAGES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bridge = bridge
        self._keyring = keyring
        self._rate = rate
        self._clock = clock
        self._allowances: OrderedDict[str, Allowance] = OrderedDict()

    def of(self, request: web.Request) -> Identity:
        """Who asks.  Raises Problem: nobody we know, or too often."""
        authorization = request.headers.get("Authorization", "")
        identity = bearer(authorization, self._keyring, self._bridge.conference_id())
        if not self._allowance(identity.user).take(now=self._clock()):
            raise Problem("rate_limited", "too many requests")
        return identity

    def reader(self, request: web.Request, what: str) -> Identity:
        """Who asks, and may read *what*.  Raises Problem."""
        identity = self.of(request)
        check_reader(identity, what)
        return identity

    def _allowance(self, user: str) -> Allowance:
        allowance = self._allowances.pop(user, None) or Allowance(self._rate, now=self._clock())
        self._allowances[user] = allowance
        if len(self._allowances) > _USERS_REMEMBERED:
            self._allowances.popitem(last=False)
        return allowance
