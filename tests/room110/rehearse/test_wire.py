"""Every command of a script can be sent, and arrives as what it was."""

from __future__ import annotations

from random import Random

import pytest

from bridge.conference import commands
from room110.rehearse.pace import Pace
from room110.rehearse.script import script
from room110.rehearse.wire import message_of
from signaling.decoding import ProtocolError
from tests.room110.rehearse.playing import a_cast, said


@pytest.mark.parametrize("speed", [1.0, 60.0, 1000.0])
def test_the_whole_script_crosses_the_wire(speed):
    for number, say in enumerate(said(script(a_cast(), Random(1)))):
        command = Pace(speed=speed).command(say.command, limit_s=say.limit_s)
        if getattr(command, "request", None) == 0:
            continue  # it gets its number when it is said
        message = message_of(command, f"k{number}", 7)
        assert message.command() == command
        assert (message.id, message.rev) == (f"k{number}", 7)


def test_one_site_and_all_are_two_messages():
    for command in (
        commands.ChairMute(site="01"),
        commands.ChairMute(site="all", on=False, but=("01", "02")),
    ):
        assert message_of(command, "k1").command() == command


def test_what_nobody_could_send_is_found():
    with pytest.raises(ProtocolError, match="request"):
        message_of(commands.ChairHold(request=0), "k1")
