"""Script: the whole conference as one table of steps (practice.md A6).

Everything that a person or chance decides is drawn when the table is made, from one seed; playing it
draws nothing.
"""

from __future__ import annotations

from random import Random

from room110.rehearse.cast import Cast
from room110.rehearse.discussion import discussion
from room110.rehearse.ending import ending
from room110.rehearse.lobby import lobby
from room110.rehearse.opening import opening
from room110.rehearse.reports import reports
from room110.rehearse.steps import Script


def script(cast: Cast, chance: Random) -> Script:
    """A morning: lobby, opening, film, central report, reports, discussion, recess, conclusion."""
    return tuple(
        step
        for part in (lobby, opening, reports, discussion, ending)
        for step in part(cast, chance)
    )
