"""Who may know whom."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.house import PACKAGES, STDLIB, below, imports, modules, path_of, tree

ALLOWED = {
    "config": {"config"},
    "bridge": {"bridge", "config"},
    "signaling": {"signaling", "bridge", "config"},
    "monitoring": {"monitoring", "bridge", "config"},
    "room110": set(PACKAGES),
}

# The pure part: it thinks, and time and chance are arguments.  slots and plane are the words in
# which it speaks to the media plane; the folders' own __init__ are run with every import.
PURE = (
    "bridge/__init__.py",
    # Of a line check, what the figures say; asking for them and speaking know the world.
    "bridge/check/__init__.py",
    "bridge/check/carried.py",
    "bridge/check/echo.py",
    "bridge/check/loudness.py",
    "bridge/check/measuring.py",
    "bridge/check/number.py",
    "bridge/check/sheet.py",
    "bridge/check/verdict.py",
    "bridge/check/wording.py",
    "bridge/conference/",
    "bridge/expected.py",
    "bridge/hearing.py",
    "bridge/line.py",
    "bridge/media/__init__.py",
    "bridge/media/core/",
    "bridge/media/plane.py",
    "bridge/media/slots.py",
    "bridge/media/times.py",
    "bridge/media/told.py",
    "bridge/media/tried.py",
    # Of the minutes, the facts; their writing on paper knows dates and files.
    "bridge/minutes/__init__.py",
    "bridge/minutes/attendance.py",
    "bridge/minutes/chairing.py",
    "bridge/minutes/facts.py",
    "bridge/minutes/incidents.py",
    "bridge/minutes/lines.py",
    "bridge/minutes/lives.py",
    "bridge/minutes/programme.py",
    "bridge/minutes/speeches.py",
    "bridge/minutes/steps.py",
    "bridge/mos.py",
    "bridge/stage.py",
)
ALLOWED_IN_PURE = {
    "__future__",
    "abc",
    "array",
    "bisect",
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "hashlib",
    "heapq",
    "hmac",
    "ipaddress",
    "itertools",
    "math",
    "operator",
    "re",
    "statistics",
    "struct",
    "types",
    "typing",
    "unicodedata",
    "zlib",
}
# STUN is bytes in, bytes out, and aioice has written it already.
ALLOWED_BESIDES = {"bridge/media/core/stun.py": {"aioice"}}

STRANGERS = (("bridge/conference/", "bridge.media"), ("bridge/media/", "bridge.conference"))


@pytest.mark.parametrize("module", modules())
def test_imports_go_one_way(module):
    mine = module.split("/")[0]
    ours = {name.split(".")[0] for name in imports(module)} & set(PACKAGES)

    assert ours <= ALLOWED[mine]


@pytest.mark.parametrize("module", modules())
def test_imports_are_absolute(module):
    relative = [n for n in ast.walk(tree(module)) if isinstance(n, ast.ImportFrom) and n.level]

    assert relative == []


@pytest.mark.parametrize("module", [m for m in modules() if below(m, PURE)])
def test_pure_code_knows_neither_clock_nor_chance_nor_the_world(module):
    strange = set()
    for name in imports(module):
        top = name.split(".")[0]
        if top in PACKAGES:
            path = path_of(name)
            if path is not None and not below(path, PURE):
                strange.add(name)
        elif top not in ALLOWED_IN_PURE | ALLOWED_BESIDES.get(module, set()):
            strange.add(name)

    assert strange == set()


@pytest.mark.parametrize(("place", "stranger"), STRANGERS)
def test_the_conference_and_the_media_plane_do_not_know_each_other(place, stranger):
    told = {
        module: name
        for module in modules()
        if module.startswith(place)
        for name in imports(module)
        if name == stranger or name.startswith(f"{stranger}.")
    }

    assert told == {}


@pytest.mark.parametrize("place", PURE)
def test_what_is_called_pure_is_there(place):
    assert any(below(module, (place,)) for module in modules())


def test_the_whitelist_is_of_the_standard_library():
    assert ALLOWED_IN_PURE <= STDLIB
