"""Codec: events as the journal keeps them, JSON objects with a ``type``.

The names in :data:`TYPES` are on disk and never change, whatever becomes of the classes.  Fields
are the fields of the dataclass.  A field is left out only where it is None and None is its
default; every other value is written, so that a new default never changes what has happened.
Reading is strict: what this version does not know it must not pass over, for a state folded
without it would be another conference.  A field that is absent takes its default, so a field
added later needs one.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import NoneType
from typing import Any, Final, Literal, TypeVar, get_args, get_origin, get_type_hints

from bridge.conference import check_events, floor_events, session_events
from bridge.conference.agenda import Draft
from bridge.conference.events import Event
from bridge.conference.figures import Figures
from bridge.conference.policy import Policy

TYPES: Final[Mapping[str, type[Event]]] = {
    "conference_begun": floor_events.ConferenceBegun,
    "phase_changed": floor_events.PhaseChanged,
    "link_changed": floor_events.LinkChanged,
    "request_made": floor_events.RequestMade,
    "request_accepted": floor_events.RequestAccepted,
    "request_granted": floor_events.RequestGranted,
    "clock_started": floor_events.ClockStarted,
    "time_warned": floor_events.TimeWarned,
    "time_over": floor_events.TimeOver,
    "limit_extended": floor_events.LimitExtended,
    "request_ended": floor_events.RequestEnded,
    "hold_started": floor_events.HoldStarted,
    "hold_ended": floor_events.HoldEnded,
    "block_changed": floor_events.BlockChanged,
    "next_chosen": floor_events.NextChosen,
    "site_limited": floor_events.SiteLimited,
    "policy_changed": floor_events.PolicyChanged,
    "chair_passed": floor_events.ChairPassed,
    "console_seen": floor_events.ConsoleSeen,
    "help_changed": session_events.HelpChanged,
    "cut_changed": session_events.CutChanged,
    "ladder_changed": session_events.LadderChanged,
    "standby_changed": session_events.StandbyChanged,
    "device_switched": session_events.DeviceSwitched,
    "media_restarted": session_events.MediaRestarted,
    "site_dropped": session_events.SiteDropped,
    "probe_started": session_events.ProbeStarted,
    "probe_ended": session_events.ProbeEnded,
    "broadcast_chosen": session_events.BroadcastChosen,
    "broadcast_shown": session_events.BroadcastShown,
    "watch_chosen": session_events.WatchChosen,
    "carousel_set": session_events.CarouselSet,
    "slate_written": session_events.SlateWritten,
    "agenda_loaded": session_events.AgendaLoaded,
    "item_started": session_events.ItemStarted,
    "item_ended": session_events.ItemEnded,
    "item_moved": session_events.ItemMoved,
    "rollcall_opened": session_events.RollcallOpened,
    "rollcall_marked": session_events.RollcallMarked,
    "rollcall_closed": session_events.RollcallClosed,
    "note_sent": session_events.NoteSent,
    "minutes_noted": session_events.MinutesNoted,
    "lock_changed": session_events.LockChanged,
    "conference_described": session_events.ConferenceDescribed,
    "check_begun": check_events.CheckBegun,
    "site_checked": check_events.SiteChecked,
    "check_ended": check_events.CheckEnded,
    "number_heard": check_events.NumberHeard,
    "walk_begun": check_events.WalkBegun,
    "walk_moved": check_events.WalkMoved,
    "walk_skipped": check_events.WalkSkipped,
    "walk_judged": check_events.WalkJudged,
    "walk_ended": check_events.WalkEnded,
}
_NAMES: Final = {event: name for name, event in TYPES.items()}

_T = TypeVar("_T")


class EventDecodeError(ValueError):
    """No event of ours: damaged, or written by another version."""


def encode(event: Event) -> dict[str, Any]:
    """The event as an object that ``json`` can write."""
    return {"type": _NAMES[type(event)], **_written(event)}


def decode(document: Mapping[str, Any]) -> Event:
    """The event that *document* was made from.  Raises :class:`EventDecodeError`."""
    fields = dict(document)
    name = fields.pop("type", None)
    if not isinstance(name, str) or name not in TYPES:
        raise EventDecodeError(f"unknown event type {name!r}")
    return _read_object(TYPES[name], fields, where=name)


def decode_all(document: Mapping[str, Any], *, version: int) -> tuple[Event, ...]:
    """The events that a *document* of that version of the journal stands for.

    Version 1 had one floor to a request, and a clock that began with the grant.
    """
    if version == 1 and document.get("type") == "request_made":
        fields = {**document}
        fields["floors"] = [fields.pop("floor", None)]
        return (decode(fields),)
    event = decode(document)
    if version == 1 and isinstance(event, floor_events.RequestGranted):
        return event, floor_events.ClockStarted(at_s=event.at_s, request=event.request)
    return (event,)


def _written(value: Any) -> dict[str, Any]:
    written = {}
    for field in dataclasses.fields(value):
        content = getattr(value, field.name)
        if content is None and field.default is None:
            continue
        written[field.name] = _plain(content)
    return written


def _plain(content: Any) -> Any:
    if dataclasses.is_dataclass(content):
        return _written(content)
    if isinstance(content, tuple):
        return [_plain(item) for item in content]
    return content.value if isinstance(content, StrEnum) else content


def _read_object(kind: type[_T], fields: Mapping[str, Any], *, where: str) -> _T:
    readers = _READERS[kind]
    unknown = sorted(set(fields) - set(readers))
    if unknown:
        raise EventDecodeError(f"{where}: unknown field {unknown[0]!r}")
    read = {name: readers[name](value, f"{where}.{name}") for name, value in fields.items()}
    try:
        return kind(**read)
    except TypeError as error:
        raise EventDecodeError(f"{where}: {error}") from None


Reader = Callable[[Any, str], Any]
"""(value, where it stands) -> the value with its true type."""


def _reader(hint: Any) -> Reader:
    """The reader of a field with that annotation; only what events use is known."""
    if get_origin(hint) is tuple:
        item = _reader(get_args(hint)[0])
        return lambda value, where: tuple(item(v, where) for v in _of(list, value, where))
    if get_origin(hint) is Literal:
        return lambda value, where: _read_literal(get_args(hint), value, where)
    if NoneType in get_args(hint):
        (other,) = (_reader(arg) for arg in get_args(hint) if arg is not NoneType)
        return lambda value, where: None if value is None else other(value, where)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return lambda value, where: _read_object(hint, _of(dict, value, where), where=where)
    if hint is float:
        return _read_float
    if issubclass(hint, StrEnum):
        return lambda value, where: _read_word(hint, value, where)
    return lambda value, where: _of(hint, value, where)


def _of(kind: type[_T], value: Any, where: str) -> _T:
    # type() and not isinstance(): True is no number here.
    if type(value) is not kind:
        raise EventDecodeError(f"{where}: {kind.__name__} expected, not {value!r}")
    return value


def _read_float(value: Any, where: str) -> float:
    try:
        number = float(value) if type(value) is int else _of(float, value, where)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise EventDecodeError(f"{where}: {value!r} is no time")
    return number


def _read_literal(words: tuple[str, ...], value: Any, where: str) -> str:
    if type(value) is not str or value not in words:
        raise EventDecodeError(f"{where}: unknown word {value!r}")
    return value


def _read_word(words: type[StrEnum], value: Any, where: str) -> StrEnum:
    word = _of(str, value, where)
    try:
        return words(word)
    except ValueError:
        raise EventDecodeError(f"{where}: unknown word {word!r}") from None


_READERS: Final[Mapping[type[Any], Mapping[str, Reader]]] = {
    kind: {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    for kind in (*TYPES.values(), Policy, Draft, Figures)
}
