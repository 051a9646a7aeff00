from __future__ import annotations

import pytest

from config.agenda_sites import site_of
from config.roster import SiteNotFoundError, parse_roster
from tests.config.agendas import ROSTER

SECOND_ROOMS = parse_roster(
    (
        "code,slug,name,type,region,title\n"
        "01,ha-noi,Hà Nội,tp,Bắc,Sở KHCN Hà Nội\n"
        "01-2,ha-noi-2,Hà Nội,tp,Bắc,Sở KHCN Hà Nội\n"
        "46,hue,Huế,tp,Trung,Sở KHCN Huế\n"
    ).encode(),
    "r.csv",
)


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("3", None),
        ("010", "01"),
        ("1.0", "110"),
        ("1 1", "110"),
        ("tỉnh 11", "42"),
        ("Điện Bien Phủ", "11"),
        ("Sở KH&CN tỉnh Điện Bin", "11"),
        ("Quảng", "22"),
        ("tỉnh", None),
        ("Sở Khoa học và Công nghệ", None),
        ("", None),
        ("?" * 10_000, None),
    ],
)
def test_what_is_no_whole_name_is_refused(text, suggested):
    with pytest.raises(SiteNotFoundError, match="no such site") as caught:
        site_of(text, ROSTER)

    codes = [site.code for site in caught.value.suggestions]
    assert suggested in codes if suggested else codes == []
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("site", ROSTER.sites, ids=lambda site: site.slug)
def test_every_site_is_found_by_what_stands_in_a_table(site):
    for text in (
        site.code,
        site.code.removeprefix("0"),
        site.name,
        site.title,
        site.title.upper(),
        f"Điểm cầu {site.name}",
    ):
        assert site_of(text, ROSTER) is site


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", "01"),
        ("dien bien", "11"),
        ("tỉnh Điện Biên", "11"),
        ("Sở KH&CN tỉnh Điện Biên", "11"),
        ("Sở KHCN Điện Biên", "11"),
        ("TP. Hồ Chí Minh", "79"),
        ("TP.HCM", "79"),
        ("Sở KH và CN thành phố Cần Thơ", None),
        ("Sở Khoa học và Công nghệ thành phố Cần Thơ", "92"),
        ("Huế", "46"),
        ("BR-VT", "77"),
        ("phòng 110", "110"),
    ],
)
def test_an_office_may_stand_before_the_name(text, code):
    if code is None:
        with pytest.raises(SiteNotFoundError):
            site_of(text, ROSTER)
    else:
        assert site_of(text, ROSTER).code == code


def test_a_roster_that_says_hue_is_taken_at_its_word():
    assert site_of("TP Huế", SECOND_ROOMS).code == "46"


def test_a_second_room_is_named_by_its_code():
    assert site_of("1-2", SECOND_ROOMS).code == "01-2"
    assert site_of("01", SECOND_ROOMS).code == "01"
    for text in ("Hà Nội", "TP Hà Nội", "Sở KHCN Hà Nội"):
        with pytest.raises(SiteNotFoundError, match=r"several .* 01 Hà Nội or 01-2 Hà Nội"):
            site_of(text, SECOND_ROOMS)
