"""Master keys and audit keys: how they are written in settings, made, and proved to be on paper.

`N:BASE64,N:BASE64` with 32 bytes each, or `file:PATH` of a file that only its owner may read (privacy.md, At rest).
A lost key cannot be recovered by anyone.
"""

import base64
import binascii
import hashlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import BadSetting, WrongCheckWord

KEY_BYTES = 32
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO
_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aeio"
_SYLLABLES = 5
_CONFIRMED = "keys-confirmed"


@dataclass(frozen=True)
class KeyPair:
    """A new master key and a new audit key, as they are written in settings."""

    encryption: str
    audit: str


def read_keys(name: str, setting: str) -> dict[int, bytes]:
    """Read keys by number from the setting called `name`. Raises BadSetting with what to do."""
    if not setting:
        raise BadSetting(name, "it is missing. Run `handrail keys new` and put its line into .env.")
    kind, _, path = setting.partition(":")
    written = _from_file(name, Path(path)) if kind == "file" else setting
    keys = dict(_read_key(name, part.strip()) for part in written.split(",") if part.strip())
    if not keys:
        raise BadSetting(name, "there is no key in it. Run `handrail keys new` and put its line into .env.")
    return keys


def new_keys(number: int = 1) -> KeyPair:
    """Make a master key and an audit key under one number."""
    return KeyPair(*(written(number, AESGCM.generate_key(256)) for _ in range(2)))


def written(number: int, key: bytes) -> str:
    """Return a key as it is written in settings."""
    return f"{number}:{base64.b64encode(key).decode()}"


def check_word(masters: Mapping[int, bytes], audit: Mapping[int, bytes]) -> str:
    """Return the word that stands on the recovery sheet of these keys alone; it tells nothing about them."""
    return "".join(_syllable(byte) for byte in _digest(masters, audit)[:_SYLLABLES])


def confirm(folder: Path, word: str, masters: Mapping[int, bytes], audit: Mapping[int, bytes]) -> None:
    """Note that the recovery sheet of these keys exists. Raises WrongCheckWord for the word of another."""
    if word.strip().lower() != check_word(masters, audit):
        raise WrongCheckWord
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _CONFIRMED).write_text(f"{_fingerprint(masters, audit)}\n")


def is_confirmed(folder: Path, masters: Mapping[int, bytes], audit: Mapping[int, bytes]) -> bool:
    """Say whether somebody has shown that the recovery sheet of these very keys exists."""
    noted = folder / _CONFIRMED
    return noted.exists() and noted.read_text().strip() == _fingerprint(masters, audit)


def _fingerprint(masters: Mapping[int, bytes], audit: Mapping[int, bytes]) -> str:
    return hashlib.sha256(b"handrail-confirmed-1" + _digest(masters, audit)).hexdigest()


def _digest(masters: Mapping[int, bytes], audit: Mapping[int, bytes]) -> bytes:
    digest = hashlib.sha256(b"handrail-check-word-1")
    for kind, keys in ((b"master", masters), (b"audit", audit)):
        for number in sorted(keys):
            digest.update(kind + number.to_bytes(8) + keys[number])
    return digest.digest()


def _syllable(byte: int) -> str:
    return _CONSONANTS[byte & 15] + _VOWELS[(byte >> 4) & 3]


def _from_file(name: str, path: Path) -> str:
    try:
        if path.stat().st_mode & _OTHERS_MAY:
            raise BadSetting(name, f"others may read {path}. Run `chmod 600 {path}` first.")
        return path.read_text("ascii").replace("\n", ",")
    except (OSError, UnicodeDecodeError):
        raise BadSetting(name, f"I cannot read {path}. Check the path and who owns the file.") from None


def _read_key(name: str, written: str) -> tuple[int, bytes]:
    number, _, body = written.partition(":")
    try:
        key = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not number.isdecimal() or int(number) < 1 or len(key) != KEY_BYTES:
        raise BadSetting(name, "write each key as NUMBER:BASE64 of 32 bytes, as `handrail keys new` prints it.")
    return int(number), key
