from __future__ import annotations

import pytest

from tests.config.agendas import problem, problems, read

A = "{title: A, minutes: 1}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a.yaml: no item at all"),
        ("[]", "a.yaml: no item at all"),
        ("items:", "a.yaml: no item at all"),
        ("{}", "a.yaml: no item at all"),
        ("hello", "a.yaml:1: 'hello' is no agenda; write a list of items"),
        ("- hello", "a.yaml:1: an item is a mapping, as '- {title: Khai mạc, minutes: 10}'"),
        (f"- {A}\n- [a]", "a.yaml:2: an item is a mapping"),
        ("items: hello", "a.yaml:1: a list is expected, each entry with '- ' before it"),
        ("items: {a: b}", "a.yaml:1: a list is expected"),
        ("title: x: y", "a.yaml:1: not YAML: mapping values are not allowed here; a text with"),
        (
            f"items: [{A}]\nitem: []",
            "a.yaml:2: 'item' is none of title, groups, items; did you mean 'items'?",
        ),
        (f"items: [{A}]\ntitle: [b]", "a.yaml:2: title: one text is expected"),
        (f"items: [{A}]\ntitle: {'x' * 301}", "a.yaml:2: title: 301 letters, 300 at most"),
        (f"items: [{A}]\nitems: [{A}]", "a.yaml:2: items is already in line 1"),
        (
            "- title: A\n  minutes: 1\n  minuts: 2",
            (
                "a.yaml:3: 'minuts' is none of kind, title, minutes, site, speaker, position, group;"
                " did you mean 'minutes'?"
            ),
        ),
        (
            "- {title: A, và B, minutes: 1}",
            (
                "a.yaml:1: 'và B' is none of kind, title, minutes, site, speaker, position, group;"
                " a text with a comma in it goes in quotes"
            ),
        ),
        (
            "- title: A\n  minutes: 1\n  số phút: 2",
            "a.yaml:3: minutes is already in line 2",
        ),
        ("- title: A\n  minutes: 1\n  ? [b]\n  : c", "a.yaml:3: '' is none of kind"),
        ("- title: A\n  minutes: [7]", "a.yaml:2: minutes: one text is expected, no list"),
        ("- title: A\n  minutes: x", "a.yaml:2: minutes: 'x' is no whole number"),
        ("- title: A\n  speaker: b", "a.yaml:1: minutes: missing"),
        ("- {title: A, minutes: 1, site: *x}", "a.yaml:1: an anchor or alias"),
        # Groups
        (f"- items: [{A}]", "a.yaml:1: a group has a name, as 'group: Nhóm 1'"),
        (f"- group: [a]\n  items: [{A}]", "a.yaml:1: a group has a name"),
        (
            f"- group: G\n  minutes: 7\n  items: [{A}]",
            "a.yaml:2: 'minutes' is none of group, items",
        ),
        (
            f"- group: G\n  items:\n    - group: H\n      items: [{A}]\n    - {A}",
            "a.yaml:3: a group stands in no other group",
        ),
        (
            "- group: G\n  items:\n    - {title: A, minutes: 1, group: H}",
            "a.yaml:3: group: this item is in 'G' already; delete it",
        ),
        (
            f"groups: [Nhóm 1, nhóm  1]\nitems: [{A}]",
            "a.yaml:1: 'nhóm  1' is already in line 1",
        ),
        (f"groups: [[a]]\nitems: [{A}]", "a.yaml:1: a group has a name"),
        (f"groups: ['']\nitems: [{A}]", "a.yaml:1: a group has a name"),
        (
            "groups: [Nhóm 1]\nitems: [{title: A, minutes: 1, group: Nhom 1}]",
            "a.yaml:2: group: 'Nhom 1' is not among the groups; did you mean 'Nhóm 1'?",
        ),
        (
            f"groups: [Nhóm 1]\nitems: [{{group: Nhóm 2, items: [{A}]}}]",
            "a.yaml:2: group: 'Nhóm 2' is not among the groups; did you mean 'Nhóm 1'?",
        ),
        (
            f"groups: [{{group: G, items: [{A}]}}]\nitems: [{A}]",
            "a.yaml:1: there are items beside the groups; put this group among them",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(text, told):
    assert problem(text, "a.yaml").startswith(told)


def test_mistakes_are_told_in_the_order_of_the_lines():
    text = """
- {title: A, minutes: x}
- {titel: B, minutes: 1}
- group: G
  items:
    - {title: C, minutes: 0}
    - 7
- {title: D, minutes: 1, site: nowhere}
"""
    lines = [int(line.split(":")[1]) for line in problems(text, "a.yaml")]
    assert lines == [2, 3, 3, 6, 7, 8]


def test_a_list_of_items_with_vietnamese_names():
    text = """
- loại: nghỉ
  nội dung: "Nghỉ: 15 phút"
  số phút: 15
- {điểm cầu: 01, nội dung: 'Cơ chế, chính sách', thời lượng: 7 phút,
   người trình bày: Ông A, chức vụ: Giám đốc, nhóm: ~}
"""
    rest, report = read(text, "a.yml").rows

    assert (rest.kind, rest.title, rest.minutes) == ("break", "Nghỉ: 15 phút", 15)
    assert (report.kind, report.site, report.minutes, report.group) == ("site", "01", 7, None)
    assert (report.title, report.speaker) == ("Cơ chế, chính sách", "Ông A")


def test_groups_hold_their_items_where_they_stand():
    text = f"""
title: Hội nghị
groups: [Nhóm 1, Nhóm 2]
items:
  - {A}
  - group: nhóm 1
    items:
      - {{title: B, minutes: 1}}
      - {{title: C, minutes: 1}}
  - {{title: D, minutes: 1, group: Nhóm 2}}
"""
    agenda = read(text, "a.yaml")

    assert agenda.title == "Hội nghị"
    assert [(row.title, row.group) for row in agenda.rows] == [
        ("A", None),
        ("B", "nhóm 1"),
        ("C", "nhóm 1"),
        ("D", "Nhóm 2"),
    ]


def test_groups_alone_are_the_agenda():
    text = f"groups:\n  - {{title: G, items: [{A}]}}\n  - {{nhóm: H, items: [{A}]}}\n  - I"

    assert [row.group for row in read(text, "a.yaml").rows] == ["G", "H"]


def test_groups_that_differ_by_a_dot_are_two():
    text = f"groups: ['1.1', '11']\nitems: [{A}]"
    assert len(read(text, "a.yaml").rows) == 1
