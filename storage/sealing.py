"""Sealing of text: AES-256-GCM under the key of the person it is about, bound to its place.

Called by the queries of a table, not by a column type, which sees only the value and could not bind it: two sealed rows
that are swapped do not open (privacy.md, At rest).
"""

import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlmodel import Session as Db

from bot.errors import SealBroken
from storage.keyring import Keyring

_SCHEME = b"\x01"
_NONCE = 12


def seal(db: Db, text: str, *, owner: UUID, table: str, row_id: UUID | str, column: str) -> bytes:
    """Seal one text for one place."""
    cipher = _keyring(db).cipher(owner, create=True)
    nonce = os.urandom(_NONCE)
    return _SCHEME + nonce + cipher.encrypt(nonce, text.encode(), _bound(owner, table, row_id, column))


def open_sealed(db: Db, sealed: bytes, *, owner: UUID, table: str, row_id: UUID | str, column: str) -> str:
    """Open one sealed text. Raises SealBroken when it is not what was sealed here, KeyDestroyed when it was erased."""
    cipher = _keyring(db).cipher(owner, create=False)
    body = sealed[len(_SCHEME) :]
    try:
        return cipher.decrypt(body[:_NONCE], body[_NONCE:], _bound(owner, table, row_id, column)).decode()
    except InvalidTag:
        raise SealBroken(table, column) from None


def _keyring(db: Db) -> Keyring:
    keyring: Keyring = db.info["keyring"]
    return keyring


def _bound(owner: UUID, table: str, row_id: UUID | str, column: str) -> bytes:
    return f"handrail-seal|{owner.hex}|{table}|{row_id}|{column}".encode()
