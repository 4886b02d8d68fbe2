"""Logging: ids and kinds only, tokens redacted, never a person's words."""

import logging
import re
import secrets
import traceback

_SECRET = re.compile(r"xox[a-z]?-[\w-]+|xapp-[\w-]+")
_log = logging.getLogger("handrail")


class Redacted(logging.Formatter):
    """A formatter that lets no token through."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with every token replaced."""
        return _SECRET.sub("[token]", super().format(record))


def set_up(level: int = logging.INFO) -> None:
    """Send the log to stderr, one line an entry."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redacted("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("slack_bolt", "slack_sdk", "apscheduler", "aiohttp.access", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def log_unknown(error: BaseException, doing: str = "answering") -> str:
    """Log an unforeseen error by its kind and place, and return the reference a person is given.

    Its message is left out: it may hold what somebody wrote.
    """
    reference = secrets.token_hex(3)
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}" for frame in reversed(frames[-8:]))
    _log.error("unforeseen %s while %s, reference %s, at %s", type(error).__name__, doing, reference, places)
    return reference
