"""Each third-party library has an owner; nobody else may know it."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.house import PACKAGES, STDLIB, below, imports, modules, tree

MEDIA = ("bridge/media/", "bridge/endpoint/")
OWNERS = {
    "OpenSSL": MEDIA,
    "PIL": ("bridge/endpoint/",),
    "aiohttp": ("signaling/", "monitoring/http.py", "room110/"),
    "aioice": MEDIA,
    "aiortc": MEDIA,
    "av": ("bridge/endpoint/",),
    "cryptography": MEDIA,
    "docx": ("bridge/minutes/word.py",),
    # Writes the dashboards; a dependency of development alone.
    "grafana_foundation_sdk": ("monitoring/dashboards/",),
    "jwt": ("signaling/identity.py",),
    "openpyxl": ("bridge/minutes/workbook.py", "config/agenda_workbook.py"),
    "playwright": ("room110/bench/",),
    "prometheus_client": ("monitoring/",),
    # What crosses a boundary: settings, the protocol, and what control and media say to each other.
    "pydantic": ("config/", "signaling/", "bridge/media/wire.py"),
    "pydantic_settings": ("config/settings.py",),
    "pyee": ("bridge/events.py",),
    "pylibsrtp": MEDIA,
    "rich": ("room110/cli/output.py",),
    "ruamel": ("config/lined_yaml.py", "room110/alarms/scaled.py"),
    # Anywhere impure; test_layers keeps it out of the pure part.
    "structlog": ("bridge/", "signaling/", "monitoring/", "room110/"),
    "typer": ("room110/cli/",),
}

BORROWED = {"bridge/media/dtls.py", "bridge/media/ice.py"}
"""The files that may touch private names, of aiortc and of aioice; their tests pin the versions."""
LENDERS = {"aiortc", "aioice", "pylibsrtp"}


@pytest.mark.parametrize("module", modules())
def test_a_library_is_known_to_its_owners_alone(module):
    foreign = {name.split(".")[0] for name in imports(module)} - set(PACKAGES) - STDLIB

    assert {name for name in foreign if not below(module, OWNERS.get(name, ()))} == set()


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def borrowings(module: str) -> list[str]:
    """Private names a module takes from somebody else."""
    found = []
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
            if not own:
                found.append(f"{node.lineno}: .{node.attr}")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in LENDERS:
            found.extend(f"{node.lineno}: {a.name}" for a in node.names if is_private(a.name))
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"getattr", "setattr", "hasattr", "delattr"}
            and isinstance(node.args[1], ast.Constant)
            and is_private(str(node.args[1].value))
        ):
            found.append(f"{node.lineno}: {node.args[1].value!r}")
    return found


# In all of their folders, not only where they are imported: an object of theirs may be handed over.
@pytest.mark.parametrize("module", [m for m in modules() if m not in BORROWED and below(m, MEDIA)])
def test_private_names_of_aiortc_and_aioice_are_borrowed_in_one_file_each(module):
    assert borrowings(module) == []
