"""SDP as text: what a session description says, before anybody judges it (RFC 8866).

The reader knows the attributes negotiation needs and skips all others unread.  Any text gives a
:class:`Description` or :class:`SdpRejected`: every number is matched as ASCII digits of bounded
length before ``int`` sees it, and everything an answer may echo (mid, rid, format parameters) is
held to its own alphabet, so no line of an offer can smuggle another line into our answer.

BUNDLE makes one transport of all m-lines.  Its attributes (ICE, DTLS) stand at session level or in
the m-line that is first in the group, the tagged one (RFC 9143 7.2); other m-lines may repeat them
and are not asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bridge.media.plane import Candidate

MAX_MEDIA: Final = 128
"""m-lines read at most; the longest session has 78 slots."""

_ID: Final = r"[A-Za-z0-9_-]{1,16}"
_LINE: Final = re.compile(r"[a-z]=[^\x00-\x08\x0a-\x1f\x7f]*")
_MEDIA: Final = re.compile(
    r"(\w{1,16}) (\d{1,5})(?:/\d{1,5})? ([A-Z/]{1,32})((?: \S{1,32}){1,256})", re.ASCII
)
_BUNDLE: Final = re.compile(r"BUNDLE((?: \S{1,64})*) *")
_MID: Final = re.compile(r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]{1,16}")
_RTPMAP: Final = re.compile(r"(\d{1,3}) ([\w.+-]{1,64})/(\d{1,9})(?:/(\d{1,3}))? *", re.ASCII)
_FMTP: Final = re.compile(r"(\d{1,3}) ([\x20-\x7e]{1,1024})", re.ASCII)
_FEEDBACK: Final = re.compile(r"(\d{1,3}|\*) ([\x20-\x7e]{1,64})", re.ASCII)
_EXTMAP: Final = re.compile(
    r"(\d{1,4})(?:/(sendrecv|sendonly|recvonly|inactive))? ([\x21-\x7e]{1,256})(?: .*)?", re.ASCII
)
_RID: Final = re.compile(rf"({_ID}) (send|recv)(?: .*)?")
_SIMULCAST: Final = re.compile(rf"(send|recv) (~?{_ID}(?:[;,]~?{_ID}){{0,15}})")
_SSRC: Final = re.compile(r"(\d{1,10})(?: .*)?", re.ASCII)
_SSRC_GROUP: Final = re.compile(r"(\S{1,16})((?: \d{1,10}){1,16}) *", re.ASCII)
_ICE_UFRAG: Final = re.compile(r"[A-Za-z0-9+/]{4,256}")
_ICE_PWD: Final = re.compile(r"[A-Za-z0-9+/]{22,256}")
_FINGERPRINT: Final = re.compile(
    r"([A-Za-z0-9-]{1,16}) ([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){1,63}) *"
)
_CANDIDATE: Final = re.compile(
    r"\S{1,32} 1 (udp|tcp) \d{1,10} ([0-9a-z.:-]{1,253}) (\d{1,5}) typ host((?: .*)?)",
    re.ASCII | re.IGNORECASE,
)
_PASSIVE: Final = re.compile(r"(?:.* )?tcptype passive(?: .*)?")
_DIRECTIONS: Final = ("sendrecv", "sendonly", "recvonly", "inactive")

Attributes = dict[str, list[str]]


class SdpRejected(Exception):
    """The peer's description cannot be used; ``reason`` says what and in which m-line."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One payload type of an m-line: a codec, or what repeats one (RFC 4588)."""

    payload_type: int
    encoding: str
    """``name/clock`` or ``name/clock/channels`` in lower case, e.g. ``opus/48000/2``."""
    fmtp: str
    feedback: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    number: int
    direction: str | None
    """As written behind the number, from the describing side; None when nothing was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLine:
    """One m-line, as its side describes itself."""

    kind: str
    port: int
    protocol: str
    mid: str
    direction: str
    formats: tuple[Format, ...]
    """In the order of the m-line: most wanted first."""
    extensions: Mapping[str, Extension]
    """By URI."""
    send_rids: tuple[str, ...]
    recv_rids: tuple[str, ...]
    simulcast: Mapping[str, tuple[str, ...]]
    """``send`` and ``recv`` to their layers; alternatives and paused ones count like others."""
    ssrcs: tuple[int, ...]
    ssrc_groups: tuple[tuple[str, tuple[int, ...]], ...]
    rtcp_mux: bool
    rtcp_rsize: bool
    bundle_only: bool
    msid: str
    """Empty when absent."""
    candidates: tuple[Candidate, ...]
    """Host candidates of component 1: UDP, and TCP that waits for us (RFC 6544 passive)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A whole session description."""

    bundle: tuple[str, ...]
    ice_lite: bool
    allow_mixed: bool
    ufrag: str
    pwd: str
    fingerprints: tuple[tuple[str, str], ...]
    """(hash function in lower case, value in upper case), at least one."""
    setup: str
    media: tuple[MediaLine, ...]


def parse_description(text: str) -> Description:
    """Read an offer or answer.  Raises :class:`SdpRejected`, and nothing else, for bad text."""
    session, sections = _sections(text)
    media = tuple(_media(index, *section) for index, section in enumerate(sections))
    mids = [line.mid for line in media]
    if len(set(mids)) != len(mids):
        raise SdpRejected("two m-lines have the same mid")
    groups = [found for value in session.get("group", ()) if (found := _BUNDLE.fullmatch(value))]
    bundle = tuple(groups[0][1].split()) if groups else ()
    if not bundle or bundle[0] not in mids:
        raise SdpRejected("no BUNDLE group that starts with an m-line")
    tagged = sections[mids.index(bundle[0])][1]
    return Description(
        bundle=bundle,
        ice_lite="ice-lite" in session,
        allow_mixed="extmap-allow-mixed" in session
        or any("extmap-allow-mixed" in attributes for _, attributes in sections),
        ufrag=_transport_attribute("ice-ufrag", _ICE_UFRAG, tagged, session),
        pwd=_transport_attribute("ice-pwd", _ICE_PWD, tagged, session),
        fingerprints=_fingerprints(tagged.get("fingerprint") or session.get("fingerprint") or []),
        setup=_transport_attribute("setup", _MID, tagged, session),
        media=media,
    )


def _sections(text: str) -> tuple[Attributes, list[tuple[str, Attributes]]]:
    lines = [line for raw in text.split("\n") if (line := raw.removesuffix("\r"))]
    if not lines or lines[0] != "v=0":
        raise SdpRejected("not a session description: it does not start with v=0")
    session: Attributes = {}
    sections: list[tuple[str, Attributes]] = []
    attributes = session
    for line in lines:
        if not _LINE.fullmatch(line):
            raise SdpRejected("a line is not of the form letter=value")
        if line[0] == "a":
            name, _, value = line[2:].partition(":")
            attributes.setdefault(name, []).append(value)
        elif line[0] == "m":
            attributes = {}
            sections.append((line[2:], attributes))
            if len(sections) > MAX_MEDIA:
                raise SdpRejected(f"more than {MAX_MEDIA} m-lines")
    return session, sections


def _transport_attribute(
    name: str, form: re.Pattern[str], tagged: Attributes, session: Attributes
) -> str:
    values = tagged.get(name) or session.get(name)
    if not values:
        raise SdpRejected(f"a={name} is missing")
    if not form.fullmatch(values[0]):
        raise SdpRejected(f"malformed a={name}")
    return values[0]


def _fingerprints(values: list[str]) -> tuple[tuple[str, str], ...]:
    found = [_FINGERPRINT.fullmatch(value) for value in values]
    if not found:
        raise SdpRejected("a=fingerprint is missing")
    if None in found:
        raise SdpRejected("malformed a=fingerprint")
    return tuple((match[1].lower(), match[2].upper()) for match in found if match)


def _media(index: int, head: str, attributes: Attributes) -> MediaLine:
    def matches(name: str, form: re.Pattern[str]) -> list[re.Match[str]]:
        found = []
        for value in attributes.get(name, ()):
            match = form.fullmatch(value)
            if match is None:
                raise SdpRejected(f"m-line {index}: malformed a={name}")
            found.append(match)
        return found

    first = _MEDIA.fullmatch(head)
    if first is None:
        raise SdpRejected(f"m-line {index}: malformed m=")
    mids = matches("mid", _MID)
    if not mids:
        raise SdpRejected(f"m-line {index}: a=mid is missing")
    rids = matches("rid", _RID)
    # an attribute given twice counts as first given, as in the peers' own parsers
    extensions: dict[str, Extension] = {}
    for match in matches("extmap", _EXTMAP):
        extension = Extension(number=int(match[1]), direction=match[2])
        extensions.setdefault(match[3], extension)
    return MediaLine(
        kind=first[1],
        port=int(first[2]),
        protocol=first[3],
        mid=mids[0][0],
        direction=next((word for word in _DIRECTIONS if word in attributes), "sendrecv"),
        formats=_formats(
            first[4].split(),
            matches("rtpmap", _RTPMAP),
            matches("fmtp", _FMTP),
            matches("rtcp-fb", _FEEDBACK),
        ),
        extensions=extensions,
        send_rids=tuple(match[1] for match in rids if match[2] == "send"),
        recv_rids=tuple(match[1] for match in rids if match[2] == "recv"),
        simulcast=_simulcast(index, attributes.get("simulcast", [])),
        ssrcs=tuple(dict.fromkeys(_ssrc(index, match[1]) for match in matches("ssrc", _SSRC))),
        ssrc_groups=tuple(
            (match[1], tuple(_ssrc(index, number) for number in match[2].split()))
            for match in matches("ssrc-group", _SSRC_GROUP)
        ),
        rtcp_mux="rtcp-mux" in attributes,
        rtcp_rsize="rtcp-rsize" in attributes,
        bundle_only="bundle-only" in attributes,
        msid=attributes.get("msid", [""])[0],
        candidates=tuple(_candidates(attributes.get("candidate", []))),
    )


def _candidates(values: list[str]) -> Iterator[Candidate]:
    """Those that can be used; all others are skipped, whatever they are (RFC 8839 5.1)."""
    for value in values:
        host = _CANDIDATE.fullmatch(value)
        if host is None or not 0 < int(host[3]) < 1 << 16:
            continue
        if host[1].lower() == "udp":
            yield Candidate(address=host[2], port=int(host[3]))
        elif _PASSIVE.fullmatch(host[4].strip()):
            yield Candidate(address=host[2], port=int(host[3]), transport="tcp")


def _formats(
    formats: list[str],
    maps: list[re.Match[str]],
    parameters: list[re.Match[str]],
    feedback: list[re.Match[str]],
) -> tuple[Format, ...]:
    fmtp = {match[1]: match[2] for match in parameters}
    wanted: dict[str, list[str]] = {}
    for match in feedback:
        wanted.setdefault(match[1], []).append(match[2].strip())
    known = {
        match[1]: "/".join(part.lower() for part in match.groups()[1:] if part) for match in maps
    }
    return tuple(
        Format(
            payload_type=int(number),
            encoding=known[number],
            fmtp=fmtp.get(number, ""),
            feedback=(*wanted.get(number, ()), *wanted.get("*", ())),
        )
        for number in formats
        if number in known
    )


def _simulcast(index: int, values: list[str]) -> dict[str, tuple[str, ...]]:
    words = values[0].split() if values else []
    layers: dict[str, tuple[str, ...]] = {}
    for at in range(0, len(words), 2):
        match = _SIMULCAST.fullmatch(" ".join(words[at : at + 2]))
        if match is None or match[1] in layers:
            raise SdpRejected(f"m-line {index}: malformed a=simulcast")
        layers[match[1]] = tuple(rid.removeprefix("~") for rid in re.split("[;,]", match[2]))
    return layers


def _ssrc(index: int, digits: str) -> int:
    number = int(digits)
    if number >= 1 << 32:
        raise SdpRejected(f"m-line {index}: an SSRC is wider than 32 bits")
    return number
