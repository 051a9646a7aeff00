from __future__ import annotations

import json

from bridge.conference.commands import ChairSilence


def test_a_wrong_name_among_good_ones_mutes_nobody(room110, service):
    code, _, err = room110("mute", "11", "xyzzy")

    assert code == 2 and "no such site: 'xyzzy'" in err
    assert service.asks() == []


def test_a_wrong_name_of_the_spared_mutes_nobody(room110, service):
    assert room110("mute", "--all", "--but", "xyzzy")[0] == 2
    assert service.asks() == []


def test_several_sites_are_muted_one_by_one(room110, service):
    assert room110("mute", "11", "son la") == (0, "", "11 Điện Biên, 14 Sơn La: muted\n")
    assert service.asks() == [
        ("POST", "/api/v1/sites/11/mute", {"on": True}),
        ("POST", "/api/v1/sites/14/mute", {"on": True}),
    ]
    assert service.bearer().roles == {"chair"}


def test_who_could_not_be_muted_is_named_and_the_others_are(room110, service):
    no = {"code": "site_not_found", "detail": "no site 14"}
    service.answers["POST", "/api/v1/sites/14/mute"] = (404, no)

    code, _, err = room110("mute", "11", "14", "48")

    assert code == 3
    lines = err.splitlines()
    assert lines[0] == "11 Điện Biên, 48 Đà Nẵng: muted"
    assert lines[1] == "room110: 14: site_not_found: no site 14"
    _, out, _ = room110("mute", "11", "14", "--json")
    assert json.loads(out)["failed"]["14"][0] == "site_not_found: no site 14"
    # alone it is a plain no
    assert room110("mute", "14")[0] == 1


def test_what_the_token_does_not_open_is_not_tried_again(room110, service):
    no = {"code": "not_authorized", "detail": "no"}
    service.answers["POST", "/api/v1/sites/11/mute"] = (403, no)

    assert room110("mute", "11", "14")[0] == 4
    assert len(service.asks()) == 1


def test_silence_shuts_every_gate(room110, service):
    code, _, err = room110("silence")

    assert (code, err) == (0, "nobody is heard, room 110 neither\n")
    assert service.commands() == [ChairSilence()]
    assert json.loads(room110("silence", "--json")[1])["rev"] == 7


def test_off_unmutes(room110, service):
    assert room110("mute", "110", "--off") == (0, "", "110 Phòng 110: unmuted\n")
    assert service.asks() == [("POST", "/api/v1/sites/110/mute", {"on": False})]


def test_all_but_some_are_muted_in_one_act(room110, service):
    code, _, err = room110("mute", "--all", "--but", "ha noi", "--but", "79")

    assert (code, err) == (0, "all provincial sites but Hà Nội, Hồ Chí Minh are muted\n")
    assert service.asks() == [("POST", "/api/v1/mute", {"on": True, "but": ["01", "79"]})]


def test_all_are_unmuted(room110, service):
    assert room110("mute", "--all", "--off") == (0, "", "all provincial sites are unmuted\n")
    assert service.asks() == [("POST", "/api/v1/mute", {"on": False, "but": []})]


def test_the_answer_in_json(room110, service):
    _, out, err = room110("mute", "--all", "--json")

    assert json.loads(out) == {"schema_version": 1, "rev": 7, "on": True}
    assert err == ""
