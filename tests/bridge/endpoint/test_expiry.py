"""Until when the certificate of an address is good, also when nobody would take it."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bridge.endpoint.expiry import expires_s

BEGAN = datetime(2020, 5, 29, tzinfo=UTC)


def certificate(folder, *, ends: datetime):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "room110.test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(110)
        .not_valid_before(BEGAN)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    path = folder / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize("days", [1, 36_500], ids=["long over", "far away"])
async def test_it_is_told_whether_it_is_over_or_not(tmp_path, days):
    ends = BEGAN + timedelta(days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path, ends=ends))
    async with await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context
    ) as server:
        port = server.sockets[0].getsockname()[1]
        assert await asyncio.to_thread(expires_s, "127.0.0.1", port) == ends.timestamp()


async def test_no_answer_and_no_tls_are_errors():
    async with await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0
    ) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(OSError):
            await asyncio.to_thread(expires_s, "127.0.0.1", port)
    with pytest.raises(OSError):
        await asyncio.to_thread(expires_s, "127.0.0.1", port)
