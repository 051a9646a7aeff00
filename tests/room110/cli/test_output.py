from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from room110.cli.output import be_forgiving, emit, emit_json, emit_table, say, told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at_a_terminal(monkeypatch) -> Terminal:
    """No fixture: between setup and call pytest puts its own stdout back."""
    it = Terminal()
    monkeypatch.setattr("sys.stdout", it)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "40")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    return it


LONG = "Sở Khoa học và Công nghệ tỉnh Điện Biên " * 4


def test_a_pipe_gets_whole_lines_and_no_colour(capsys):
    emit_table(("site", "title"), [("11", LONG)], styles=["red"])

    out = capsys.readouterr().out
    assert LONG.strip() in out and "\x1b" not in out


def test_a_terminal_gets_colour_in_its_own_width(monkeypatch):
    terminal = at_a_terminal(monkeypatch)

    emit_table(("site", "title"), [("11", LONG)], styles=["red"])

    assert "\x1b[31m" in terminal.getvalue() and LONG.strip() not in terminal.getvalue()


def test_no_color_is_obeyed(monkeypatch):
    terminal = at_a_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")

    emit_table(("site", "title"), [("11", "x")], styles=["red"])

    assert "11" in terminal.getvalue() and "\x1b[31m" not in terminal.getvalue()


def test_brackets_in_a_text_are_shown_and_not_obeyed(capsys):
    emit_table(("a",), [("[red]x[/red] [/nothing]",)])

    assert "[red]x[/red] [/nothing]" in capsys.readouterr().out


def test_json_is_one_object_that_names_its_version(capsys):
    emit_json({"title": "Điện Biên"})

    out = capsys.readouterr().out
    assert json.loads(out) == {"schema_version": 1, "title": "Điện Biên"}
    assert "Điện Biên" in out


def test_json_in_a_line_is_one_line(capsys):
    emit_json({"a": {"b": [1, 2]}}, in_a_line=True)

    assert capsys.readouterr().out.count("\n") == 1


class Narrow(io.TextIOWrapper):
    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding="ascii")


def test_a_stdout_without_vietnamese_gets_json_it_can_write(monkeypatch):
    narrow = Narrow()
    monkeypatch.setattr("sys.stdout", narrow)

    emit_json({"title": "Điện Biên 🇻🇳"})

    narrow.flush()
    assert json.loads(narrow.bytes.getvalue()) == {"schema_version": 1, "title": "Điện Biên 🇻🇳"}


def test_a_stdout_without_vietnamese_gets_text_with_question_marks(monkeypatch):
    narrow = Narrow()
    monkeypatch.setattr("sys.stdout", narrow)

    be_forgiving()
    emit("Điện Biên")
    emit_table(("a",), [("Hà Nội",)])

    narrow.flush()
    assert b"?i?n Bi?n" in narrow.bytes.getvalue()


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX"])
def test_a_terminal_of_any_locale_shows_a_command(locale):
    done = subprocess.run(
        [sys.executable, "-m", "room110", "floor", "call", "điện bien"],
        check=False,
        capture_output=True,
        env={**os.environ, "LC_ALL": locale, "LANG": locale},
    )

    assert done.returncode == 5, done.stderr


def test_what_a_command_did_is_said_or_written(capsys):
    told({"rev": 7}, "done", as_json=False)
    told({"rev": 7}, "done", as_json=True)

    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"schema_version": 1, "rev": 7}, "done\n")


def test_data_and_messages_do_not_mix(capsys):
    emit("data")
    say("message")

    assert capsys.readouterr() == ("data\n", "message\n")
