from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.conference.words import Role
from bridge.identity import Identity
from signaling.identity import Keyring, SecretError, TokenError
from tests.signaling.conftest import NOW_S, ROSTER

SECRET = b"k" * 32
SITE = Identity(user="tech.dienbien", roles=frozenset({Role.SITE}), site="11", conference="c-1")
CLAIMS = {"sub": "x", "roles": ["chair"], "conf": "c-1", "iat": 1, "jti": "j"}


def keyring(now_s: float = NOW_S) -> Keyring:
    return Keyring(SECRET, roster=ROSTER, wall_clock=lambda: now_s)


def refusal(token: str, conference: str = "c-1", now_s: float = NOW_S) -> str:
    with pytest.raises(TokenError) as refused:
        keyring(now_s).verify(token, conference)
    return refused.value.code


def test_what_was_minted_is_verified() -> None:
    desk = Identity(
        user="Nguyễn A", roles=frozenset({Role.CHAIR, Role.TECHNICIAN}), conference="c-1"
    )
    for identity in (SITE, desk):
        assert keyring().verify(keyring().mint(identity), "c-1") == identity


def test_a_token_expires_when_its_time_is_over_and_not_before() -> None:
    token = keyring().mint(SITE, valid_for_s=60)
    assert keyring(NOW_S + 59.9).verify(token, "c-1") == SITE
    assert refusal(token, now_s=NOW_S + 60) == "token_expired"


def test_a_token_without_an_end_lives_as_long_as_its_conference() -> None:
    token = keyring().mint(SITE)
    assert keyring(NOW_S + 1e9).verify(token, "c-1") == SITE
    assert refusal(token, conference="c-2") == "token_wrong_conference"


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    # minted in the future even by the clock that the library would ask
    token = keyring(now_s=32_503_680_000.0).mint(SITE, valid_for_s=60)
    assert keyring().verify(token, "c-1") == SITE


def test_two_tokens_of_one_identity_differ() -> None:
    assert keyring().mint(SITE) != keyring().mint(SITE)


@pytest.mark.parametrize(
    "changed",
    [
        {"roles": []},
        {"roles": ["minister"]},
        {"roles": "chair"},
        {"roles": ["site"]},
        {"roles": ["site"], "site": "99"},
        {"roles": ["chair"], "site": "99"},
        {"site": 11},
        {"sub": ""},
        {"sub": "a\x1bb"},
        {"sub": "x" * 65},
        {"exp": "never"},
        {"conf": None},
        {"jti": None},
    ],
)
def test_claims_that_cannot_be_are_refused_though_signed(changed: dict[str, Any]) -> None:
    claims = {name: v for name, v in {**CLAIMS, **changed}.items() if v is not None}
    assert refusal(jwt.encode(claims, SECRET, algorithm="HS256")) == "token_invalid"


def test_the_algorithm_is_not_the_tokens_to_choose() -> None:
    assert refusal(jwt.encode(CLAIMS, "", algorithm="none")) == "token_invalid"
    longer = jwt.encode(CLAIMS, SECRET * 2, algorithm="HS512")
    assert refusal(longer) == "token_invalid"


def test_what_would_be_refused_is_not_minted() -> None:
    for identity in (
        Identity(user="x", roles=frozenset({Role.SITE}), conference="c-1"),
        Identity(user="x", roles=frozenset({Role.SITE}), site="99", conference="c-1"),
    ):
        with pytest.raises(TokenError):
            keyring().mint(identity)
    for user, roles in (("", {Role.CHAIR}), ("x", set[Role]())):
        with pytest.raises(TokenError):
            keyring().mint(Identity(user=user, roles=frozenset(roles), conference="c-1"))


@given(st.text())
def test_any_text_is_a_token_or_refused(text: str) -> None:
    assert refusal(text) == "token_invalid"


@given(st.integers(min_value=0), st.characters(codec="ascii"))
def test_a_changed_token_is_refused(place: int, character: str) -> None:
    token = keyring().mint(SITE)
    place %= len(token) - 1  # the last character carries bits nobody reads
    if token[place] != character:
        assert refusal(token[:place] + character + token[place + 1 :]) == "token_invalid"


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state"
    token = Keyring.load(state, roster=ROSTER).mint(SITE)
    assert stat.S_IMODE((state / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert len((state / "secret").read_bytes()) == 32
    assert [file.name for file in state.iterdir()] == ["secret"]
    assert Keyring.load(state, roster=ROSTER).verify(token, "c-1") == SITE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_secret_others_can_reach_is_refused_with_the_mend(tmp_path: Path, mode: int) -> None:
    Keyring.load(tmp_path, roster=ROSTER)
    (tmp_path / "secret").chmod(mode)
    with pytest.raises(SecretError, match="chmod 600"):
        Keyring.load(tmp_path, roster=ROSTER)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_damaged_secret_is_refused_and_kept(tmp_path: Path, size: int) -> None:
    (tmp_path / "secret").write_bytes(b"x" * size)
    (tmp_path / "secret").chmod(0o600)
    with pytest.raises(SecretError, match="remove it"):
        Keyring.load(tmp_path, roster=ROSTER)
    assert len((tmp_path / "secret").read_bytes()) == size


def test_refusals_are_counted_by_their_code() -> None:
    it = keyring()
    for token, conference in (("x", "c-1"), ("y", "c-1"), (it.mint(SITE), "c-2")):
        with pytest.raises(TokenError):
            it.verify(token, conference)
    it.verify(it.mint(SITE), "c-1")

    assert it.refusals == {"token_invalid": 2, "token_wrong_conference": 1}
