from __future__ import annotations

from bridge.endpoint.book import PayloadBook


def test_a_payload_tells_its_site() -> None:
    book = PayloadBook()
    book.add("01", [b"a", b"b"])
    book.add("79", [b"c"])
    assert [book.whose(payload) for payload in (b"a", b"b", b"c", b"d")] == [
        "01",
        "01",
        "79",
        None,
    ]


def test_a_payload_of_two_sites_tells_nobody_however_often_it_is_added() -> None:
    book = PayloadBook()
    book.add("01", [b"same", b"a"])
    book.add("79", [b"same", b"c"])
    book.add("01", [b"same", b"a"])
    assert book.whose(b"same") is None
    assert book.shared == 1
    assert book.known("01") == 1


def test_adding_a_site_again_changes_nothing() -> None:
    book = PayloadBook()
    book.add("01", [b"a"])
    book.add("01", [b"a"])
    assert book.whose(b"a") == "01"
    assert book.shared == 0
