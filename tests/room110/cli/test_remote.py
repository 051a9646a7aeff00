from __future__ import annotations

import io
import json
import time

import jwt
import pytest

from room110.cli.exits import Exit, Failure
from room110.cli.mends import MENDS
from room110.cli.remote import Remote, connect, mint, running, whoami


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("127.0.0.1:8110", "is no address"),
        ("ftp://127.0.0.1", "is no address"),
        ("http://", "is no address"),
        ("http://127.0.0.1:port", "is no address"),
        ("http://127.0.0.1:99999", "is no address"),
        ("http://127.0.0.1/?token=x", "is no address"),
        ("http://192.0.2.1:8110", "in clear"),
        ("http://room110.example", "in clear"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_before_the_token_leaves(url, part):
    with pytest.raises(Failure, match=part) as caught:
        Remote(url, "t")
    assert caught.value.code == Exit.USAGE


@pytest.mark.parametrize("url", ["http://localhost:1", "http://[::1]:1", "https://room110.example"])
def test_loopback_or_tls_will_do(url):
    Remote(url, "t")


def test_without_a_service_the_mend_is_told(state):
    with pytest.raises(Failure, match="room110 serve") as caught:
        running()
    assert caught.value.code == Exit.UNREACHABLE


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"http": "x"}', "\xff"])
def test_a_damaged_service_json_is_told(state, text):
    (state / "service.json").write_text(text, encoding="latin-1")

    with pytest.raises(Failure, match="damaged") as caught:
        running()
    assert caught.value.code == Exit.CONFIGURATION


def test_a_service_that_is_gone_is_unreachable(service):
    service.server.shutdown()
    service.server.server_close()

    with pytest.raises(Failure, match=r"Connection refused.*room110 serve") as caught:
        connect(None, None, roles=("chair",)).get("/conference")
    assert caught.value.code == Exit.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        (401, "token_expired", Exit.REFUSED),
        (403, "not_authorized", Exit.REFUSED),
        (404, "site_not_found", Exit.FAILED),
        (409, "floor_full", Exit.FAILED),
        (503, "busy", Exit.FAILED),
    ],
)
def test_a_problem_is_its_code_and_its_mend(service, status, code, exit_code):
    problem = {"type": "about:blank", "status": status, "code": code, "detail": "so it is"}
    service.answers["POST", "/api/v1/floor/grants"] = (status, problem)

    with pytest.raises(Failure) as caught:
        connect(None, None, roles=("chair",)).post("/floor/grants", {"site": "11"})

    assert (caught.value.code, caught.value.lines) == (
        exit_code,
        (f"{code}: so it is", MENDS[code]),
    )


def test_a_command_that_came_too_late_says_what_has_changed(service):
    problem = {
        "status": 409,
        "code": "stale",
        "detail": "since 412",
        "rev": 414,
        "changed": [{"type": "next_chosen", "at_s": 1.0, "site": "14"}],
    }
    service.answers["POST", "/api/v1/floor/next"] = (409, problem)

    with pytest.raises(Failure) as caught:
        connect(None, None, roles=("chair",)).post("/floor/next", {"site": "11"}, rev=412)

    assert service.seen() == ['"412"']
    assert caught.value.lines == ("stale: since 412", "next_chosen site=14", MENDS["stale"])


def test_a_token_made_here_may_be_of_a_site(service):
    connect(None, None, roles=("site",), site="11").delete("/floor/requests/9")

    assert (service.bearer().roles, service.bearer().site) == ({"site"}, "11")


def test_lines_come_one_by_one(service):
    service.answers["GET", "/api/v1/events"] = (200, b"a\nb\n")

    with connect(None, None, roles=("chair",)).lines("/events", silence_s=5) as lines:
        assert list(lines) == [b"a\n", b"b\n"]


