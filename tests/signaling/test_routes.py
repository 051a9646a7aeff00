from __future__ import annotations

from signaling.messages import CLIENT_MESSAGES, Command
from signaling.routes import ROUTES, at


def test_every_command_stands_in_the_table() -> None:
    assert {row.model for row in ROUTES} == {
        model for model in CLIENT_MESSAGES if issubclass(model, Command)
    }


def test_the_rows_of_an_address_stand_together_and_the_last_takes_what_is_left() -> None:
    for row in ROUTES:
        rows = at(row.method, row.path)
        first = ROUTES.index(rows[0])
        assert ROUTES[first : first + len(rows)] == rows
        assert rows[-1].when is not rows[0].when or len(rows) == 1
