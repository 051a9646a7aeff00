from __future__ import annotations

import json

import pytest

from bridge.conference import commands as c
from room110.cli import checks

FOUND = {
    "at_s": 65.0,
    "by": "ky.thuat",
    "verdict": "pass",
    "reasons": [],
    "figures": {
        "rtt_s": 0.0312,
        "loss_up": 0.0,
        "loss_down": 0.0123,
        "down_bps": 8_040_000.0,
        "width": 1280,
        "height": 720,
        "frames_per_s": 25.2,
        "spoken_dbov": -24.0,
    },
}
FAILED = FOUND | {"verdict": "fail", "reasons": ["loss_up"], "figures": {}}
ROUND = {"by": "x", "since_s": 60.0, "sites": ["01", "79"], "left": ["01", "79"]}
OLD = FOUND | {"at_s": 9.0}


class Looks:
    """What GET /check says, look by look; the last for ever."""

    def __init__(self, service, *looks):
        self.left = [{"rev": 7, "now": 61.0, "results": {}, **look} for look in looks]
        self.service = service
        self.on()

    def on(self, _seconds=None):
        look = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        self.service.answers["GET", "/api/v1/check"] = (200, look)


@pytest.fixture
def looks(service, monkeypatch):
    def begin(*looks):
        said = Looks(service, *looks)
        monkeypatch.setattr(checks.time, "sleep", said.on)
        return said

    return begin


def test_a_check_is_begun_waited_for_and_shown(room110, service, looks):
    looks(
        {"round": ROUND, "results": {"01": OLD}},
        {"round": ROUND | {"left": ["01"]}, "results": {"01": OLD, "79": FOUND}},
        {"results": {"01": FAILED, "79": FOUND, "02": OLD}},
    )

    code, out, err = room110("site", "check", "79", "hà nội")

    assert service.commands() == [c.CheckRun(sites=("79", "01"))]
    assert service.bearer().roles == {"technician"}
    assert code == 1
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert "31 ms 0.0/1.2 % ?/8.0 1280x720@25 -24 dBov" in rows[-1]
    assert rows[-2].startswith("01 ") and rows[-2].endswith("fail loss_up")
    assert "1/2  79  pass" in err
    assert "2/2  01  fail" in err
    assert "failed: 01" in err


def test_all_that_pass_are_a_success_and_json_is_one_object(room110, service, looks):
    looks({"round": ROUND}, {"results": {"01": FOUND, "79": FOUND}})

    code, out, err = room110("site", "check", "--all", "--json")

    assert service.commands() == [c.CheckRun(sites="all")]
    assert (code, err) == (0, "")
    assert json.loads(out) == {"schema_version": 1, "results": {"01": FOUND, "79": FOUND}}


def test_who_says_not_which_is_asked(room110, service):
    for args in ((), ("79", "--all")):
        code, _, err = room110("site", "check", *args)
        assert code == 2
        assert "which sites?" in err
    assert service.asked == []


def test_a_round_that_somebody_stopped_is_a_part(room110, looks):
    looks({"round": ROUND}, {"results": {"79": FOUND}})

    code, _, err = room110("site", "check", "79", "01")

    assert code == 3
    assert "1 of 2 checked" in err


def test_who_waits_does_not_wait_for_ever(room110, looks, monkeypatch):
    looks({"round": ROUND})
    clock = iter(range(0, 10_000, 40))
    monkeypatch.setattr(checks.time, "monotonic", lambda: float(next(clock)))

    code, _, err = room110("site", "check", "79", "01")

    assert code == 3
    assert "has not ended within" in err


def test_a_round_is_stopped(room110, service):
    code, _, err = room110("site", "check", "--stop")

    assert service.commands() == [c.CheckStop()]
    assert (code, err.count("\n")) == (0, 1)


@pytest.mark.parametrize(
    ("results", "code", "line"),
    [
        ({"79": FOUND}, 0, "ROOM110 SITE 79 OK - passed | rtt=31.2ms"),
        ({"79": FAILED}, 2, "ROOM110 SITE 79 CRITICAL - loss_up"),
        ({"79": FOUND | {"verdict": "watch", "reasons": ["delay"]}}, 1, "WARNING - delay"),
    ],
)
def test_nagios_gets_its_line_and_its_code(room110, looks, results, code, line):
    one = ROUND | {"sites": ["79"], "left": ["79"]}
    looks({"round": one}, {"results": results})

    its_code, out, err = room110("site", "check", "79", "--nagios")

    assert (its_code, err) == (code, "")
    assert out.count("\n") == 1
    assert line in out


def test_nagios_hears_of_a_whole_round(room110, looks):
    looks({"round": ROUND}, {"results": {"01": FAILED, "79": FOUND}})

    code, out, _ = room110("site", "check", "--all", "--nagios")

    assert (code, out) == (
        2,
        "ROOM110 SITES CRITICAL - 1 pass, 0 watch, 1 fail (01) | pass=1 watch=0 fail=1\n",
    )


@pytest.mark.parametrize(
    ("answer", "code", "word"),
    [
        ((409, {"code": "site_offline", "detail": "no line"}), 2, "CRITICAL - site_offline"),
        ((409, {"code": "bad_state", "detail": "one runs"}), 3, "UNKNOWN - bad_state"),
        ((401, {"code": "token_expired"}), 3, "UNKNOWN - token_expired"),
    ],
)
def test_nagios_hears_of_what_cannot_be_measured(room110, service, answer, code, word):
    service.answers["POST", "/api/v1/check"] = answer

    its_code, out, err = room110("site", "check", "79", "--nagios")

    assert (its_code, err) == (code, "")
    assert out.startswith(f"ROOM110 SITE 79 {word}")


def test_nagios_hears_of_a_wrong_command_line_and_of_no_service(room110, service):
    code, out, _ = room110("site", "check", "--nagios")
    assert code == 3
    assert "UNKNOWN - which sites?" in out
    (service.state / "service.json").unlink()
    code, out, _ = room110("site", "check", "79", "--nagios")
    assert code == 3
    assert "UNKNOWN" in out


@pytest.mark.parametrize(
    ("args", "form"),
    [
        ((), "html"),
        (("--html",), "html"),
        (("--csv",), "csv"),
        (("--format", "json"), "json"),
    ],
)
def test_the_sheet_is_written_as_it_is(room110, service, tmp_path, args, form):
    service.answers["GET", f"/api/v1/check/sheet?format={form}"] = (200, "một tờ".encode())
    path = tmp_path / "sheet"

    code, out, _ = room110("site", "sheet", *args, "-o", str(path))

    assert (code, out) == (0, f"{path}\n")
    assert path.read_text(encoding="utf-8") == "một tờ"


def test_a_sheet_that_cannot_be_had_or_put_is_said_to_be(room110, service, tmp_path):
    assert room110("site", "sheet", "--html", "--csv")[0] == 2
    address = "GET", "/api/v1/check/sheet?format=html"
    service.answers[address] = (503, {"code": "journal_failed", "detail": "torn"})
    code, _, err = room110("site", "sheet")
    assert code == 1
    assert "torn" in err
    service.answers[address] = (200, b"x")
    code, _, err = room110("site", "sheet", "-o", str(tmp_path / "no" / "such"))
    assert code == 2
    assert "No such file" in err
