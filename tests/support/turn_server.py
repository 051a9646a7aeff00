"""Turn server: Debian's coturn with the configuration that deploy/ ships, at an address of this machine.

What stands in <> there is written in, ports and files are this test's own, and nothing else is
changed; so it refuses every peer but the bridge, as it will at the ministry.  Where this machine
has no address but loopback, which coturn refuses by itself too, that is lifted.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime as dt
import hashlib
import ipaddress
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from room110.children import die_with_parent, end
from room110.sockets import free_port
from tests.architecture.house import ROOT

SHIPPED = ROOT / "deploy/coturn/turnserver.conf"
START_S = 20.0
LOOK_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnServer:
    url: str
    secret: Path
    key: str
    """Of its certificate, as :func:`room110.bench.chromium.chromium` takes it."""
    log: Path


def configuration(folder: Path, address: str, port: int, secret: str) -> str:
    """The shipped one with all that was left open."""
    text = SHIPPED.read_text(encoding="utf-8")
    written = {
        "<public address>": address,
        "<name of the service>": "hop.example.gov.vn",
        "<32 random bytes, base64>": secret,
        "<address of the bridge>": address,
        "/etc/coturn/tls": str(folder),
    }
    for open_word, word in written.items():
        assert open_word in text, open_word
        text = text.replace(open_word, word)
    assert "=<" not in text
    for key, number in (("tls-listening-port", port), ("listening-port", free_port())):
        text = re.sub(rf"^{key}=.*$", f"{key}={number}", text, flags=re.MULTILINE)
    own = [f"listening-ip={address}", f"relay-ip={address}"]
    own += [f"pidfile={folder / 'pid'}", f"userdb={folder / 'db'}"]
    if ipaddress.ip_address(address).is_loopback:
        own += ["allow-loopback-peers", "cli-password=none"]
    return "\n".join([text, *own, ""])


def certify(folder: Path, address: str) -> str:
    """Write a certificate of our own; its key as Chromium takes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "turn")])
    now = dt.datetime.now(dt.UTC)
    places = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(places, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)
    public = key.public_key().public_bytes(der, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(public).digest()).decode("ascii")


@asynccontextmanager
async def turn_server(folder: Path, address: str) -> AsyncIterator[TurnServer]:
    """One with TLS, while inside."""
    program = shutil.which("turnserver")
    if program is None:
        pytest.skip("turnserver is not here: make debian-packages (Debian's coturn)")
    port, secret = free_port(), base64.b64encode(secrets.token_bytes(32)).decode("ascii")
    made = TurnServer(
        url=f"turns:{address}:{port}?transport=tcp",
        secret=folder / "turn-secret",
        key=certify(folder, address),
        log=folder / "turn.log",
    )
    made.secret.write_text(f"{secret}\n", encoding="ascii")
    made.secret.chmod(0o600)
    (folder / "conf").write_text(configuration(folder, address, port, secret), encoding="utf-8")
    with made.log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            program,
            *("-c", str(folder / "conf")),
            stdout=out,
            stderr=out,
            preexec_fn=die_with_parent,
        )
    try:
        await _listens(process, address, port)
        yield made
    finally:
        await end(process)


async def _listens(process: asyncio.subprocess.Process, host: str, port: int) -> None:
    async with asyncio.timeout(START_S):
        while True:
            assert process.returncode is None, "see turn.log beside its configuration"
            with contextlib.suppress(ConnectionError):
                _, writer = await asyncio.open_connection(host, port)
                writer.close()
                return
            await asyncio.sleep(LOOK_S)
