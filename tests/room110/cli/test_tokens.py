from __future__ import annotations

import json
import time

import jwt
import pytest

from bridge.conference.words import Role
from config.roster import load_roster
from room110.cli.tokens import RoleName
from signaling.identity import Keyring


@pytest.fixture
def verify(service):
    keyring = Keyring.load(service.state, roster=load_roster().codes)
    return lambda token: keyring.verify(token.strip(), "c-20200529")


def test_the_token_is_all_there_is_on_stdout_and_the_service_takes_it(room110, verify):
    code, out, err = room110("token", "create", "--role", "site", "--site", "dien bien")

    assert (code, err) == (0, "")
    identity = verify(out)
    assert (identity.roles, identity.site) == ({Role.SITE}, "11")
    assert identity.user == "site.dien-bien"


def test_it_lives_as_long_as_the_conference_unless_said(room110, verify):
    _, lasting, _ = room110("token", "create", "--role", "viewer")
    _, short, _ = room110("token", "create", "--role", "viewer", "--valid-for", "4h")

    claims = [jwt.decode(t.strip(), options={"verify_signature": False}) for t in (lasting, short)]
    assert "exp" not in claims[0]
    assert 14390 < claims[1]["exp"] - time.time() <= 14400


def test_one_person_may_have_several_roles_and_a_name(room110, verify):
    args = ("--role", "technician", "--role", "chair", "--user", "Nguyễn Văn A")
    _, out, _ = room110("token", "create", *args, "--json")

    answer = json.loads(out)
    identity = verify(answer.pop("token"))
    assert identity.user == "Nguyễn Văn A"
    assert answer == {
        "schema_version": 1,
        "user": "Nguyễn Văn A",
        "roles": ["chair", "technician"],
    }


def test_a_site_without_a_place_is_refused(room110, service):
    code, out, err = room110("token", "create", "--role", "site")

    assert (code, out) == (2, "") and "needs --site" in err


@pytest.mark.parametrize("user", ["a\nb", "x" * 65])
def test_a_name_the_journal_cannot_keep_is_refused(room110, service, user):
    assert room110("token", "create", "--role", "chair", "--user", user)[:2] == (2, "")


def test_the_roles_are_those_of_the_conference():
    assert [role.value for role in RoleName] == [role.value for role in Role]
