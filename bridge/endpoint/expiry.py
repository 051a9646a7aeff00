"""Expiry: until when the certificate of an HTTPS address is good.

It is asked for without being judged: one that is over is just what must be told.  The service itself
speaks no TLS; the certificate is that of the proxy before it, so it is seen from outside alone.
"""

from __future__ import annotations

import ssl
from typing import Final

from cryptography import x509

TIMEOUT_S: Final = 10.0


def expires_s(host: str, port: int) -> float:
    """Unix time.  Blocks for up to :data:`TIMEOUT_S`; raises OSError when there is no answer, and
    ValueError when it is no certificate."""
    pem = ssl.get_server_certificate((host, port), timeout=TIMEOUT_S)
    return x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc.timestamp()
