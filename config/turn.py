"""Turn: which TURN servers the pages are told of, and the secret that is shared with them.

A page builds its PeerConnection from these addresses, and a browser that is given one which it
cannot read throws: then the page has no media at all, at every site at once, and only on the day.
So an address is read here as strictly as a browser reads it (RFC 7065), and the mistake is told
at the start.  Two kinds are refused though they are well formed: ``stun:``, which lends no relay,
and ``turns:`` over UDP, which is DTLS to the server and which no browser speaks.

At most :data:`MAX_URLS`: each of them is a port at the server for every network of every page.

The secret is a file and no variable: the environment of a process is shown by too many tools.
It is the text that coturn has as ``static-auth-secret``, one line, and whoever has it can lend
himself the relay; so it has :data:`SHORTEST` characters at least, and no other user of the machine
may read it.  Its group may: systemd shows the file of ``LoadCredential=`` as readable for a group.
No message names a character of it.
"""

from __future__ import annotations

import os
import re
from ipaddress import AddressValueError, IPv6Address
from pathlib import Path
from typing import Final

MAX_URLS: Final = 4
SHORTEST: Final = 16
"""128 bits would be 22 characters of base64; less than this is a word that somebody thought of."""
LONGEST: Final = 256
_OTHERS: Final = 0o007
_LAST_PORT: Final = 65535
_URL: Final = re.compile(
    r"(?P<scheme>[a-z]+):(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?(?:\?transport=(?P<transport>[a-z]+))?"
)
_SECRET: Final = re.compile(rf"[!-~]{{{SHORTEST},{LONGEST}}}")


class TurnError(Exception):
    """The secret cannot be used; the message says why and what mends it, and nothing of it."""


def turn_url(text: str) -> str:
    """*text*, if a browser can use it.  Raises ValueError."""
    found = _URL.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no address such as turns:turn.example.gov.vn:443")
    scheme, transport = found["scheme"], found["transport"]
    if scheme not in {"turn", "turns"}:
        raise ValueError(f"{text}: it begins with turn: or turns: (TLS), not with {scheme}:")
    if found["host"].startswith("["):
        try:
            IPv6Address(found["host"][1:-1])
        except AddressValueError:
            raise ValueError(f"{text}: {found['host']} is no IPv6 address") from None
    if found["port"] is not None and not 1 <= int(found["port"]) <= _LAST_PORT:
        raise ValueError(f"{text}: a port is 1 to 65535")
    if transport not in {None, "udp", "tcp"}:
        raise ValueError(f"{text}: transport is udp or tcp, not {transport}")
    if scheme == "turns" and transport == "udp":
        raise ValueError(f"{text}: browsers speak TLS over TCP alone; write transport=tcp")
    return text


def turn_urls(texts: tuple[str, ...]) -> tuple[str, ...]:
    """*texts*, each once.  Raises ValueError."""
    urls = tuple(dict.fromkeys(turn_url(text) for text in texts))
    if len(urls) > MAX_URLS:
        raise ValueError(
            f"{len(urls)} addresses; every page takes a port at each: at most {MAX_URLS}"
        )
    return urls


def turn_secret(path: Path) -> bytes:
    """The secret in the file *path*.  Raises TurnError."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            text = file.read(LONGEST + 2).decode("ascii").removesuffix("\n")
    except OSError as error:
        raise TurnError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TurnError(f"{path} is no line of ASCII characters") from None
    if mode & _OTHERS:
        raise TurnError(f"{path} can be read by others (mode {mode:04o}): chmod 600 {path}")
    if not text.strip():
        raise TurnError(f"{path} is empty; it is one line, coturn's static-auth-secret")
    if not _SECRET.fullmatch(text):
        raise TurnError(
            f"{path} is not one line of {SHORTEST} to {LONGEST} characters without spaces;"
            " `openssl rand -base64 32` makes one"
        )
    return text.encode("ascii")
