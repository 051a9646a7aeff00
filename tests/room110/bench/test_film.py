from __future__ import annotations

from room110.bench.film import FRAMES, write_film


def test_a_film_is_what_its_header_says(tmp_path):
    film = write_film(tmp_path / "a.y4m", width=160, height=90, rate=15).read_bytes()

    header, _, frames = film.partition(b"\n")
    assert header.split()[:4] == [b"YUV4MPEG2", b"W160", b"H90", b"F15:1"]
    size = len(b"FRAME\n") + 160 * 90 * 3 // 2
    assert len(frames) == FRAMES * size
    pictures = [frames[at + 6 : at + size] for at in range(0, len(frames), size)]
    assert len(set(pictures)) == FRAMES


def test_it_is_the_same_film_every_time(tmp_path):
    one, two = (
        write_film(tmp_path / name, width=64, height=48, rate=15).read_bytes() for name in "ab"
    )

    assert one == two
