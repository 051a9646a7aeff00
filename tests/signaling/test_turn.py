from __future__ import annotations

from signaling.turn import LIFETIME_S, Credential, TurnServers, credential
from tests.signaling.conftest import NOW_S, Service, hello

SECRET = b"north/wind+64==abcdef"
URLS = ("turns:turn.example.gov.vn:443?transport=tcp", "turn:turn.example.gov.vn:3478")


def test_a_credential_is_what_openssl_makes_of_it():
    """printf %s 1590799200:11 | openssl dgst -sha1 -hmac north/wind+64==abcdef -binary | base64"""
    shown = credential(SECRET, "11", now_s=1590799200.9 - LIFETIME_S)

    assert shown == Credential(username="1590799200:11", password="0BJMH3gzyLX0dLT4bWMDDt6wRiU=")


def test_it_is_another_for_another_name_time_or_secret():
    made = [
        credential(secret, name, now_s=now_s).password
        for secret in (SECRET, SECRET + b"x")
        for name in ("11", "14")
        for now_s in (NOW_S, NOW_S + 1)
    ]

    assert len(set(made)) == len(made)


def test_neither_credential_nor_secret_is_shown_by_chance():
    shown = credential(SECRET, "11", now_s=NOW_S)
    (server,) = TurnServers(URLS, SECRET, wall_clock=lambda: NOW_S).lent_to("11")

    for thing in (shown, server, TurnServers(URLS, SECRET)):
        assert shown.password not in repr(thing) and SECRET.decode() not in repr(thing)


def test_without_a_server_nobody_is_shown_anything():
    assert TurnServers().lent_to("11") == ()


async def said(service: Service, *roles: str, kind: str, site: str | None = None) -> list[object]:
    ws = await service.open()
    await ws.send_json(hello(service.token(*roles, site=site), kind=kind))
    answer = await ws.receive_json()
    await ws.close()
    return [answer["you"]["session"], *answer["ice_servers"]]


async def test_hello_shows_a_device_its_site_s_and_all_others_their_session_s(service: Service):
    service.turn = TurnServers(URLS, SECRET, wall_clock=lambda: NOW_S)
    await service.stop()
    await service.start()

    for kind in ("room", "content"):
        _, server = await said(service, "site", kind=kind, site="11")
        shown = credential(SECRET, "11", now_s=NOW_S)
        assert server == {
            "urls": list(URLS),
            "username": shown.username,
            "credential": shown.password,
        }
    for role, kind in (("chair", "console"), ("viewer", "wall")):
        session, server = await said(service, role, kind=kind, site="110")
        assert server["username"] == f"{int(NOW_S) + LIFETIME_S}:{session}"
