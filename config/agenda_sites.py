"""Which site a cell of an agenda means.

Beside what :meth:`config.roster.Roster.find` knows, people write in tables what they say in
letters, *Sở KH&CN tỉnh Điện Biên* or *TP. HCM*, and a spreadsheet writes the code "01" as 1.  All of
these are whole names; a part of one is refused here as there.
"""

from __future__ import annotations

import re
from typing import Final

from config.roster import Roster, RosterSite, SiteNotFoundError, fold

_OFFICE: Final = re.compile(r"(diemcau)?(so(khoahocvacongnghe|khcn))?(tinh|thanhpho|tp)?")
"""Folded: what may stand before the name of a province."""

_SHORT: Final = {"hcm": "hochiminh", "hue": "thuathienhue", "brvt": "bariavungtau"}
"""Folded short names that everybody uses, and that no other province could have."""

_LONGEST: Final = 200


def site_of(text: str, roster: Roster) -> RosterSite:
    """The site of a code ("11", "1"), a name, a title, or a name with its office before it.

    Raises :class:`SiteNotFoundError` with suggestions when none or more than one is meant.
    """
    wanted = text.strip()[:_LONGEST]
    if re.fullmatch(r"[0-9](-[2-9])?", wanted):
        wanted = f"0{wanted}"
    key = fold(wanted)
    titled = tuple(site for site in roster if key and key == fold(site.title))
    if len(titled) == 1:
        return titled[0]
    if titled:
        raise SiteNotFoundError(text[:_LONGEST], "several sites are called that", titled)
    name = _OFFICE.sub("", key, count=1)
    # Without their signs "1.0" and "1-1" would be codes of other sites.
    attempts = [wanted] if name.isdigit() else [name, _SHORT.get(name, name), wanted]
    missed: list[SiteNotFoundError] = []
    for attempt in attempts:
        try:
            return roster.find(attempt)
        except SiteNotFoundError as error:
            missed.append(error)
    # Of the bare name, whose suggestions are the best.
    reason = str(missed[0]).partition(":")[0]
    raise SiteNotFoundError(text[:_LONGEST], reason, missed[0].suggestions)
