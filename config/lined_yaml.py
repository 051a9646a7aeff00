"""YAML as texts, each with the line it stands in; no values are made of them.

What is read is YAML's events: so 01 stays a text and is no number, "no" is no truth, and a
mistake in any text can be told with its line.  There are no anchors, aliases and tags here, which a
page written by hand has no need of.  Depth and length are bounded while reading, not afterwards: a
megabyte of brackets is given up at the ninth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml import events as yaml
from ruamel.yaml.error import MarkedYAMLError

DEEPEST: Final = 8
MOST_NODES: Final = 20_000

_QUOTES: Final = "; a text with a sign of YAML in it (a colon, #, brackets) goes in quotes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One text; ``~``, ``null`` and nothing are the empty one."""

    line: int
    """From 1."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A list."""

    line: int
    nodes: list[Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """A mapping, in the order of the file; a key may stand twice."""

    line: int
    pairs: list[tuple[Node, Node]]


Node = Scalar | Many | Pairs


class YamlError(Exception):
    """The text is not YAML, or more than is read here."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def read_lined(text: str) -> Node:
    """The one document of a text; a blank one is the empty :class:`Scalar`.

    Raises :class:`YamlError`.
    """
    try:
        return _Composer(YAML(typ="safe", pure=True).parse(text)).document()
    except YamlError:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise YamlError(line, f"not YAML: {error.problem or error.context}{_QUOTES}") from None
    # Characters that YAML forbids, escapes of what is no character: as each comes.
    except Exception as error:  # noqa: BLE001
        reason = str(error).partition("\n")[0] or type(error).__name__
        position = getattr(error, "position", 0)
        raise YamlError(text.count("\n", 0, position) + 1, f"not YAML: {reason}") from None


class _Composer:
    """Makes nodes of events, and gives up as soon as they are too many."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._count = 0

    def document(self) -> Node:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                if root is not None:
                    raise YamlError(_line(event), "a second document; one is read")
                root = self._node(event, 1)
        return root or Scalar(line=1, text="")

    def _node(self, event: Any, depth: int) -> Node:
        line = _line(event)
        self._count += 1
        if depth > DEEPEST:
            raise YamlError(line, f"more than {DEEPEST} levels, one in another")
        if self._count > MOST_NODES:
            raise YamlError(line, f"more than {MOST_NODES} texts")
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise YamlError(line, "an anchor or alias (& or *); put the text in quotes")
        if event.tag is not None:
            raise YamlError(line, "a tag (!); put the text in quotes")
        if isinstance(event, yaml.ScalarEvent):
            is_null = not event.style and event.value in {"~", "null"}
            return Scalar(line=line, text="" if is_null else event.value)
        nodes: list[Node] = []
        while not isinstance(inner := next(self._events), yaml.CollectionEndEvent):
            nodes.append(self._node(inner, depth + 1))
        if isinstance(event, yaml.SequenceStartEvent):
            return Many(line=line, nodes=nodes)
        return Pairs(line=line, pairs=list(zip(nodes[::2], nodes[1::2], strict=True)))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
