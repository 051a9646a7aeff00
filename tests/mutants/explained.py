"""Explained: mutants that no test can notice, for they are no other rule.  Name -> why.

Most ask what the type checker must be told and people know: a holder was granted at some time, a
current item has begun.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BEGUN = "a conference begins through evolve.begun, which says it"
_MADE = "a request is made through requests.made, which says it"
_WALKED = "a walk begins through Walk.begun, which says it"
_NOBODY = "nobody looks at it while no site is broadcast"
_GRANTED = "who has a floor was granted it, at no time before 0"

EXPLAINED: Final[Mapping[str, str]] = {
    "agenda.py Agenda.ended: if self.current == number and item.started_s is not None:"
    " [item.started_s is not None -> True]": "a current item has begun",
    "agenda.py Agenda.late_s: had_s = item.took_s + now_s - (item.started_s or 0.0)"
    " [0.0 -> False]": "a current item has begun",
    "asking.py accept: checks.after(asked, Action.ACCEPT)"
    " [ACCEPT -> GRANT]": "the floor table has both for the same statuses",
    "checks.py known_site: if site is None or site not in conference.sites:"
    " [site is None -> False]": "None is no site of the conference either",
    "clocks.py starts_s: if request.started or request.holds or request.granted_s is None:"
    " [request.granted_s is None -> False]": _GRANTED,
    "codec.py _reader: if isinstance(hint, type) and dataclasses.is_dataclass(hint):"
    " [isinstance(hint, type) -> True]": "no annotation is an instance of a dataclass",
    "gate.py on_air: views.broadcast is not None"
    " [views.broadcast is not None -> True]": "only a site that is broadcast is shown",
    "giving.py give: checks.after(asked, Action.GRANT)"
    " [GRANT -> DENY]": "the floor table has both for the same statuses",
    "programme.py turns_s: if views.carousel is None or _following(conference) == views.watch:"
    " [views.carousel is None -> False]": "without a carousel who is watched is who follows",
    "programme.py due: if at_s is not None and site is not None and at_s <= now_s:"
    " [site is not None -> True]": "there is a time for it only where there is a site",
    "requests.py made: last = len(conference.queue) + 1"
    " [1 -> 2]": "behind the last, and behind what would be behind it, are one place",
    "state.py Site: link_since_s: float = 0.0 [0.0 -> 1.0]": _BEGUN,
    "state.py Site: link_since_s: float = 0.0 [0.0 -> (-1.0)]": _BEGUN,
    "state.py Request: kind: RequestKind = RequestKind.HAND [HAND -> AGENDA]": _MADE,
    "state.py Request: priority: int = 2 [2 -> 3]": _MADE,
    "state.py Request: priority: int = 2 [2 -> (1)]": _MADE,
    "state.py Request: respond: bool = False [False -> True]": _MADE,
    "state.py Views: broadcast_since_s: float = 0.0 [0.0 -> 1.0]": _NOBODY,
    "state.py Views: broadcast_since_s: float = 0.0 [0.0 -> (-1.0)]": _NOBODY,
    "state.py Conference: chair: Chair = field(default_factory=Chair)"
    " [default_factory=Chair -> nothing]": _BEGUN,
    "state.py Conference.granted: return tuple(sorted(granted, key=lambda r:"
    " (r.granted_s or 0.0, r.id))) [r.granted_s or 0.0, r.id -> r.granted_s or 0.0,]": "requests"
    " stand in the order of their ids, and sorting keeps it",
    "state.py Conference.granted: return tuple(sorted(granted, key=lambda r:"
    " (r.granted_s or 0.0, r.id))) [0.0 -> False]": _GRANTED,
    "state.py Conference.granted: return tuple(sorted(granted, key=lambda r:"
    " (r.granted_s or 0.0, r.id))) [0.0 -> (-1.0)]": _GRANTED,
    "walk.py Walk: since_s: float = 0.0 [0.0 -> 1.0]": _WALKED,
    "walk.py Walk: since_s: float = 0.0 [0.0 -> (-1.0)]": _WALKED,
}
