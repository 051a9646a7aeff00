"""PayloadBook: whose packet is this, told from its bytes in one look-up.

Synthetic sites send the same few payloads over and over, and the service forwards them untouched.
So a receiver that knows the clips knows who is heard without decoding anything, for every one of
thousands of packets a second; that is what makes "nobody hears a wrong site" a count and not a
sample.

A payload that two sites share proves nothing and is dropped from the book for both.
"""

from __future__ import annotations

from collections.abc import Iterable

from bridge.conference.words import SiteCode


class PayloadBook:
    def __init__(self) -> None:
        self._owners: dict[bytes, SiteCode] = {}
        self._shared: set[bytes] = set()

    def add(self, site: SiteCode, payloads: Iterable[bytes]) -> None:
        """Adding a site's payloads again changes nothing."""
        for payload in payloads:
            if payload in self._shared:
                continue
            if self._owners.setdefault(payload, site) != site:
                del self._owners[payload]
                self._shared.add(payload)

    def whose(self, payload: bytes) -> SiteCode | None:
        """The only site that sends this payload; None when unknown or shared."""
        return self._owners.get(payload)

    def known(self, site: SiteCode) -> int:
        """How many payloads tell this site from all others."""
        return sum(owner == site for owner in self._owners.values())

    @property
    def shared(self) -> int:
        return len(self._shared)
