"""Environment: the settings, or what is wrong with them as a program of ours says it.

Apart from the command line, for the parts of a service read them too and hold what they load
(:mod:`room110.part`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from room110.cli.exits import Exit, Failure

if TYPE_CHECKING:
    from config.settings import Settings


def settings() -> Settings:
    """The settings of this environment, or exit 78."""
    from config.settings import SettingsError, load_settings

    try:
        return load_settings()
    except SettingsError as error:
        raise Failure(Exit.CONFIGURATION, *error.problems) from None
