from __future__ import annotations

import pytest

from room110.cli.exits import Exit, Failure
from room110.environment import settings


def test_the_settings_are_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("ROOM110_HTTP_PORT", "8443")

    assert settings().http_port == 8443


def test_what_is_wrong_with_them_ends_a_program_with_78_and_its_name(monkeypatch):
    monkeypatch.setenv("ROOM110_NO_SUCH_SETTING", "1")

    with pytest.raises(Failure) as refused:
        settings()

    assert refused.value.code is Exit.CONFIGURATION
    assert "ROOM110_NO_SUCH_SETTING" in "".join(refused.value.lines)
