"""Names are Prometheus' own kind of names, and the document has all of them."""

from __future__ import annotations

import re

import pytest

from monitoring.catalogue import FAMILIES, documents
from monitoring.parts import PARTS
from monitoring.plane import WORKER
from tests.support.documents import ROOT

DOCUMENT = (ROOT / "docs/monitoring.md").read_text(encoding="utf-8")
WRONG_UNITS = {"ms", "us", "milliseconds", "minutes", "bits", "bps", "kb", "kbytes", "percent"}
OF_A_HISTOGRAM = ("_bucket", "_count", "_sum", "_created")

names = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


def test_no_name_is_given_twice():
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)


def test_every_family_is_on_the_page_once():
    pages = (*(family for families, _ in PARTS for family in families), *WORKER)
    assert pages == FAMILIES


@names
def test_a_name_says_whose_it_is_and_in_base_units(family):
    assert re.fullmatch(r"room110(_[a-z0-9]+)+", family.name)
    assert not WRONG_UNITS & set(family.name.split("_"))
    assert not family.name.endswith(OF_A_HISTOGRAM)


@names
def test_a_total_is_a_counter_and_a_counter_a_total(family):
    assert family.name.endswith("_total") == (family.kind == "counter")
    assert family.name.endswith("_info") == (family.kind == "info")
    if family.kind in {"histogram", "summary"}:
        assert family.name.endswith(("_seconds", "_ratio"))


@names
def test_labels_are_few_known_and_name_nobody(family):
    assert len(family.labels) <= 3
    assert all(re.fullmatch(r"[a-z]+", label) for label in family.labels)
    assert not {"session", "user", "address", "le", "job", "instance"} & set(family.labels)
    assert not family.words or family.labels


@names
def test_the_text_is_a_sentence(family):
    assert re.fullmatch(r"[A-Z][^\n|]+\.", family.text)


def test_bounds_ascend():
    for family in FAMILIES:
        assert list(family.bounds) == sorted(set(family.bounds))


def test_the_document_is_printed_from_the_code():
    for name, expected in documents().items():
        table = re.search(rf"<!-- {name}:begin -->\n(.*)<!-- {name}:end -->", DOCUMENT, re.DOTALL)

        assert table is not None
        assert table[1] == expected, "run: make docs"
