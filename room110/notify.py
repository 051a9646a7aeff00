"""Notify: telling systemd that the service is ready, and that it stops (sd_notify(3)).

With ``Type=notify`` a unit that depends on ours, and the person who typed ``systemctl start``, wait
until the doors are open and not only until the program runs.  The datagram goes to the socket that
``NOTIFY_SOCKET`` names; without one there is nobody to tell.
"""

from __future__ import annotations

import os
import socket
from typing import Final

VARIABLE: Final = "NOTIFY_SOCKET"
READY: Final = "READY=1"
STOPPING: Final = "STOPPING=1"


def notify(state: str, *, status: str = "") -> bool:
    """Say it, with a line for ``systemctl status``; whether somebody was there to hear it.

    Never raises: a service does not end because its manager is deaf.
    """
    address = os.environ.get(VARIABLE, "")
    if address.startswith("@"):
        address = "\0" + address[1:]
    elif not address.startswith("/"):
        return False
    lines = [state, *([f"STATUS={status}"] if status else [])]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as said:
            said.sendto("\n".join(lines).encode(), address)
    except OSError:
        return False
    return True
