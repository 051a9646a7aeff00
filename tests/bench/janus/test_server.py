"""What is written for Janus; Janus itself is no part of the tests."""

from __future__ import annotations

import pytest

from bench.janus import server


@pytest.fixture
def written(tmp_path, monkeypatch):
    library = tmp_path / "lib"
    for kind in ("plugins", "transports"):
        (library / kind).mkdir(parents=True)
    monkeypatch.setattr(server, "library", lambda: library)
    folder = tmp_path / "janus"
    folder.mkdir()
    server.configure(folder, address="10.110.0.1", event_loops=2, port=7088, secret="s3cret")
    return folder


def test_one_plugin_and_one_transport_are_loaded_and_nothing_of_the_package(written):
    links = sorted(path.name for path in written.rglob("*.so"))

    assert links == ["libjanus_videoroom.so", "libjanus_websockets.so"]
    text = (written / "janus.jcfg").read_text(encoding="utf-8")
    assert "/etc/janus" not in text
    assert f'plugins_folder = "{written}/plugins"' in text


def test_it_wants_a_secret_and_listens_on_loopback(written):
    main = (written / "janus.jcfg").read_text(encoding="utf-8")
    door = (written / "janus.transport.websockets.jcfg").read_text(encoding="utf-8")

    assert 'api_secret = "s3cret"' in main
    assert "event_loops = 2" in main
    assert 'ice_enforce_list = "10.110.0.1"' in main
    assert 'ws_ip = "127.0.0.1"' in door
    assert "ws_port = 7088" in door
    assert "admin_ws = false" in door
