"""Opening the database that the settings name: right keys, right tables, or a sentence saying what to do."""

import os

from sqlalchemy.exc import DBAPIError

from bot.errors import DatabaseUnreachable, KeysUnconfirmed, NewerDatabase, OldDatabase
from bot.keys import is_confirmed, read_keys
from bot.settings import Settings
from storage import schema
from storage.audit import Keys
from storage.database import Database, make_engine
from storage.keyring import Keyring

PRIVATE = 0o077


def open_database(settings: Settings, *, upgrade: bool = False) -> Database:
    """Open the database and its keyring; a new one is made at once; `upgrade` brings an old one forward.

    Raises BadSetting without keys, WrongMasterKey with others than it was sealed under, OldDatabase or NewerDatabase.
    """
    if upgrade:
        schema.upgrade(settings.handrail_database_url)
    return open_with(settings, settings.handrail_encryption_keys)


def open_with(settings: Settings, encryption_keys: str) -> Database:
    """Open the database with these master keys in place of those in the settings: for proving a recovery sheet."""
    os.umask(PRIVATE)
    masters = read_keys("HANDRAIL_ENCRYPTION_KEYS", encryption_keys)
    audit_keys = Keys(read_keys("HANDRAIL_AUDIT_KEYS", settings.handrail_audit_keys))
    try:
        _prepare_tables(settings.handrail_database_url)
        keyring = Keyring(make_engine(settings.handrail_keyring_url), masters)
        keyring.check()
    except (DBAPIError, OSError) as why:
        raise DatabaseUnreachable(type(why).__name__) from None
    return Database(settings.handrail_database_url, keyring, audit_keys)


def read_both_keys(settings: Settings) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Read the master keys and the audit keys. Raises BadSetting."""
    return (
        read_keys("HANDRAIL_ENCRYPTION_KEYS", settings.handrail_encryption_keys),
        read_keys("HANDRAIL_AUDIT_KEYS", settings.handrail_audit_keys),
    )


def refuse_unconfirmed(settings: Settings) -> None:
    """Raise KeysUnconfirmed until somebody has told the check word of the recovery sheet; practice needs none."""
    if not settings.is_practice and not is_confirmed(settings.folder, *read_both_keys(settings)):
        raise KeysUnconfirmed


def _prepare_tables(url: str) -> None:
    engine = make_engine(url)
    try:
        state = schema.schema_state(engine)
    finally:
        engine.dispose()
    if state == schema.SchemaState.EMPTY:
        schema.upgrade(url)
    elif state == schema.SchemaState.OLD:
        raise OldDatabase
    elif state == schema.SchemaState.NEWER:
        raise NewerDatabase
