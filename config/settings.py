"""Settings: what the person who starts the service may choose.

One frozen object, made once, from defaults and ``ROOM110_`` environment variables; the
configuration file comes later.  Three rules:

1. A misspelt variable must not quietly become a default, so an unknown ``ROOM110_`` name is an
   error with the nearest known name.
2. All mistakes are told at once, one readable line each, named as the person wrote them.
3. HTTP binds loopback only.  Browsers give microphone and camera to secure contexts alone, and a
   token on a plain connection is anybody's; loopback needs no TLS for either, every other address
   does, and TLS does not exist here yet.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.turn import turn_urls

PREFIX: Final = "ROOM110_"

IpAddress = IPv4Address | IPv6Address


class SettingsError(Exception):
    """The settings cannot be used.  ``problems`` has one line for each mistake."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def default_state() -> Path:
    """Where a service keeps its own: the XDG base directory for state.

    A relative ``XDG_STATE_HOME`` is to be ignored, says that specification.
    """
    home = os.environ.get("XDG_STATE_HOME", "")
    base = Path(home) if home.startswith("/") else Path.home() / ".local" / "state"
    return base / "room110"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
    )

    state: Path = Field(default_factory=default_state)
    """Directory of the signing secret, the journal and service.json; made when missing."""

    roster: Path | None = None
    """CSV of the sites that are expected (``config/data``); the 63 provinces of 2020 without one."""

    http_host: str = "127.0.0.1"
    """IPv4 address for WebSocket and REST.  Loopback only, until TLS exists."""

    http_port: int = Field(default=8110, ge=0, le=65535)
    """TCP port for WebSocket and REST; 0 takes a free one, told in service.json."""

    public_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Names under which a TLS proxy on this machine offers the service, with commas between, as
    browsers send them: ``hop.example.gov.vn``, with ``:port`` unless it is 443.  Other names but
    this machine's own are refused."""

    media_host: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1",)
    """IPv4 or IPv6 addresses that media listens on, with commas between; 0.0.0.0 and :: are every
    interface.  Loopback by default because ``media_advertise`` is: what nobody is told of need not
    be open."""

    media_port: int = Field(default=8110, ge=0, le=65535)
    """UDP port for media, the same on every address; 0 takes a free one, told in service.json."""

    media_tcp_port: int | None = Field(default=8111, ge=0, le=65535)
    """TCP port for media where UDP does not get through; 0 takes a free one, told in service.json,
    ``none`` offers no TCP."""

    media_metrics_port: int = Field(default=8112, ge=0, le=65535)
    """TCP port on loopback for the metrics that the media process tells itself; 0 takes a free one,
    told in service.json."""

    media_advertise: Annotated[tuple[str, ...], NoDecode] = ("127.0.0.1",)
    """IPv4 or IPv6 addresses offered to sites as ICE candidates, best first, with commas between.
    Behind NAT these are the outer ones."""

    turn_urls: Annotated[tuple[str, ...], NoDecode] = ()
    """TURN servers that pages are told of, with commas between, for sites that reach neither media
    port: ``turns:turn.example.gov.vn:443?transport=tcp``.  None: pages use none."""

    turn_secret_file: Path | None = None
    """File of one line, the ``static-auth-secret`` of these servers, for nobody else to read."""

    title: str = Field(
        default="Hội nghị trực tuyến Giám đốc các Sở Khoa học và Công nghệ",
        min_length=1,
        max_length=200,
    )
    """Name of a new conference; one that is resumed keeps the name it began with."""

    max_floor_users: int = Field(default=1, ge=1, le=4)
    """Sites that may hold the speech floor at once; four, because a session has four speaker
    slots.  Room 110 is never counted."""

    request_handling: Literal["block", "confirm", "queue"] = "queue"
    """What becomes of a site's request (RFC 6501): refused, held for the chair's yes, or queued."""

    speaking_limit_s: int | None = Field(default=300, ge=10, le=7200)
    """Speaking time of one floor, seconds; ``none`` for no limit.  Under ten seconds nobody can
    speak; over two hours the limit is a typing mistake."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least severe record that is written.  Only ``debug`` shows addresses and SDP."""

    log_format: Literal["auto", "json", "console"] = "auto"
    """``json`` is one object per line, ``console`` is for eyes, ``auto`` looks for a terminal."""

    @field_validator("state", "roster", "turn_secret_file")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().absolute()

    @field_validator("http_host")
    @classmethod
    def _loopback(cls, value: str) -> str:
        if not _ipv4(value).is_loopback:
            raise ValueError(
                f"{value} is not a loopback address; without TLS browsers refuse microphone and"
                " camera there and tokens would travel in clear; bind 127.0.0.1 and put a TLS"
                " proxy or an SSH tunnel before it"
            )
        return value

    @field_validator("media_host", "media_advertise", "public_hosts", "turn_urls", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("media_host")
    @classmethod
    def _bindable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("at least one address is needed, or media listens nowhere")
        hosts = tuple(dict.fromkeys(_ip(text) for text in value))
        for every in hosts:
            others = [each for each in hosts if each.version == every.version and each != every]
            if every.is_unspecified and others:
                raise ValueError(
                    f"{every} is every IPv{every.version} address already; leave out {others[0]}"
                )
        return tuple(map(str, hosts))

    @field_validator("media_advertise")
    @classmethod
    def _reachable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("at least one address is needed, or no site can send media")
        offers = tuple(dict.fromkeys(_ip(text) for text in value))
        for offer in offers:
            # An IPv6 link-local address means something on one machine's one interface.
            is_of_one_link = isinstance(offer, IPv6Address) and offer.is_link_local
            if offer.is_unspecified or offer.is_multicast or is_of_one_link:
                raise ValueError(f"{offer} is no address a site could send to")
        return tuple(map(str, offers))

    @field_validator("turn_urls")
    @classmethod
    def _relaying(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return turn_urls(value)

    @field_validator("media_tcp_port", "speaking_limit_s", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return None if isinstance(value, str) and value.strip().lower() == "none" else value

    @model_validator(mode="after")
    def _advertised_is_bound(self) -> Self:
        hosts = ",".join(self.media_host)
        for text in self.media_advertise:
            offer = ip_address(text)
            every = "::" if isinstance(offer, IPv6Address) else "0.0.0.0"  # noqa: S104 - a hint
            bound = [each for each in map(ip_address, self.media_host) if type(each) is type(offer)]
            if not bound:
                raise ValueError(
                    f"media_advertise offers {text}, but media_host {hosts} has no"
                    f" IPv{offer.version} address; set {PREFIX}MEDIA_HOST={hosts},{every}"
                )
            if not offer.is_loopback and all(each.is_loopback for each in bound):
                raise ValueError(
                    f"media_advertise offers {text}, but media_host {hosts} listens to"
                    f" this machine alone; set {PREFIX}MEDIA_HOST={every}"
                )
            if offer.is_loopback and not any(
                each.is_loopback or each.is_unspecified for each in bound
            ):
                raise ValueError(
                    f"media_advertise offers {text}, but media_host {hosts} does not listen there;"
                    f" set {PREFIX}MEDIA_ADVERTISE to an address sites can reach"
                )
        return self

    @model_validator(mode="after")
    def _ports_differ(self) -> Self:
        if self.http_port and self.http_port == self.media_tcp_port:
            raise ValueError(f"http_port and media_tcp_port are both TCP port {self.http_port}")
        return self

    @model_validator(mode="after")
    def _turn_is_whole(self) -> Self:
        if bool(self.turn_urls) != (self.turn_secret_file is not None):
            given, other = "URLS", "SECRET_FILE"
            if not self.turn_urls:
                given, other = other, given
            raise ValueError(
                f"{PREFIX}TURN_{given} is set without {PREFIX}TURN_{other}; a TURN server takes"
                " nobody without both"
            )
        return self


def load_settings() -> Settings:
    """Settings from the environment of this process.

    Raises :class:`SettingsError` with every mistake there is.
    """
    problems = _unknown(os.environ)
    try:
        settings = Settings()
    except ValidationError as error:
        problems.extend(_readable(error))
    if problems:
        raise SettingsError(tuple(problems))
    return settings


def _unknown(environ: Mapping[str, str]) -> list[str]:
    known = [name.upper() for name in Settings.model_fields]
    problems = []
    for name in sorted(environ):
        # pydantic reads room110_state as well as ROOM110_STATE, so both spellings are ours.
        word = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and word not in known:
            near = get_close_matches(word, known, n=1) or known
            hint = "did you mean" if len(near) == 1 else "there are"
            hint += " " + ", ".join(PREFIX + other for other in near)
            problems.append(f"{name}: no such setting; {hint}")
    return problems


def _readable(error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors(include_url=False):
        text = item["msg"].removeprefix("Value error, ")
        if not item["loc"]:
            lines.append(text)
            continue
        where = PREFIX + str(item["loc"][0]).upper()
        # Our own errors name the value already.
        got = "" if item["type"] == "value_error" else f" (got {item['input']!r})"
        lines.append(f"{where}: {text[0].lower()}{text[1:]}{got}")
    return lines


def _ipv4(text: str) -> IPv4Address:
    try:
        return IPv4Address(text)
    except AddressValueError:
        raise ValueError(f"{text!r} is not an IPv4 address such as 127.0.0.1") from None


def _ip(text: str) -> IpAddress:
    try:
        address = ip_address(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not an IPv4 or IPv6 address such as 127.0.0.1 or ::1"
        ) from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        raise ValueError(f"{text} is an IPv4 address in disguise; write {address.ipv4_mapped}")
    return address
