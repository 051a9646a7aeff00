from __future__ import annotations

import io
import json
import logging
import warnings

import pytest
import structlog
from aiohttp.http_exceptions import BadHttpMessage
from hypothesis import given
from hypothesis import strategies as st

from monitoring.logs import MASK, configure, redact

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMSJ9.c2lnbmF0dXJl"
SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\na=candidate:1 1 udp 1 192.0.2.9 5000 typ host\r\n"


@pytest.fixture(autouse=True)
def _restored():
    """Leave logging as it was found: pytest and the other tests have theirs."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def written(level="info", **facts) -> str:
    out = io.StringIO()
    configure(level, "json", out)
    getattr(structlog.get_logger(), level)("it.happened", **facts)
    return out.getvalue()


@pytest.mark.parametrize("level", ["debug", "info", "error"])
@pytest.mark.parametrize(
    "facts",
    [
        {"token": "abc-leak"},
        {"Authorization": "Bearer abc-leak"},
        {"local_pwd": "abc-leak"},
        {"iceToken": "abc-leak"},
        {"headers": {"authorization": "abc-leak"}},
        {"tokens": ["abc-leak"]},
        {"secret": b"abc-leak"},
    ],
)
def test_a_secret_is_masked_at_every_level_by_its_key(level, facts):
    text = written(level, **facts)

    assert "abc-leak" not in text and MASK in text


@pytest.mark.parametrize("level", ["debug", "info"])
@pytest.mark.parametrize(
    "facts",
    [
        {"text": JWT},
        {"text": f"refused {JWT}."},
        {"body": {"inner": [("x", JWT)]}},
        {"error": ValueError(JWT)},
        {"line": f"X-Odd{JWT}"},
        {"line": JWT.rpartition(".")[0]},
        {"line": JWT.partition(".")[0]},
    ],
)
def test_what_looks_like_a_token_is_masked_wherever_it_hides(level, facts):
    text = written(level, **facts)

    assert "eyJ" not in text and "c2lnbmF0dXJl" not in text


@pytest.mark.parametrize(
    "facts",
    [
        {"sdp": "anything 192.0.2.9"},
        {"text": SDP},
        {"text": f"offer was\n{SDP}"},
        {"address": "192.0.2.9"},
        {"remote_address": ("192.0.2.9", 5000)},
        {"addresses": ["192.0.2.9"]},
        {"candidate": "1 1 udp 1 192.0.2.9 5000 typ host"},
        {"reason": "a=candidate:1 1 udp 1 2001:db8::9 5000 typ host"},
        {"error": f"input_value={SDP!r}"},
        {"body": json.dumps({"sdp": SDP})},
        {"reason": "not connected: ('2001:db8::9', 8110, 0, 0)"},
        {"reason": "no way to [2001:db8::9]:8110."},
        {"media": ["udp [::ffff:192.0.2.9]:8110"]},
        {"error": "Connect call failed ('192.0.2.9', 8110)"},
    ],
)
def test_sdp_and_addresses_are_for_debug_alone(facts):
    shown = ("192.0.2.9", "2001:db8::9", "5000 typ")  # one of them in each

    assert not any(part in written("info", **facts) for part in shown)
    assert any(part in written("debug", **facts) for part in shown)


@pytest.mark.parametrize(
    "line", ["a=ice-ufrag:Abc+", "a=ice-pwd:Abc+Abc", "a=fingerprint:sha AA:B"]
)
def test_a_line_of_sdp_alone_is_for_debug_too(line):
    text = written(reason=f"not understood: {line}")

    assert line.partition(":")[2] not in text and MASK in text


def test_what_is_nobody_s_address_may_be_read():
    text = written(
        url="http://127.0.0.1:8110",
        also="http://[::1]:8110",
        bind=["0.0.0.0", "::"],
        version="1.16.0",
        at="12:34:56.789",
        name="bridge::room",
        n=3,
        ok=None,
    )

    assert MASK not in text


def test_a_token_in_a_traceback_is_masked():
    out = io.StringIO()
    configure("info", "json", out)

    try:
        raise ValueError(f"bad token {JWT} from 192.0.2.9")
    except ValueError:
        structlog.get_logger().exception("task.failed")

    (record,) = lines(out)
    assert "ValueError: bad token [redacted] from [redacted]" in record["exception"]


def test_a_record_is_one_line_of_json_with_a_utc_time():
    out = io.StringIO()
    configure("info", "json", out)

    structlog.get_logger().info("floor.granted", site="11", name="Điện Biên", text="a\nb")

    (record,) = lines(out)
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "event": "floor.granted",
        "level": "info",
        "site": "11",
        "name": "Điện Biên",
        "text": "a\nb",
    }
    assert "Điện Biên" in out.getvalue()


def test_every_record_says_which_process_wrote_it_those_of_libraries_too():
    out = io.StringIO()
    configure("info", "json", out, process="media")

    structlog.get_logger().info("it.happened")
    logging.getLogger("aiortc").warning("odd")

    assert [record["process"] for record in lines(out)] == ["media", "media"]


def test_less_than_the_level_is_not_written():
    out = io.StringIO()
    configure("warning", "json", out)

    structlog.get_logger().info("quiet")

    assert out.getvalue() == ""


def test_a_terminal_gets_lines_for_eyes_and_a_pipe_gets_json():
    terminal, pipe = Terminal(), io.StringIO()
    for out in (terminal, pipe):
        configure("info", "auto", out)
        structlog.get_logger().info("it.happened", site="11")

    assert "it.happened" in terminal.getvalue() and "{" not in terminal.getvalue()
    assert lines(pipe)[0]["site"] == "11"


def test_a_traceback_on_a_terminal_is_masked_too():
    out = Terminal()
    configure("info", "auto", out)

    try:
        raise ValueError(JWT)
    except ValueError:
        structlog.get_logger().exception("task.failed")

    assert "ValueError" in out.getvalue() and "eyJ" not in out.getvalue()


@pytest.mark.parametrize("name", ["aiohttp.server", "aioice.ice", "aiortc.rtcdtlstransport"])
@pytest.mark.parametrize("level", ["debug", "info"])
def test_the_libraries_below_are_heard_from_warning_on(name, level):
    out = io.StringIO()
    configure(level, "json", out)

    logging.getLogger(name).info("candidate 192.0.2.9")
    logging.getLogger(name).warning("lost %s with %s", "192.0.2.9", JWT)

    (record,) = lines(out)
    assert record["event"] == "lost [redacted] with [redacted]"
    assert (record["level"], record["logger"]) == ("warning", name)


def test_an_exception_of_a_library_is_one_line_and_masked():
    out = io.StringIO()
    configure("info", "json", out)

    try:
        raise OSError(JWT)
    except OSError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")

    (record,) = lines(out)
    assert "OSError: [redacted]" in record["exception"]


def test_what_is_no_http_is_told_in_one_line_and_without_its_bytes():
    out = io.StringIO()
    configure("info", "json", out)

    try:
        raise BadHttpMessage(f"Invalid header: {JWT}")
    except BadHttpMessage:
        logging.getLogger("aiohttp.server").exception("Error handling request from %s", "10.1.2.3")
    try:
        raise ValueError("a bug of ours")
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error handling request from %s", "10.1.2.3")

    malformed, bug = lines(out)
    assert (malformed["event"], malformed["level"]) == ("http.malformed", "info")
    assert malformed["error"] == "BadHttpMessage"
    assert "exception" not in malformed
    assert "a bug of ours" in bug["exception"] and bug["level"] == "error"


def test_a_warning_of_python_is_a_record():
    out = io.StringIO()
    configure("info", "json", out)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn("old", DeprecationWarning, stacklevel=1)

    assert "old" in lines(out)[0]["event"]


def test_setting_up_twice_writes_once():
    out = io.StringIO()
    configure("info", "json", io.StringIO())
    configure("info", "json", out)

    logging.getLogger("aiortc").warning("once")

    assert len(lines(out)) == 1


@given(st.text(max_size=20), st.recursive(st.text() | st.integers() | st.none(), st.lists))
def test_any_facts_pass_the_mask(key, value):
    redact(None, "info", {"event": "x", key: value})


@given(
    st.from_regex(
        r"eyJ[A-Za-z0-9_-]{5,20}\.[A-Za-z0-9_-]{5,20}\.[A-Za-z0-9_-]{5,20}", fullmatch=True
    ),
    st.text(),
)
def test_no_token_survives_in_any_text(token, around):
    masked = redact(None, "debug", {"event": f"{around} {token} {around}"})

    assert token not in masked["event"]
