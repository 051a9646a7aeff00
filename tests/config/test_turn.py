from __future__ import annotations

import traceback

import pytest

from config.turn import LONGEST, SHORTEST, TurnError, turn_secret, turn_url, turn_urls

SECRET = "north/wind+64==abcdef"


@pytest.mark.parametrize(
    "text",
    [
        "turns:turn.example.gov.vn:443?transport=tcp",
        "turns:turn.example.gov.vn",
        "turn:203.0.113.9:3478?transport=udp",
        "turn:203.0.113.9?transport=tcp",
        "turn:[2001:db8::9]:3478",
        "turn:t:1",
        "turn:t:65535",
    ],
)
def test_what_a_browser_takes_is_taken_as_it_is(text):
    assert turn_url(text) == text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("turn.example.gov.vn:443", "no address such as turns:"),
        ("turns://turn.example.gov.vn:443", "no address such as turns:"),
        ("turns:", "no address such as"),
        ("turns:turn.example.gov.vn:443/?transport=tcp", "no address such as"),
        ("turns:turn.example.gov.vn:443?transport=", "no address such as"),
        ("turns:turn.example.gov.vn?transport=tcp:443", "no address such as"),
        ("turns:user@turn.example.gov.vn", "no address such as"),
        ("turns:máy.example.gov.vn", "no address such as"),
        ("turns:-turn.example.gov.vn", "no address such as"),
        ("turn:2001:db8::9", "no address such as"),
        ("turn:t:123456", "no address such as"),
        ("stun:turn.example.gov.vn", "not with stun:"),
        ("https:turn.example.gov.vn", "not with https:"),
        ("turn:[2001:db8::9::1]", "no IPv6 address"),
        ("turn:t:0", "1 to 65535"),
        ("turn:t:65536", "1 to 65535"),
        ("turn:t?transport=sctp", "udp or tcp, not sctp"),
        ("turns:t?transport=udp", "write transport=tcp"),
    ],
)
def test_what_a_browser_would_throw_at_is_refused_with_the_reason(text, part):
    with pytest.raises(ValueError) as refused:
        turn_url(text)

    assert part in str(refused.value)


def test_each_server_is_told_once_and_they_are_few():
    assert turn_urls(("turn:a", "turn:b", "turn:a")) == ("turn:a", "turn:b")
    assert len(turn_urls(("turn:a", "turn:b", "turn:c", "turn:d"))) == 4
    with pytest.raises(ValueError, match=r"5 addresses.*at most 4"):
        turn_urls(("turn:a", "turn:b", "turn:c", "turn:d", "turn:e"))


@pytest.fixture
def file(tmp_path):
    def write(text: str | bytes, mode: int = 0o600):
        path = tmp_path / "turn-secret"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(mode)
        return path

    return write


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440])
@pytest.mark.parametrize("end", ["", "\n"])
def test_a_secret_is_its_one_line(file, mode, end):
    assert turn_secret(file(SECRET + end, mode)) == SECRET.encode()


@pytest.mark.parametrize("length", [SHORTEST, LONGEST])
def test_the_shortest_and_the_longest(file, length):
    assert len(turn_secret(file("x" * length + "\n"))) == length


@pytest.mark.parametrize(
    ("text", "mode", "part"),
    [
        ("", 0o600, "is empty"),
        ("\n", 0o600, "is empty"),
        (SECRET, 0o604, "can be read by others (mode 0604): chmod 600"),
        (SECRET[: SHORTEST - 1], 0o600, "not one line of 16 to 256"),
        ("x" * (LONGEST + 1), 0o600, "not one line of 16 to 256"),
        ("x" * (LONGEST + 1) + "\n", 0o600, "not one line of 16 to 256"),
        (f"{SECRET}\n{SECRET}\n", 0o600, "not one line"),
        (f"{SECRET}\r\n", 0o600, "not one line"),
        (f"static-auth-secret = {SECRET}", 0o600, "not one line"),
        (b"\xff\xfe" + SECRET.encode(), 0o600, "no line of ASCII"),
    ],
)
def test_what_is_no_secret_is_refused_and_nothing_of_it_is_said(file, text, mode, part):
    path = file(text, mode)

    with pytest.raises(TurnError) as refused:
        turn_secret(path)

    said = str(refused.value)
    assert part in said and str(path) in said
    assert SECRET[:6] not in "".join(traceback.format_exception(refused.value))


def test_a_file_that_is_not_there_or_a_folder_is_told_by_its_name(tmp_path):
    with pytest.raises(TurnError, match="nowhere: No such file"):
        turn_secret(tmp_path / "nowhere")
    with pytest.raises(TurnError, match="Is a directory"):
        turn_secret(tmp_path)
