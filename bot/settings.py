"""What the operator decides: environment or `.env`, checked once, every fault a sentence (product.md, terminal)."""

import os
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.calendars import NATIONS
from bot.errors import BadSetting

SLACK = "https://slack.com/api/"
_PLACEHOLDERS = ("replace-me", "your-", "changeme", "xoxb-...", "xapp-...")
_MOST_PORT = 65535
LAST_BACKUP = "last-backup"  # in the service's folder: when a backup was last made


class Settings(BaseSettings):
    """All settings, by their fixed names; paths are relative to the working directory: two folders, two services."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    slack_bot_token: str = ""
    slack_app_token: str = ""
    slack_signing_secret: str = ""
    slack_api_url: str = SLACK
    handrail_database_url: str = "sqlite:///var/handrail.db"
    handrail_keyring_url: str = "sqlite:///var/keys.db"
    handrail_keyring_keep_days: int = 35
    handrail_encryption_keys: str = ""
    handrail_audit_keys: str = ""
    handrail_health: str = "127.0.0.1:8787"
    handrail_timezone: str = "Europe/London"
    handrail_nation: str = "england"
    handrail_programmes: str = ""
    handrail_clock: str = ""

    @field_validator("*", mode="before")
    @classmethod
    def _trim(cls, value: object) -> object:
        return value.strip() if isinstance(value, str) else value

    @field_validator("*")
    @classmethod
    def _refuse_placeholder(cls, value: object) -> object:
        if isinstance(value, str) and any(mark in value.lower() for mark in _PLACEHOLDERS):
            raise ValueError("it still holds the example from .env.example. Put your own value in, or remove the line.")
        return value

    @field_validator("handrail_timezone")
    @classmethod
    def _know_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f'I do not know the time zone "{value}". Write one like Europe/London.') from None
        return value

    @field_validator("handrail_nation")
    @classmethod
    def _know_nation(cls, value: str) -> str:
        if value not in NATIONS:
            raise ValueError(f'I do not know the nation "{value}". Write one of {", ".join(NATIONS)}.')
        return value

    @field_validator("handrail_health")
    @classmethod
    def _read_address(cls, value: str) -> str:
        read_address("HANDRAIL_HEALTH", value)
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _end_with_slash(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
            raise ValueError("write it like https://slack.com/api/, or remove the line.")
        return value.rstrip("/") + "/"

    @field_validator("handrail_database_url", "handrail_keyring_url")
    @classmethod
    def _know_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql:", "postgresql+psycopg:", "postgres:")):
            raise ValueError("write it like sqlite:///var/handrail.db or postgresql://user@host/handrail.")
        return value

    @field_validator("handrail_keyring_keep_days")
    @classmethod
    def _keep_at_most(cls, value: int) -> int:
        """Hold what the product promises of erased text (privacy.md, At rest)."""
        if not 1 <= value <= 35:
            raise ValueError("write a number of days from 1 to 35; erased text must be unreadable everywhere by then.")
        return value

    @property
    def is_practice(self) -> bool:
        """Say whether Slack is a double on this computer: only then may time be moved and keys go unconfirmed."""
        return is_loopback(urlsplit(self.slack_api_url).hostname or "")

    @property
    def folder(self) -> Path:
        """Return where this service keeps its own files."""
        return Path("var")

    def needed(self, *names: str) -> None:
        """Raise BadSetting for the first of these tokens that is missing or of the wrong kind."""
        for name in names:
            _check_token(name, getattr(self, name.lower()))


def read_settings(env_file: str = ".env") -> Settings:
    """Read the settings. Raises BadSetting for the first that cannot be used."""
    try:
        return Settings(_env_file=env_file)  # type: ignore[call-arg]  # pydantic-settings takes it, its stub does not say so
    except ValidationError as wrong:
        error = wrong.errors()[0]
        name = str(error["loc"][0]).upper()
        raise BadSetting(name, error["msg"].removeprefix("Value error, ")) from None
    except (OSError, UnicodeDecodeError):
        raise BadSetting(env_file, "I cannot read this file as text (UTF-8).") from None


def hide_secrets() -> None:
    """Take tokens and keys out of the environment once they are read: no library or child process finds them there."""
    for name in (*_TOKENS, "HANDRAIL_ENCRYPTION_KEYS", "HANDRAIL_AUDIT_KEYS"):
        os.environ.pop(name, None)


def read_address(name: str, written: str) -> tuple[str, int]:
    """Read HOST:PORT; a port alone means this computer only. Raises ValueError with a sentence."""
    host, _, port = written.rpartition(":")
    host = (host or "127.0.0.1").strip("[]")
    if not port.isdecimal() or int(port) > _MOST_PORT:
        raise ValueError(f"write it like 127.0.0.1:8787, not {written}.")
    return host, int(port)


def is_loopback(host: str) -> bool:
    """Say whether a host is this computer."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


_TOKENS = {
    "SLACK_BOT_TOKEN": ("xoxb-", "your app's page, OAuth & Permissions"),
    "SLACK_APP_TOKEN": ("xapp-", "your app's page, Basic Information, App-Level Tokens (with connections:write)"),
    "SLACK_SIGNING_SECRET": ("", "your app's page, Basic Information, App Credentials"),
}


def _check_token(name: str, value: str) -> None:
    begins, where = _TOKENS[name]
    if not value:
        raise BadSetting(name, f"it is missing. Copy it from {where} into .env. No Slack yet? Run `handrail demo`.")
    if not value.startswith(begins):
        raise BadSetting(name, f"it should begin with {begins}. Copy it again from {where}.")
