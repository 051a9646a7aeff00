from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.roster import RosterError, SiteNotFoundError, fold, load_roster, parse_roster

HEADER = "code,slug,name,type,region,title\n"
HUE = "46,hue,Huế,tỉnh,Trung,Sở Huế\n"
ROSTER = load_roster()


def problems(text: str | bytes) -> tuple[str, ...]:
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(RosterError) as caught:
        parse_roster(data, "r.csv")
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "",
            "r.csv:1: the columns must be code,slug,name,type,region,title, and may be bandwidth_kbps,consent, not ",
        ),
        (
            "code;slug\n",
            "r.csv:1: the columns must be code,slug,name,type,region,title, and may be",
        ),
        (HEADER, "r.csv:2: no site at all"),
        (HEADER + HUE + "47,da\n", "r.csv:3: 2 cells, 6 expected"),
        (HEADER + "1,hue,Huế,tỉnh,Trung,Sở\n", "r.csv:2: code: String should match"),
        (HEADER + "46-1,hue,Huế,tỉnh,Trung,Sở\n", "r.csv:2: code: String should match"),
        (HEADER + "46,Huế,Huế,tỉnh,Trung,Sở\n", "r.csv:2: slug: String should match"),
        (HEADER + "46,hue, ,tỉnh,Trung,Sở\n", "r.csv:2: name: String should have at least 1"),
        (HEADER + HUE + HUE.replace("hue", "h"), "r.csv:3: 46 is already in line 2"),
        (HEADER + HUE + HUE.replace("46", "47"), "r.csv:3: hue is already in line 2"),
        (HEADER + "110,p,P,x,x,P\n", "r.csv:2: 110 is already room 110 itself"),
        (HEADER + "\n" + HUE + "\n47\n", "r.csv:5: 1 cells, 6 expected"),
        (HEADER + '46,hue,"Huế\n', "r.csv:2: unexpected end of data"),
        ((HEADER + HUE).encode() + b"47,\xff\n", "r.csv:3: not UTF-8; save it as CSV UTF-8"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(text, line):
    (found,) = problems(text)
    assert found.startswith(line)


def test_every_mistake_is_told_at_once():
    assert len(problems(HEADER + "x,hue,Huế,tỉnh,T,S\n47,y y,Y,tỉnh,T,S\n")) == 2


def test_a_spreadsheet_s_byte_order_mark_and_line_ends_are_read():
    data = b"\xef\xbb\xbf" + (HEADER + HUE).replace("\n", "\r\n").encode()

    assert [site.code for site in parse_roster(data, "r.csv")] == ["46", "110"]


def test_a_file_of_one_s_own_is_read(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(HEADER + HUE, encoding="utf-8")

    assert load_roster(path).codes == ("46", "110")


def test_the_63_provinces_and_room_110_in_the_order_of_the_seats():
    assert len(ROSTER) == 64
    assert ROSTER.sites[0].name == "Hà Nội" and ROSTER.sites[0].code == "01"
    assert [site.position for site in ROSTER] == list(range(64))
    assert ROSTER.sites[-1].code == "110"
    assert ROSTER.by_code("79").title == "Sở Khoa học và Công nghệ Thành phố Hồ Chí Minh"


def test_a_code_is_not_a_number():
    assert ROSTER.codes[0] == "01"
    with pytest.raises(KeyError):
        ROSTER.by_code("1")


@pytest.mark.parametrize("site", ROSTER.sites, ids=lambda site: site.slug)
def test_every_site_is_found_by_whatever_a_person_calls_it(site):
    for text in (
        site.code,
        site.slug,
        site.name,
        site.name.upper(),
        site.slug.replace("-", " "),
        site.slug.replace("-", ""),
        f" {site.name} ",
    ):
        assert ROSTER.find(text) is site


@pytest.mark.parametrize(
    ("text", "code"),
    [("dien bien", "11"), ("Hoà Bình", "17"), ("Hòa Bình", "17"), ("đắk lắk", "66")],
)
def test_accents_and_their_places_do_not_matter(text, code):
    assert ROSTER.find(text).code == code


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("1", "01"),
        ("010", "01"),
        ("quang", "22"),
        ("dien bin", "11"),
        ("vung tau", "77"),
    ],
)
def test_a_part_or_a_misspelling_gets_a_suggestion_and_never_the_site(text, suggested):
    with pytest.raises(SiteNotFoundError) as caught:
        ROSTER.find(text)

    assert suggested in [site.code for site in caught.value.suggestions]
    assert f"{suggested} " in str(caught.value)


@pytest.mark.parametrize("text", ["", " ", "-", "???", "xyzzy"])
def test_nonsense_is_refused_without_a_guess(text):
    with pytest.raises(SiteNotFoundError, match="no such site") as caught:
        ROSTER.find(text)
    assert caught.value.suggestions == ()


def test_a_second_room_of_the_same_name_must_be_named_by_its_code():
    text = HEADER + HUE + HUE.replace("46", "46-2").replace("hue", "hue-2")
    roster = parse_roster(text.encode(), "r.csv")

    assert roster.find("46-2").slug == "hue-2"
    assert roster.find("hue-2").code == "46-2"
    with pytest.raises(SiteNotFoundError, match="46 Huế or 46-2 Huế"):
        roster.find("Huế")


def test_a_slug_is_the_name_without_accents():
    assert all(fold(site.slug) == fold(site.name) for site in ROSTER)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_roster_or_an_error_with_a_line(data):
    try:
        parse_roster(HEADER.encode() + data, "r.csv")
    except RosterError as error:
        assert all(line.startswith("r.csv:") for line in error.problems)


def test_a_column_may_say_what_the_line_carries():
    header = HEADER.replace("title", "title,bandwidth_kbps")
    rows = "46,hue,Huế,tỉnh,Trung,Sở Huế,800\n48,da-nang,Đà Nẵng,tp,Trung,Sở Đà Nẵng,\n"

    hue, da_nang, centre = parse_roster((header + rows).encode(), "r.csv").sites

    assert (hue.bandwidth_kbps, da_nang.bandwidth_kbps, centre.bandwidth_kbps) == (800, None, None)


@pytest.mark.parametrize("cell", ["63", "2000000", "fast", "-1"])
def test_a_bandwidth_that_no_line_has_is_told(cell):
    header = HEADER.replace("title", "title,bandwidth_kbps")

    (found,) = problems(header + f"46,hue,Huế,tỉnh,Trung,Sở,{cell}\n")

    assert found.startswith("r.csv:2: bandwidth_kbps: ")
