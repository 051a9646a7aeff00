"""Orders: what technicians do to machines, carried out after it was written down.

The conference decides and journals that a device is switched, told to make new media, or hung up;
here it is done.  What was done is not told back: lines say it themselves.
"""

from __future__ import annotations

from bridge.carriage import Carriage
from bridge.conference import commands
from bridge.conference.events import DeviceSwitched, MediaRestarted, SiteDropped
from bridge.conference.words import SiteCode
from bridge.devices import Devices
from bridge.events import Change
from bridge.outgoing import Bye, MediaReset
from bridge.room import Room
from bridge.sessions import Sessions


class Orders:
    def __init__(
        self, *, sessions: Sessions, devices: Devices, carriage: Carriage, room: Room
    ) -> None:
        self._sessions = sessions
        self._devices = devices
        self._carriage = carriage
        self._room = room

    def carry_out(self, change: Change) -> None:
        for event in change.events:
            match event:
                # One that the house has switched has been switched already.
                case DeviceSwitched(site=site) if change.authority is not None:
                    self._devices.switch(site)
                case MediaRestarted(site=site):
                    room = self._sessions.room(site)
                    if room is not None:
                        room.tell(MediaReset(reason="restart"))
                case SiteDropped(site=site):
                    self._drop(site)
                case _:
                    pass

    def _drop(self, site: SiteCode) -> None:
        room = self._sessions.room(site)
        if room is not None:
            room.tell(Bye(reason="dropped"))
            self._carriage.end(room)
            self._sessions.remove(room)
            self._devices.leave(room)
        self._room.post(commands.SiteLeft(site=site))
