"""Against the service's own reading of checks, and aioice's."""

from __future__ import annotations

import pytest

from bridge.media.core.stun import binding_response, parse_binding_request
from room110.bench.checks import binding_request, is_answer

TRANSACTION = bytes(range(12))


def request(**changes):
    asked = {
        "transaction": TRANSACTION,
        "username": "theirs:ours",
        "pwd": "a password of theirs",
        "controlling": True,
        "tie_breaker": 7,
    }
    return binding_request(**asked | changes)


@pytest.mark.parametrize("controlling", [True, False])
def test_the_service_takes_it_for_a_check(controlling):
    read = parse_binding_request(request(controlling=controlling))

    assert (read.local_ufrag, read.remote_ufrag) == ("theirs", "ours")
    assert read.ice_controlling is controlling
    assert read.use_candidate is controlling
    assert read.authenticate("a password of theirs")
    assert not read.authenticate("another")


@pytest.mark.parametrize("username", ["a:b", "ab:c", "abcd:efgh", "abc:efgh"])
def test_names_of_any_length_are_padded(username):
    read = parse_binding_request(request(username=username))

    assert f"{read.local_ufrag}:{read.remote_ufrag}" == username
    assert read.authenticate("a password of theirs")


def test_only_the_answer_to_this_request_is_one():
    read = parse_binding_request(request())
    answer = binding_response(read, ("127.0.0.1", 5), "theirs")

    assert is_answer(answer, TRANSACTION)
    assert not is_answer(answer, bytes(12))
    assert not is_answer(request(), TRANSACTION)
    assert not is_answer(answer[:19], TRANSACTION)