def test_a_no_instead_of_lines_is_a_failure(service):
    no = {"code": "not_authorized", "detail": "not yours"}
    service.answers["GET", "/api/v1/events"] = (403, no)

    remote = connect(None, None, roles=("chair",))
    with (
        pytest.raises(Failure, match="not yours") as caught,
        remote.lines("/events", silence_s=5),
    ):
        pass
    assert caught.value.code == Exit.REFUSED


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"a":'])
@pytest.mark.parametrize("status", [200, 502])
def test_somebody_else_s_answer_is_not_taken_for_ours(service, status, body):
    service.answers["GET", "/api/v1/floor"] = (status, body)
    remote = connect(None, None, roles=("chair",))

    if (status, body) == (200, b""):
        assert remote.get("/floor") == {}
        return
    with pytest.raises(Failure, match=f"answered {status}, not as a Room 110 service"):
        remote.get("/floor")


def test_the_token_made_here_is_short_and_has_the_roles_asked_for(service):
    connect(None, None, roles=("technician",)).get("/sites")

    assert service.bearer().roles == {"technician"}
    assert service.bearer().user == whoami()
    token = service.asked[-1][3]["Authorization"].split()[1]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert 0 < claims["exp"] - time.time() <= 60


def test_a_command_can_be_told_from_its_repetition(service):
    remote = connect(None, None, roles=("chair",))
    remote.get("/floor")
    remote.post("/mute", {"on": True})
    remote.delete("/floor/grants")

    keys = [headers["Idempotency-Key"] for *_, headers in service.asked]
    assert keys[0] is None
    assert keys[1] and keys[2] and keys[1] != keys[2]


def test_the_service_here_may_be_named(service):
    connect(service.url + "/", None, roles=("chair",)).get("/floor")

    assert service.asks() == [("GET", "/api/v1/floor", None)]


def test_another_service_needs_a_token(service):
    with pytest.raises(Failure, match="--token-file") as caught:
        connect("http://127.0.0.1:1", None, roles=("chair",))
    assert caught.value.code == Exit.USAGE


def test_a_token_file_is_used_as_it_is(service, tmp_path):
    (tmp_path / "t").write_text("abc.def.ghi\n")

    connect(None, tmp_path / "t", roles=("chair",)).get("/floor")

    assert service.asked[-1][3]["Authorization"] == "Bearer abc.def.ghi"


def test_a_token_file_with_a_server_needs_no_state(service, state, tmp_path):
    (tmp_path / "t").write_text("abc")
    (state / "service.json").unlink()

    connect(service.url, tmp_path / "t", roles=()).get("/floor")

    assert not (state / "secret").exists()


def test_a_token_comes_from_stdin_too(service, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("abc\n"))

    connect(None, "-", roles=()).get("/floor")

    assert service.asked[-1][3]["Authorization"] == "Bearer abc"


@pytest.mark.parametrize("data", [b"", b"\n", b"a b", b"a\nb", b"\xff", "ạ".encode()])
def test_a_file_without_a_token_is_told(service, tmp_path, data):
    (tmp_path / "t").write_bytes(data)

    with pytest.raises(Failure, match="holds no token"):
        connect(None, tmp_path / "t", roles=())


def test_a_missing_token_file_is_told(service, tmp_path):
    with pytest.raises(Failure, match="No such file"):
        connect(None, tmp_path / "t", roles=())


def test_a_secret_that_others_can_read_is_a_wrong_configuration(service, state):
    (state / "secret").write_bytes(b"x" * 32)
    (state / "secret").chmod(0o644)

    with pytest.raises(Failure, match="chmod 600") as caught:
        connect(None, None, roles=("chair",))
    assert caught.value.code == Exit.CONFIGURATION


def test_a_token_nobody_could_use_is_not_made(service):
    with pytest.raises(Failure) as caught:
        mint(user="x", roles=("site",), site=None, valid_for_s=None)
    assert caught.value.code == Exit.USAGE


def test_a_wrong_setting_is_a_wrong_configuration(monkeypatch):
    monkeypatch.setenv("ROOM110_HTTP_PROT", "1")

    with pytest.raises(Failure, match="did you mean ROOM110_HTTP_PORT") as caught:
        running()
    assert caught.value.code == Exit.CONFIGURATION


def test_service_json_may_say_more_than_we_know(state):
    facts = {"http": "http://127.0.0.1:1", "conference": "c", "new": True}
    (state / "service.json").write_text(json.dumps(facts))

    assert running().conference == "c"
