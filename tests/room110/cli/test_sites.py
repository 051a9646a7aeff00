from __future__ import annotations

import json

import pytest

from bridge.conference import commands as c
from bridge.conference.words import Ladder, ProbeKind

SITE = {
    "code": "11",
    "title": "Sở Khoa học và Công nghệ tỉnh Điện Biên",
    "line": "weak",
    "line_reason": "loss",
    "mic": "on",
    "floor": "none",
    "link": "up",
    "control": "up",
    "cut": True,
    "help": "raised",
    "client": {"rtt_s": 0.25},
}


@pytest.mark.parametrize(
    ("args", "command"),
    [
        (["cut", "11"], c.SiteCut(site="11", on=True)),
        (["cut", "110", "--off"], c.SiteCut(site="110", on=False)),
        (["probe", "11"], c.SiteProbe(site="11")),
        (["probe", "11", "--talk"], c.SiteProbe(site="11", kind=ProbeKind.TALK)),
        (["probe"], c.SiteProbe(site=None)),
        (["switch", "11"], c.SiteSwitch(site="11")),
        (["restart", "11"], c.SiteRestart(site="11")),
        (["restart", "11", "--force"], c.SiteRestart(site="11", force=True)),
        (["drop", "11"], c.SiteDrop(site="11")),
        (["ladder", "11", "sound"], c.SiteLadder(site="11", to=Ladder.SOUND)),
    ],
)
def test_what_technicians_do_are_commands(room110, service, args, command):
    code, out, err = room110("site", *args)

    assert (code, out) == (0, "")
    assert err.count("\n") == 1
    assert service.commands() == [command]
    assert service.bearer().roles == {"technician"}
    assert json.loads(room110("site", *args, "--json")[1]) == {"schema_version": 1, "rev": 7}


def test_all_sites_are_listed(room110, service):
    service.answers["GET", "/api/v1/sites"] = (200, {"rev": 7, "sites": [SITE]})

    _, out, _ = room110("site", "list")
    row = " ".join(out.splitlines()[-1].split())
    assert row.startswith("11 Sở Khoa học và Công nghệ tỉnh Điện Biên weak (loss) on none")
    assert "cut help raised" in row
    assert json.loads(room110("site", "list", "--json")[1])["sites"] == [SITE]


def test_a_site_is_shown_with_all_that_is_known(room110, service):
    service.answers["GET", "/api/v1/sites/11"] = (200, SITE)

    _, out, _ = room110("site", "show", "điện biên")
    rows = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert rows["line"] == "weak"
    assert rows["cut"] == "true"
    assert rows["client.rtt_s"] == "0.25"
    assert json.loads(room110("site", "show", "11", "--json")[1])["client"] == {"rtt_s": 0.25}
