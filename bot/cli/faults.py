"""What went wrong, as one sentence for the operator, and the exit code that says which kind it is."""

import click
from sqlalchemy.exc import DBAPIError

from bot import errors, logs
from bot.cli import ALREADY_RUNNING, NOT_DONE, NOT_SET_UP
from bot.programmes.faults import ProgrammeError
from prompts.errors import sentence

_NOT_SET_UP = (
    errors.BadSetting,
    errors.OldDatabase,
    errors.NewerDatabase,
    errors.DatabaseUnreachable,
    errors.WrongMasterKey,
    errors.KeysUnconfirmed,
)


def say_fault(error: Exception) -> int:
    """Say an error on stderr and return the exit code of its kind."""
    click.echo(_in_words(error), err=True)
    if isinstance(error, errors.AlreadyRunning):
        return ALREADY_RUNNING
    return NOT_SET_UP if isinstance(error, _NOT_SET_UP) else NOT_DONE


def _in_words(error: Exception) -> str:
    if isinstance(error, errors.HandrailError):
        return sentence(error)
    if isinstance(error, ProgrammeError):
        return str(error)
    if isinstance(error, DBAPIError):
        return sentence(errors.DatabaseUnreachable(type(error).__name__))
    reference = logs.log_unknown(error)
    return f"Something unforeseen happened ({type(error).__name__}, reference {reference}); the line above says where."
