"""What is logged is an event: a constant name with dots, and facts as keys.

Whoever looks for an event greps for its name, in the code and in the log; a sentence that is put
together finds nobody.  The same for the loggers: each module has one, and all that is bound to it is
bound once.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.house import modules, source, tree

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
LOGGERS = {"log", "_log"}
NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Calls that write a record: the method, and the call."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            logger = call.func.value
            if isinstance(logger, ast.Call):
                called = logger.func
                is_ours = isinstance(called, ast.Attribute) and called.attr == "get_logger"
            else:
                name = logger.attr if isinstance(logger, ast.Attribute) else None
                is_ours = (logger.id if isinstance(logger, ast.Name) else name) in LOGGERS
            if is_ours and call.func.attr in LEVELS:
                yield call.func.attr, call


def faults(call: ast.Call) -> list[str]:
    match call.args:
        case [ast.Constant(value=str(name))] if NAME.fullmatch(name):
            found = []
        case _:
            found = [f"line {call.lineno}: {ast.unparse(call)}: no constant name with dots"]
    if any(keyword.arg is None for keyword in call.keywords):
        found.append(f"line {call.lineno}: keys that nobody can read here")
    return found


LOGGING = [module for module in modules() if any(calls(tree(module)))]


def test_the_house_logs():
    assert {"bridge/transaction.py", "bridge/media/host.py", "signaling/rest.py"} <= set(LOGGING)


@pytest.mark.parametrize("module", LOGGING)
def test_an_event_has_a_constant_name_and_facts_as_keys(module):
    assert [fault for _, call in calls(tree(module)) for fault in faults(call)] == []


@pytest.mark.parametrize(
    "bad",
    [
        'log.info(f"site.{code}")',
        'log.info("came")',
        'log.info("Site came.")',
        "log.info(name)",
        'log.info("site.came", code)',
        'log.info("site.came", **facts)',
        'structlog.get_logger().error("it broke")',
        'self._log.error("it broke")',
    ],
)
def test_another_is_found(bad):
    ((_, call),) = calls(ast.parse(bad))
    assert faults(call)


def test_an_event_is_said_in_one_voice():
    """The same name at two levels is two things."""
    voices: dict[str, set[str]] = {}
    for module in LOGGING:
        for level, call in calls(tree(module)):
            match call.args:
                case [ast.Constant(value=str(name))]:
                    voices.setdefault(name, set()).add("error" if level == "exception" else level)
    assert {name: levels for name, levels in voices.items() if len(levels) > 1} == {}


@pytest.mark.parametrize("module", modules())
def test_nobody_logs_past_structlog(module):
    """The standard library's root knows no keys; monitoring/logs.py brings what others say there."""
    allowed = {"monitoring/logs.py", "room110/rehearse/run.py", "room110/bench/floor.py"}
    if module not in allowed:
        assert not re.search(r"^\s*(import logging\b|from logging\b)", source(module), re.MULTILINE)
