"""Speakers: from one look to the next, whether those who speak are heard (:mod:`bridge.hearing`).

The others hear if they acknowledge sound of the stage, by their receiver reports.  Which sound it
was cannot be told apart here; it is the sound of the stage that most of them do not get.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bridge.conference.gate import open_gates
from bridge.conference.state import Conference
from bridge.conference.words import CENTRE, Link, SiteCode
from bridge.hearing import Hearing, Sound, listen, noise_dbov
from bridge.media.plane import SessionStats
from bridge.media.slots import MIC

ACKNOWLEDGED_S: Final = 8.0
"""A browser reports sound every 2.5 to 7.5 s."""

Carried = Mapping[SiteCode, SessionStats]


class Speakers:
    """Of one conference."""

    def __init__(self) -> None:
        self.of: Mapping[SiteCode, Hearing] = {}

    def look(
        self,
        conference: Conference,
        carried: Carried,
        mics: Mapping[SiteCode, str],
        spoken_dbov: Mapping[SiteCode, float],
        *,
        now_s: float,
    ) -> None:
        """*carried*: what is carried of each room device; *mics*: what it says of its microphone;
        *spoken_dbov*: how loud its line check found somebody who spoke."""
        self.of = {
            site: listen(
                self.of.get(site),
                _sound(
                    carried.get(site),
                    mic=mics.get(site, "unknown"),
                    noise_dbov=noise_dbov(spoken_dbov.get(site)),
                    deaf=_are_deaf(conference, carried, site, now_s=now_s),
                ),
                now_s=now_s,
            )
            for site in sorted(open_gates(conference) - {CENTRE})
        }


def _sound(carried: SessionStats | None, *, mic: str, noise_dbov: float, deaf: bool) -> Sound:
    for source in carried.sources if carried else ():
        if source.slot == MIC.name:
            return Sound(
                mic=mic,
                age_s=source.age_s,
                level_dbov=source.level_dbov,
                noise_dbov=noise_dbov,
                deaf=deaf,
            )
    return Sound(mic=mic)


def _are_deaf(conference: Conference, carried: Carried, speaker: SiteCode, *, now_s: float) -> bool:
    """Whether most of the other sites acknowledge nothing; who has just come had no time to."""
    ages = [
        carried[code].acknowledged.stage_age_s
        for code, site in conference.sites.items()
        if code in carried
        and code != speaker
        and site.link is Link.UP
        and now_s - site.link_since_s > ACKNOWLEDGED_S
    ]
    deaf = sum(age_s is None or age_s > ACKNOWLEDGED_S for age_s in ages)
    return 2 * deaf > len(ages)
