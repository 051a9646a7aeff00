"""Remote: the service's REST as seen by a command.

Synchronous and on the standard library, because a command asks one or two questions and must not
wait a third of a second for aiohttp.  The proxies of the environment are ignored: a token for
the service here is nothing for a proxy elsewhere.

Who asks?  With ``--token-file`` its bearer.  Without, the command makes itself a token of a
minute from the secret in the state directory; only who may read that file can, which is the
authority it stands for.
"""

from __future__ import annotations

import getpass
import http.client
import json
import secrets
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from room110 import environment
from room110.cli import options
from room110.cli.exits import Exit, Failure
from room110.cli.mends import mends

Method = Literal["GET", "POST", "DELETE"]

TIMEOUT_S: Final = 10.0
TOKEN_FOR_S: Final = 60
"""Long enough for a command, too short to be worth stealing."""

_MEND: Final = "is the service running?  room110 serve"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What ``service.json`` of the state directory says about the service here."""

    http: str
    conference: str


class Remote:
    """One service and one bearer.  A connection per question."""

    def __init__(self, base: str, token: str) -> None:
        """``base`` such as ``http://127.0.0.1:8110``; :class:`Failure` when it is no such thing
        or would carry the token in clear over a network.
        """
        self._base = base.rstrip("/")
        self._token = token
        url = urlsplit(self._base)
        try:
            self._host, self._port = url.hostname or "", url.port
        except ValueError:
            self._host, self._port = "", None
        if url.scheme not in ("http", "https") or not self._host or url.query or url.fragment:
            raise Failure(Exit.USAGE, f"{base!r} is no address such as http://127.0.0.1:8110")
        if url.scheme == "http" and not _is_loopback(self._host):
            raise Failure(
                Exit.USAGE,
                f"{base} would carry the token in clear over the network;"
                " use https:// or an SSH tunnel to 127.0.0.1",
            )
        self._secure = url.scheme == "https"
        self._prefix = url.path

    def get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path, None)

    def post(
        self, path: str, body: Mapping[str, Any] | None = None, *, rev: int | None = None
    ) -> dict[str, Any]:
        """*rev* is the revision that was looked at; a clash with what came later is refused."""
        return self._ask("POST", path, body, rev=rev)

    def delete(self, path: str, *, rev: int | None = None) -> dict[str, Any]:
        return self._ask("DELETE", path, None, rev=rev)

    def document(self, path: str) -> bytes:
        """What GET *path* gives, as it is."""
        connection = self._connection(TIMEOUT_S)
        try:
            with self._reachable():
                connection.request("GET", f"{self._prefix}/api/v1{path}", None, self._headers())
                response = connection.getresponse()
                status, data = response.status, response.read()
        finally:
            connection.close()
        if status != http.client.OK:
            self._judge(status, data)
        return data

    @contextmanager
    def lines(self, path: str, *, silence_s: float) -> Iterator[Iterator[bytes]]:
        """What comes of GET *path*, line by line, for as long as it comes.

        Raises Failure: no answer, a no, or no line for *silence_s*.
        """
        connection = self._connection(silence_s)
        try:
            with self._reachable():
                connection.request("GET", f"{self._prefix}/api/v1{path}", None, self._headers())
                response = connection.getresponse()
                if response.status != http.client.OK:
                    self._judge(response.status, response.read())
            yield self._each(response)
        finally:
            connection.close()

    def _each(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        with self._reachable():
            while line := response.readline():
                yield line

    def _ask(
        self, method: Method, path: str, body: Mapping[str, Any] | None, *, rev: int | None = None
    ) -> dict[str, Any]:
        headers = self._headers()
        if method != "GET":
            # Should the answer be lost and the question be asked again, it is done once.
            headers["Idempotency-Key"] = secrets.token_hex(8)
        if rev is not None:
            headers["If-Match"] = f'"{rev}"'
        payload = None
        if body is not None:
            payload = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection = self._connection(TIMEOUT_S)
        try:
            with self._reachable():
                connection.request(method, f"{self._prefix}/api/v1{path}", payload, headers)
                response = connection.getresponse()
                status, data = response.status, response.read()
        finally:
            connection.close()
        return self._judge(status, data)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}

    def _connection(self, timeout_s: float) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        return kind(self._host, self._port, timeout=timeout_s)

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, http.client.HTTPException) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else error
            raise Failure(
                Exit.UNREACHABLE, f"no answer from {self._base} ({reason}); {_MEND}"
            ) from None

    def _judge(self, status: int, data: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(data or b"{}")
        except ValueError:
            answer = None
        if isinstance(answer, dict) and http.client.OK <= status < http.client.MULTIPLE_CHOICES:
            return answer
        if not isinstance(answer, dict) or "code" not in answer:
            raise Failure(
                Exit.FAILED, f"{self._base} answered {status}, not as a Room 110 service would"
            )
        refused = status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN)
        code = str(answer["code"])
        what = f"{code}: {answer.get('detail') or answer.get('title') or status}"
        raise Failure(
            Exit.REFUSED if refused else Exit.FAILED, what, *mends(code, answer.get("changed"))
        )


def connect(
    server: str | None,
    token_file: Path | None,
    *,
    roles: Collection[str],
    site: str | None = None,
) -> Remote:
    """The service to ask.  ``roles`` and ``site`` are those of the token made here, if one is."""
    if token_file is not None:
        return Remote(server or running().http, _read_token(token_file))
    here = running()
    if server is not None and server.rstrip("/") != here.http.rstrip("/"):
        raise Failure(Exit.USAGE, f"{server} is not the service that runs here: give --token-file")
    token = mint(user=whoami(), roles=roles, site=site, valid_for_s=TOKEN_FOR_S)
    return Remote(here.http, token)


def running() -> Running:
    """The service of this state directory, or exit 5."""
    path = environment.settings().state / "service.json"
    try:
        facts = json.loads(path.read_bytes())
        return Running(http=str(facts["http"]), conference=str(facts["conference"]))
    except FileNotFoundError:
        raise Failure(Exit.UNREACHABLE, f"there is no {path}; {_MEND}") from None
    except OSError as error:
        raise Failure(Exit.CONFIGURATION, f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        raise Failure(
            Exit.CONFIGURATION, f"{path} is damaged; start the service again to write it anew"
        ) from None


def mint(*, user: str, roles: Collection[str], site: str | None, valid_for_s: int | None) -> str:
    """A token for the running conference from the secret of this state directory."""
    from bridge.conference.words import Role
    from bridge.identity import Identity
    from signaling.identity import Keyring, SecretError, TokenError

    conference = running().conference
    identity = Identity(
        user=user, roles=frozenset(map(Role, roles)), site=site, conference=conference
    )
    try:
        keyring = Keyring.load(environment.settings().state, roster=options.roster().codes)
        return keyring.mint(identity, valid_for_s)
    except (SecretError, OSError) as error:
        raise Failure(Exit.CONFIGURATION, str(error)) from None
    except TokenError as error:
        raise Failure(Exit.USAGE, error.text) from None


def whoami() -> str:
    """The name the journal gets: the account on this machine."""
    try:
        return getpass.getuser()[:64]
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        return "console"


def _read_token(path: Path) -> str:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise Failure(Exit.USAGE, f"{path} holds no token") from None
    except OSError as error:
        raise Failure(Exit.USAGE, f"{path}: {error.strerror}") from None
    if len(text.split()) != 1 or not text.isascii():
        raise Failure(Exit.USAGE, f"{path} holds no token")
    return text.strip()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
