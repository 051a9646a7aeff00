"""Logs: how records are written, and what never gets into them.

Records are events: a constant name and facts as keys, ``log.info("floor.granted", site="11")``.
In a service they are JSON, one object per line; on a terminal, lines for eyes.  Both go to stderr;
stdout belongs to what a command answers.

What must not leak is taken out here and not at each call, because one forgotten call is enough:

* secrets (tokens, passwords, keys) at every level, by the name of the key and by the look of the
  value (three base64url parts that begin like a JWT), also inside longer texts and tracebacks;
* SDP and addresses of peers above ``debug``, by key and by look.  Loopback, 0.0.0.0 and ``::``
  stay: they are nobody's.

The libraries below us log to the standard library.  They are heard from ``warning`` on, whatever
our own level is: aioice tells candidates at ``info``.  What aiohttp cannot read as HTTP is no error of
ours, though it says so, with the bytes: of that a line is kept that says what was wrong with them.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from ipaddress import ip_address
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.typing import EventDict

from monitoring.logged import count_logged

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "json", "console"]

MASK: Final = "[redacted]"

SECRET_KEYS: Final = frozenset(
    {
        "authorization",
        "cookie",
        "credential",
        "jwt",
        "passwd",
        "password",
        "pwd",
        "secret",
        "token",
    }
)
"""Masked at every level, alone or as the last word of a key (``local_pwd``, ``iceToken``)."""

PRIVATE_KEYS: Final = frozenset(
    {"addr", "address", "candidate", "ip", "peer", "peername", "remote", "sdp"}
)
"""Masked above debug, alone or as the last word of a key; a plural ``s`` changes nothing."""

_JWT: Final = re.compile(r"eyJ[\w-]{5,}(?:\.[\w-]*){0,2}")
"""Also half a one, and one that is glued to what stands before it."""
_SDP: Final = re.compile(
    r"\bv=0(?:\r|\n|\\r|\\n).*|(?:a=)?candidate:\S.*|a=(?:ice-|fingerprint:).*", re.DOTALL
)
"""Also as ``repr`` and JSON write it.  What follows it is its own."""
_IPV4: Final = re.compile(r"(?<![\d.])(?!127\.|0\.0\.0\.0)(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)")
_IPV6: Final = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?![\w:])")
"""Perhaps one: times of day and fingerprints look like it."""
_BETWEEN_WORDS: Final = re.compile(r"[_\-.]|(?<=[a-z])(?=[A-Z])")


def configure(
    level: Level = "info",
    form: Format = "auto",
    stream: TextIO | None = None,
    *,
    process: str = "",
) -> None:
    """Set up all logging of this process; the last call counts.

    ``stream`` is stderr unless a test says otherwise.  ``process`` is in every record: the processes
    of a service write to one log.
    """
    out = stream or sys.stderr
    as_json = form == "json" or (form == "auto" and not out.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _of(process),
        structlog.processors.add_log_level,
        count_logged,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )

    handler = logging.StreamHandler(out)
    handler.addFilter(_plain_if_malformed)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(["error"]),
                *shared,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.WARNING, getattr(logging, level.upper())))
    logging.captureWarnings(True)


def _of(process: str) -> structlog.typing.Processor:
    def say(_logger: Any, _method: str, event_dict: EventDict) -> EventDict:
        if process:
            event_dict["process"] = process
        return event_dict

    return say


def _plain_if_malformed(record: logging.LogRecord) -> bool:
    """Whoever throws bytes at a door shall not fill the log with them."""
    kind = record.exc_info[0] if record.exc_info else None
    if record.name == "aiohttp.server" and kind and kind.__module__ == "aiohttp.http_exceptions":
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.msg, record.args, record.exc_info = "http.malformed", (), None
        record.error = kind.__name__
    return True


def redact(
    _logger: Any, method: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The structlog processor that masks; after the traceback is text, before it is written."""
    private = event_dict.get("level", method) != "debug"
    for key, value in event_dict.items():
        # Set by structlog for the formatter, which takes them out again.
        if not key.startswith("_"):
            event_dict[key] = _clean(value, key, private)
    return event_dict


def _clean(value: Any, key: str, private: bool) -> Any:
    if isinstance(value, bool | int | float | None):
        return value
    if _is_named(key, SECRET_KEYS) or (private and _is_named(key, PRIVATE_KEYS)):
        return MASK
    if isinstance(value, Mapping):
        return {name: _clean(item, str(name), private) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, "", private) for item in value]
    return _clean_text(value if isinstance(value, str) else str(value), private)


def _clean_text(text: str, private: bool) -> str:
    text = _JWT.sub(MASK, text)
    if private:
        text = _IPV6.sub(_without_ipv6, _SDP.sub(MASK, text))
        text = _IPV4.sub(MASK, text)
    return text


def _without_ipv6(found: re.Match[str]) -> str:
    try:
        address = ip_address(found[0].rstrip("."))
    except ValueError:
        return found[0]
    return found[0] if address.is_loopback or address.is_unspecified else MASK


def _is_named(key: str, names: frozenset[str]) -> bool:
    word = _BETWEEN_WORDS.split(key)[-1].lower()
    return word in names or word.removesuffix("s") in names
