"""Identity: signed tokens, made and verified here and nowhere else.

A token is a JWT (RFC 7519) under HS256 with the service's own secret.  The algorithm is pinned:
what a token says about its own signature is not believed (RFC 8725 section 3.1).  A token opens
one conference and lives as long as that does; its state decides what the token opens, the next
conference ends it.  ``exp`` is for those who want less.
"""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Final

import jwt
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bridge.conference.words import Role, SiteCode
from bridge.identity import Identity

ALGORITHM: Final = "HS256"
SECRET_BYTES: Final = 32
"""As long as the hash, RFC 7518 section 3.2."""
SECRET_FILE: Final = "secret"  # noqa: S105  # its name
_OTHERS: Final = 0o077


class TokenError(Exception):
    """The token does not open this conference."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        """``token_invalid``, ``token_expired`` or ``token_wrong_conference``."""
        self.text = text


class SecretError(Exception):
    """The secret cannot be used; the message says why and what mends it."""


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True)

    sub: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]{1,64}$")]
    roles: Annotated[list[Annotated[Role, Field(strict=False)]], Field(min_length=1)]
    site: str | None = None
    conf: str
    iat: int
    exp: int | None = None
    jti: str


class Keyring:
    """The service's secret, and what can be done with it."""

    def __init__(
        self,
        secret: bytes,
        *,
        roster: Collection[SiteCode],
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = secret
        self._roster = frozenset(roster)
        self._wall_clock = wall_clock
        self.refusals: Counter[str] = Counter()
        """Tokens that were not taken, by code."""

    @classmethod
    def load(cls, state_dir: Path, *, roster: Collection[SiteCode]) -> Keyring:
        """The keyring of this state directory; both are made when missing.

        Raises SecretError when others can read the secret or it is damaged.
        """
        path = state_dir / SECRET_FILE
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        return cls(_read(path), roster=roster)

    def mint(self, identity: Identity, valid_for_s: int | None = None) -> str:
        """A token for this identity.  Raises TokenError for one that :meth:`verify` refuses."""
        now_s = int(self._wall_clock())
        try:
            claims = _Claims(
                sub=identity.user,
                roles=sorted(identity.roles),
                site=identity.site,
                conf=identity.conference,
                iat=now_s,
                exp=None if valid_for_s is None else now_s + valid_for_s,
                jti=secrets.token_urlsafe(9),
            )
        except ValidationError as invalid:
            first = invalid.errors(include_input=False)[0]
            raise TokenError("token_invalid", f"{first['loc'][0]}: {first['msg']}") from None
        self._check(claims)
        payload = claims.model_dump(mode="json", exclude_none=True)
        return jwt.encode(payload, self._secret, algorithm=ALGORITHM)

    def verify(self, token: str, conference_id: str) -> Identity:
        """Who bears this token.  Raises TokenError."""
        try:
            return self._bearer(token, conference_id)
        except TokenError as error:
            self.refusals[error.code] += 1
            raise

    def _bearer(self, token: str, conference_id: str) -> Identity:
        if not token.isascii():
            raise TokenError("token_invalid", "not a token of this service")
        try:
            # Our own clock judges `exp`; `iat` none: a clock that was set back must lock nobody out.
            payload = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                options={"verify_exp": False, "verify_iat": False},
            )
            claims = _Claims.model_validate(payload)
        except (jwt.InvalidTokenError, ValidationError):
            raise TokenError("token_invalid", "not a token of this service") from None
        self._check(claims)
        if claims.exp is not None and claims.exp <= self._wall_clock():
            raise TokenError("token_expired", "the token's time is over")
        if claims.conf != conference_id:
            raise TokenError("token_wrong_conference", "the token is for another conference")
        return Identity(
            user=claims.sub,
            roles=frozenset(claims.roles),
            site=claims.site,
            conference=claims.conf,
        )

    def _check(self, claims: _Claims) -> None:
        if Role.SITE in claims.roles and claims.site is None:
            raise TokenError("token_invalid", "role site needs a site")
        if claims.site is not None and claims.site not in self._roster:
            raise TokenError("token_invalid", f"site {claims.site!r} is not in the roster")


def _create(path: Path) -> None:
    """Complete or not at all, and never over another's: two processes may start at once."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode & 0o777
        secret = file.read(SECRET_BYTES + 1)
    if mode & _OTHERS:
        raise SecretError(f"{path} can be read by others (mode {mode:04o}): chmod 600 {path}")
    if len(secret) != SECRET_BYTES:
        raise SecretError(
            f"{path} is not a secret of {SECRET_BYTES} bytes: remove it; all tokens become invalid"
        )
    return secret
