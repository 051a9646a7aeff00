from __future__ import annotations

import socket

import pytest

from room110.cli.exits import Exit, Failure
from room110.sockets import free_port, inherited, listener


def test_a_port_that_is_taken_is_a_failure_that_names_the_mend():
    with listener("127.0.0.1", 0, setting="HTTP_PORT") as made:
        port = made.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):
            pass
        with pytest.raises(Failure, match=rf"TCP 127\.0\.0\.1:{port} .*ROOM110_X_PORT") as failed:
            listener("127.0.0.1", port, setting="X_PORT")
        assert failed.value.code is Exit.FAILED


def test_a_socket_is_inherited_by_its_number():
    with listener("127.0.0.1", 0, setting="HTTP_PORT") as made:
        name = made.getsockname()
        with inherited(made.detach()) as door:
            assert door.getsockname() == name


def test_what_is_no_socket_is_refused(tmp_path):
    with (tmp_path / "file").open("w") as file, pytest.raises(Failure) as failed:
        inherited(file.fileno())
    assert failed.value.code is Exit.USAGE


def test_a_free_port_can_be_taken():
    with listener("127.0.0.1", free_port(), setting="HTTP_PORT") as door:
        assert door.getsockname()[1] > 0
