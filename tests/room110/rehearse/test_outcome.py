"""What is said of a play in the end, and how the minutes are held against it."""

from __future__ import annotations

from dataclasses import replace

from bridge.conference import commands
from bridge.conference.words import Phase
from bridge.minutes.files import tell
from config.roster import load_roster
from room110.rehearse import steps
from room110.rehearse.outcome import compare, lines, outcome
from room110.rehearse.people import CHAIR
from room110.rehearse.virtual import virtual_player
from room110.rehearse.virtual_time import run_autojump

SCRIPT = (
    steps.Lines(sites=("01", "110"), to="up"),
    steps.Say(by=CHAIR, command=commands.ChairPhase(to=Phase.OPEN)),
    steps.Say(by=CHAIR, command=commands.ChairCall(site="01")),
    steps.Mic(site="01"),
    steps.Wait(seconds=40),
    steps.Say(by=CHAIR, command=commands.ChairPhase(to=Phase.CLOSED)),
)


def played(directory):
    async def play():
        async with virtual_player(
            directory, load_roster(), "t", seed=1, tell=lambda _: None
        ) as player:
            await player.play(SCRIPT)
        return player

    return run_autojump(play())


def figures(tmp_path, player, **fields):
    return outcome(
        player, player.checker, journal=player.journal, out=tmp_path, real_s=1.0,
        **{"must_refuse": False} | fields,
    )  # fmt: skip


def test_the_figures_of_a_short_play(tmp_path):
    told = figures(tmp_path, played(tmp_path / "journal"))
    assert told["faults"] == []
    assert (told["commands"], told["speeches"], told["speaking_s"]) == (3, 1, 40.0)
    assert told["conference_s"] == 40.0
    assert told["invariants_checked"] == sum(told["invariants"].values())
    assert [*told["invariants"]][:3] == ["I1", "I2", "I3"]
    assert told["journal_bytes"] > 4096
    names = {path.rsplit("/", 1)[-1] for path in told["documents"]}
    assert {"bien-ban.docx", "thong-ke.xlsx", "bao-cao-ky-thuat.md"} <= names
    text = "\n".join(lines(told))
    assert "commands             3" in text
    assert text.endswith(told["documents"][-1])


def test_a_no_that_was_never_heard_is_a_fault(tmp_path):
    told = figures(tmp_path, played(tmp_path / "journal"), must_refuse=True)
    assert "nobody was refused with stale" in told["faults"]


def test_minutes_that_forget_somebody_are_found(tmp_path):
    player = played(tmp_path / "journal")
    telling = tell(player.journal)
    forgotten = replace(telling.minutes, asked=(), speeches=())
    compare(player.checker, replace(telling, minutes=forgotten))
    assert {v.invariant for v in player.checker.violations} == {"I15", "I9"}
    assert "site 01 spoke 40.01 s, and the minutes say 0" in str(player.checker.violations[-1])
