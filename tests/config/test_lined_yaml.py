from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.lined_yaml import Many, Pairs, Scalar, YamlError, read_lined


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: b: c", 1, "not YAML: mapping values are not allowed here; a text with a sign"),
        ("- a\n- 'b", 2, "not YAML"),
        ("- a\n\tb", 2, "not YAML"),
        ("a\n\x00", 2, "not YAML: unacceptable character"),
        ('- "\\UFFFFFFFF"', 1, "not YAML"),
        ("- &x a\n- *x", 1, "an anchor or alias"),
        ("- a\n- *x", 2, "an anchor or alias"),
        ("- a\n- !!python/object:os.system b", 2, "a tag"),
        ("- !!str b", 1, "a tag"),
        ("--- a\n--- b", 2, "a second document"),
        ("[" * 1_000_000, 1, "more than 8 levels"),
        ("- " * 500_000, 1, "more than 8 levels"),
        ("- a\n" * 20_000, 20_000, "more than 20000 texts"),
        ("%YAML 9.0\n---\na", 1, "not YAML"),
        ("%TAG ! a\n---\n!b c", 3, "a tag"),
    ],
)
def test_what_is_not_read_is_told_with_its_line(text, line, reason):
    with pytest.raises(YamlError) as caught:
        read_lined(text)

    assert str(caught.value).startswith(reason)
    assert caught.value.line == line
    assert "\n" not in str(caught.value)


def test_every_text_keeps_its_line_and_its_letters():
    assert read_lined("# hi\n- site: 01\n  on: no\n\n- >\n  a\n  b\n- 1.50") == Many(
        line=2,
        nodes=[
            Pairs(
                line=2,
                pairs=[
                    (Scalar(line=2, text="site"), Scalar(line=2, text="01")),
                    (Scalar(line=3, text="on"), Scalar(line=3, text="no")),
                ],
            ),
            Scalar(line=5, text="a b\n"),
            Scalar(line=8, text="1.50"),
        ],
    )


def test_a_key_may_stand_twice():
    node = read_lined("{a: 1, a: 2}")
    assert isinstance(node, Pairs)
    assert len(node.pairs) == 2


@pytest.mark.parametrize("text", ["", "\n", "# nothing", "---", "--- ~", "null", '""'])
def test_nothing_is_the_empty_text(text):
    node = read_lined(text)
    assert isinstance(node, Scalar)
    assert node.text == ""


def test_null_in_quotes_is_a_text():
    assert read_lined("'null'") == Scalar(line=1, text="null")


SIGNS = st.text(st.sampled_from(list("ab01 \n\t-:?,[]{}#&*!|>'\"%@`~\\é\ud800\x00\x85\u2028")))


@given(SIGNS)
def test_any_text_is_a_node_or_an_error_with_a_line(text):
    try:
        read_lined(text)
    except YamlError as error:
        assert 1 <= error.line <= len(text.splitlines()) + 1
