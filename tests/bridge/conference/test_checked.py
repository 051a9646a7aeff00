from __future__ import annotations

from bridge.conference.check_events import CheckBegun, NumberHeard, SiteChecked
from bridge.conference.check_words import Reason, Verdict
from bridge.conference.checked import Checked, Checks, Round
from bridge.conference.figures import Figures

BEGUN = CheckBegun(at_s=3.0, by="cuong", sites=("01", "02"))
FOUND = SiteChecked(
    at_s=8.0,
    site="01",
    by="cuong",
    verdict=Verdict.WATCH,
    reasons=(Reason.QUIET,),
    figures=Figures(played="47"),
)


def heard(number, *, right):
    return NumberHeard(at_s=9.0, site="01", by="site:01", number=number, right=right)


def test_a_round_knows_who_is_left():
    checks = Checks().begun(BEGUN)
    assert checks.round == Round(by="cuong", since_s=3.0, sites=("01", "02"), left=("01", "02"))

    checks = checks.found(FOUND)

    assert checks.round is not None
    assert (checks.round.sites, checks.round.left) == (("01", "02"), ("02",))
    assert checks.sites["01"] == Checked(
        at_s=8.0,
        by="cuong",
        verdict=Verdict.WATCH,
        reasons=(Reason.QUIET,),
        figures=Figures(played="47"),
    )
    assert checks.ended() == Checks(sites=checks.sites)


def test_what_is_found_outside_a_round_counts_too():
    assert set(Checks().found(FOUND).sites) == {"01"}


def test_words_of_the_number_are_counted_until_the_next_check():
    checks = Checks().found(FOUND).heard(heard("12", right=False))
    assert (checks.sites["01"].heard, checks.sites["01"].tries) == (False, 1)

    checks = checks.heard(heard("47", right=True))
    assert (checks.sites["01"].heard, checks.sites["01"].tries) == (True, 2)

    again = checks.found(FOUND).sites["01"]
    assert (again.heard, again.tries) == (None, 0)
