"""One data key per person, wrapped by a master key, in a database of its own: never beside what it opens."""

import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, DateTime, Integer, LargeBinary, MetaData, String, Table, insert, select, update
from sqlalchemy.engine import Engine

from bot.errors import KeyDestroyed, WrongMasterKey

_METADATA = MetaData()
_KEYS = Table(
    "personkey",
    _METADATA,
    Column("owner_id", String(32), primary_key=True),
    Column("wrapped", LargeBinary),  # empty once destroyed: their text can be read nowhere
    Column("master", Integer, nullable=False),
    Column("destroyed_at", DateTime),
)
_NONCE = 12


class Keyring:
    """Opens and makes data keys. `masters` maps a key's number to its 32 bytes; the highest number wraps new keys."""

    def __init__(self, engine: Engine, masters: Mapping[int, bytes]) -> None:
        self._engine = engine
        self._masters = dict(masters)
        self._opened: dict[UUID, AESGCM] = {}
        self._lock = threading.Lock()
        _METADATA.create_all(engine)

    def cipher(self, owner: UUID, *, create: bool) -> AESGCM:
        """Return the cipher of one owner's data key, making the key on first use when asked to.

        Raises KeyDestroyed when it was erased or never made, WrongMasterKey when no master key opens it.
        """
        with self._lock:
            known = self._opened.get(owner)
            if known is None:
                known = self._opened[owner] = AESGCM(self._find(owner) or self._make(owner, create=create))
            return known

    def _find(self, owner: UUID) -> bytes | None:
        with self._engine.connect() as connection:
            row = connection.execute(
                select(_KEYS.c.wrapped, _KEYS.c.master, _KEYS.c.destroyed_at).where(_KEYS.c.owner_id == owner.hex)
            ).first()
        if row is None:
            return None
        if row.wrapped is None:
            raise KeyDestroyed(owner)
        return self._unwrap(owner, row.wrapped, row.master)

    def _make(self, owner: UUID, *, create: bool) -> bytes:
        if not create:
            raise KeyDestroyed(owner)
        number = max(self._masters)
        data_key = AESGCM.generate_key(256)
        with self._engine.begin() as connection:
            connection.execute(
                insert(_KEYS).values(owner_id=owner.hex, wrapped=self._wrap(owner, data_key, number), master=number)
            )
        return data_key

    def _wrap(self, owner: UUID, data_key: bytes, number: int) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._masters[number]).encrypt(nonce, data_key, _bound(owner, number))

    def _unwrap(self, owner: UUID, wrapped: bytes, number: int) -> bytes:
        try:
            return AESGCM(self._masters[number]).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _bound(owner, number))
        except (KeyError, InvalidTag):
            raise WrongMasterKey(number) from None

    def rewrap_all(self, *, at_most: int = 500) -> int:
        """Wrap keys of an older master under the newest; return how many are left. A crash half way loses nothing."""
        newest = max(self._masters)
        old = (_KEYS.c.master != newest) & _KEYS.c.wrapped.is_not(None)
        with self._engine.begin() as connection:
            rows = connection.execute(select(_KEYS).where(old).limit(at_most)).all()
            for row in rows:
                owner = UUID(hex=row.owner_id)
                fresh = self._wrap(owner, self._unwrap(owner, row.wrapped, row.master), newest)
                connection.execute(
                    update(_KEYS).where(_KEYS.c.owner_id == row.owner_id).values(wrapped=fresh, master=newest)
                )
            return len(connection.execute(select(_KEYS.c.owner_id).where(old)).all())

    def check(self) -> None:
        """Open one key of every master in use. Raises WrongMasterKey, so that a wrong key refuses to start."""
        with self._engine.connect() as connection:
            for number in connection.execute(
                select(_KEYS.c.master).distinct().where(_KEYS.c.wrapped.is_not(None))
            ).scalars():
                row = connection.execute(
                    select(_KEYS).where((_KEYS.c.master == number) & _KEYS.c.wrapped.is_not(None)).limit(1)
                ).one()
                self._unwrap(UUID(hex=row.owner_id), row.wrapped, row.master)

    def destroy(self, owner: UUID) -> None:
        """Destroy one owner's key; the row stays, so that a restored copy is erased again."""
        with self._engine.begin() as connection:
            gone = {"wrapped": None, "destroyed_at": datetime.now(UTC).replace(tzinfo=None)}
            connection.execute(update(_KEYS).where(_KEYS.c.owner_id == owner.hex).values(**gone))
        with self._lock:
            self._opened.pop(owner, None)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


def _bound(owner: UUID, number: int) -> bytes:
    return f"handrail-keyring|{owner.hex}|{number}".encode()
