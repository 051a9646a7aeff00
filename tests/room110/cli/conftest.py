"""A service that answers as it is told and remembers what it was asked."""

from __future__ import annotations

import json
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bridge.identity import Identity
from config.roster import load_roster
from room110.cli import run
from signaling.identity import Keyring
from signaling.routes import addresses, message_of

CONFERENCE = "c-20200529"


class Service:
    def __init__(self, state):
        self.state = state
        self.answers = {}
        """(method, path) -> (status, body)"""
        self.asked = []
        """(method, path, body, headers), oldest first"""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size)) if size else None
                outer.asked.append((self.command, self.path, body, self.headers))
                status, answer = outer.answers.get((self.command, self.path), (200, {"rev": 7}))
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815  # the names http.server calls

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def asks(self):
        return [(method, path, body) for method, path, body, _ in self.asked]

    def commands(self):
        """What was asked and is no reading, as the service's own table understands it."""
        return [command_of(*ask) for ask in self.asks() if ask[0] != "GET"]

    def seen(self):
        """The revisions that commands were thought on."""
        asked = [headers for method, _, _, headers in self.asked if method != "GET"]
        return [headers["If-Match"] for headers in asked]

    def bearer(self):
        """Who asked last, by the service's own secret."""
        token = self.asked[-1][3]["Authorization"].removeprefix("Bearer ")
        keyring = Keyring.load(self.state, roster=load_roster().codes)
        return keyring.verify(token, CONFERENCE)


def command_of(method, path, body):
    """The command that a request is; whatever the door would refuse flies."""
    path = path.removeprefix("/api/v1")
    identity = Identity(user="x", roles=frozenset(), conference=CONFERENCE)
    # A path without a place in it is meant before one with.
    for (its_method, pattern), rows in sorted(
        addresses().items(), key=lambda row: "{" in row[0][1]
    ):
        match = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", pattern), path)
        if its_method == method and match:
            _, message = message_of(
                rows, identity=identity, body=body or {}, path=match.groupdict(), command_id="k"
            )
            return message.command()
    raise LookupError(f"{method} {path}")


@pytest.fixture(autouse=True)
def state(monkeypatch, tmp_path):
    """A state directory of our own, and no setting from outside."""
    for name in list(os.environ):
        if name.upper().startswith("ROOM110_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ROOM110_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    # It would outlast the test, writing to a stderr that is closed.
    monkeypatch.setattr("monitoring.logs.configure", lambda *_, **__: None)
    (tmp_path / "state").mkdir()
    return tmp_path / "state"


@pytest.fixture
def service(state):
    it = Service(state)
    facts = {"http": it.url, "media": [], "pid": 1, "boot": "b", "conference": CONFERENCE}
    (state / "service.json").write_text(json.dumps(facts))
    thread = threading.Thread(target=it.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield it
    it.server.shutdown()
    thread.join()
    it.server.server_close()


@pytest.fixture
def room110(capsys):
    """Run a command; its exit code, stdout and stderr."""

    def command(*args):
        code = run(args)
        out, err = capsys.readouterr()
        return code, out, err

    return command
