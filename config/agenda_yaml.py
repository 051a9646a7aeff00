"""An agenda as YAML: a list of items, or a mapping of ``title``, ``groups`` and ``items``.

Items are mappings with the names of :mod:`agenda_words`.  A group of questions may hold its items:
an entry of ``items`` with ``items`` of its own.  ``groups`` names the groups beforehand, so that
one misspelt in an item is told; where there are no ``items`` beside them, the groups hold them
all and are the agenda.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from config.agenda_entries import Cell, Document, Entry
from config.agenda_words import COLUMNS, Vocabulary, nearest, quoted
from config.lined_yaml import Many, Node, Pairs, Scalar, YamlError, read_lined

_TOP: Final = Vocabulary(
    {"title": ("tên", "tiêu đề"), "groups": ("nhóm", "nhóm vấn đề"), "items": ("các mục",)}
)
_GROUP: Final = Vocabulary(
    {"group": ("nhóm", "nhóm vấn đề", "title", "tên"), "items": ("các mục",)}
)


def read_yaml(text: str, file: str, problems: list[str]) -> Document:
    """The entries of a YAML file; what is wrong with its form is added to *problems*."""
    try:
        node = read_lined(text)
    except YamlError as error:
        problems.append(f"{file}:{error.line}: {error}")
        return Document(entries=iter(()))
    return _Reader(file, problems).document(node)


class _Reader:
    def __init__(self, file: str, problems: list[str]) -> None:
        self._file = file
        self._problems = problems
        self._groups: dict[str, Scalar] | None = None
        """By folded name, if they are named beforehand."""

    def document(self, node: Node) -> Document:
        if isinstance(node, Many):
            return Document(entries=self._items(node))
        if isinstance(node, Scalar):
            if node.text.strip():
                self._wrong(node, f"{quoted(node.text)} is no agenda; write a list of items")
            return Document(entries=iter(()))
        fields = self._fields(node, _TOP)
        title, groups, items = (fields.get(name) for name in ("title", "groups", "items"))
        named = [] if groups is None else self._named(self._list(groups), is_whole=items is None)
        entries: Iterator[Entry] = chain.from_iterable(self._items(*one) for one in named)
        if items is not None:
            entries = self._items(self._list(items))
        return Document(title=None if title is None else self._cell(title), entries=entries)

    def _named(self, groups: Many, *, is_whole: bool) -> list[tuple[Many, Scalar]]:
        """Remember the names of the groups; the items that they hold, if they are the agenda."""
        names: dict[str, Scalar] = {}
        all_held: list[tuple[Many, Scalar]] = []
        for node in groups.nodes:
            fields = self._fields(node, _GROUP) if isinstance(node, Pairs) else {"group": node}
            name = self._name(node, fields)
            if name is None:
                continue
            first = names.setdefault(_key(name), name)
            if first is not name:
                self._wrong(name, f"{quoted(name.text)} is already in line {first.line}")
            held = fields.get("items")
            if held is not None and is_whole:
                all_held.append((self._list(held), name))
            elif held is not None:
                self._wrong(held, "there are items beside the groups; put this group among them")
        self._groups = names
        return all_held

    def _items(self, items: Many, group: Scalar | None = None) -> Iterator[Entry]:
        for node in items.nodes:
            if not isinstance(node, Pairs):
                self._wrong(node, "an item is a mapping, as '- {title: Khai mạc, minutes: 10}'")
                continue
            if not self._holds_items(node):
                yield self._entry(node, group)
            elif group is not None:
                self._wrong(node, "a group stands in no other group")
            else:
                fields = self._fields(node, _GROUP)
                name = self._name(node, fields)
                if name is not None and "items" in fields:
                    self._check(name)
                    yield from self._items(self._list(fields["items"]), name)

    def _entry(self, node: Pairs, group: Scalar | None) -> Entry:
        fields = self._fields(node, COLUMNS)
        own = fields.get("group")
        if group is not None:
            if own is not None:
                self._wrong(own, f"group: this item is in {quoted(group.text)} already; delete it")
            fields["group"] = group
        elif isinstance(own, Scalar) and own.text.strip():
            self._check(own)
        cells = {column: self._cell(value) for column, value in fields.items()}
        return Entry(where=self._where(node), cells=cells)

    def _check(self, group: Scalar) -> None:
        """One of the groups that are named, if they are."""
        if self._groups is not None and _key(group) not in self._groups:
            near = nearest(group.text, [name.text for name in self._groups.values()])
            self._wrong(group, f"group: {quoted(group.text)} is not among the groups{near}")

    def _name(self, node: Node, fields: Mapping[str, Node]) -> Scalar | None:
        name = fields.get("group")
        if isinstance(name, Scalar) and name.text.strip():
            return name
        self._wrong(node, "a group has a name, as 'group: Nhóm 1'")
        return None

    def _holds_items(self, node: Pairs) -> bool:
        keys = (key.text for key, _ in node.pairs if isinstance(key, Scalar))
        return any(_GROUP.find(key) == "items" for key in keys)

    def _fields(self, node: Pairs, names: Vocabulary) -> dict[str, Node]:
        """The values of a mapping by what their keys mean."""
        fields: dict[str, Node] = {}
        for key, value in node.pairs:
            written = key.text if isinstance(key, Scalar) else ""
            word = names.find(written)
            if word is None:
                mend = names.nearest(written)
                if isinstance(value, Scalar) and not value.text:
                    mend = "; a text with a comma in it goes in quotes"
                self._wrong(key, f"{quoted(written)} is none of {', '.join(names)}{mend}")
            elif word in fields:
                self._wrong(key, f"{word} is already in line {fields[word].line}")
            else:
                fields[word] = value
        return fields

    def _list(self, node: Node) -> Many:
        if isinstance(node, Many):
            return node
        if isinstance(node, Pairs) or node.text.strip():
            self._wrong(node, "a list is expected, each entry with '- ' before it")
        return Many(line=node.line, nodes=[])

    def _cell(self, node: Node) -> Cell:
        if isinstance(node, Scalar):
            return Cell(text=node.text, where=self._where(node))
        fault = "one text is expected, no list or mapping; put it in quotes"
        return Cell(text="", where=self._where(node), fault=fault)

    def _where(self, node: Node) -> str:
        return f"{self._file}:{node.line}"

    def _wrong(self, node: Node, text: str) -> None:
        self._problems.append(f"{self._where(node)}: {text}")


def _key(group: Scalar) -> str:
    """Groups are the same when only capitals and spaces differ; "1.1" is not "11"."""
    return " ".join(group.text.casefold().split())
