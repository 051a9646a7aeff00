"""Checks: what must be so before a wish is granted.  Each raises the no that belongs to it.

:class:`Refused` is thrown and caught between these modules only; outside, a no is the value
:class:`bridge.conference.words.Refusal`.
"""

from __future__ import annotations

from bridge.conference import floor
from bridge.conference.agenda import Item
from bridge.conference.state import Conference, Request
from bridge.conference.words import (
    CENTRE,
    Link,
    Phase,
    Refusal,
    RefusalCode,
    RequestStatus,
    SiteCode,
)


class Refused(Exception):
    """The answer is no; ``decide`` returns it as :attr:`refusal`."""

    def __init__(self, code: RefusalCode, text: str, **detail: object) -> None:
        super().__init__(text)
        self.refusal = Refusal(code=code, text=text, detail=detail or None)


def known_site(conference: Conference, site: SiteCode | None) -> SiteCode:
    """*site*, if it is of this conference."""
    if site is None or site not in conference.sites:
        text = "no site is named" if site is None else f"there is no site {site}"
        raise Refused(RefusalCode.SITE_NOT_FOUND, text)
    return site


def known_request(conference: Conference, number: int) -> Request:
    """The request of that number, ongoing or ended."""
    if number not in conference.requests:
        raise Refused(RefusalCode.REQUEST_NOT_FOUND, f"there is no request {number}")
    return conference.requests[number]


def known_item(conference: Conference, number: int) -> Item:
    """The item of the agenda with that number."""
    if number not in conference.agenda.items:
        raise Refused(RefusalCode.ITEM_NOT_FOUND, f"there is no agenda item {number}")
    return conference.agenda.items[number]


def after(request: Request, action: floor.Action) -> RequestStatus:
    """What *action* makes of *request*, if the floor table knows it."""
    try:
        return floor.after(request.status, action)
    except floor.NoSuchChangeError as error:
        raise Refused(RefusalCode.BAD_STATE, f"request {request.id}: {error}") from None


def session_is_open(conference: Conference) -> None:
    """The floor is given in ``open`` only."""
    if conference.phase is not Phase.OPEN:
        raise Refused(RefusalCode.BAD_STATE, f"the floor is not given in {conference.phase}")


def needs_floor(site: SiteCode) -> None:
    """Room 110 speaks without one."""
    if site == CENTRE:
        raise Refused(
            RefusalCode.CHAIR_SEAT_NEEDS_NO_FLOOR, f"room {CENTRE} speaks without a floor"
        )


def is_connected(conference: Conference, site: SiteCode) -> None:
    """A site without a line cannot speak."""
    if conference.sites[site].link is not Link.UP:
        raise Refused(RefusalCode.SITE_OFFLINE, f"site {site} has no line")
