"""Write the next revision from the tables as they are declared: `python -m storage.migrations "Add a table."`.

`--first` writes the first one anew; only before the first release, for a database holds the number it was made by.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from storage import schema


def write_revision(message: str, *, first: bool) -> None:
    """Compare the declared tables with those the revisions make, and write the difference as a new revision."""
    folder = schema.MIGRATIONS / "versions"
    if first:
        for old in folder.glob("*.py"):
            old.unlink()
    number = f"{len(list(folder.glob('[0-9]*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as scratch:
        url = f"sqlite:///{Path(scratch) / 'scratch.db'}"
        if number != "0001":
            schema.upgrade(url)
        engine = schema.make_upgrading_engine(url)
        with engine.begin() as connection:
            config = schema.alembic_config(connection)
            command.revision(config, message=message.rstrip("."), autogenerate=True, rev_id=number)
        engine.dispose()


if __name__ == "__main__":
    said = [word for word in sys.argv[1:] if word != "--first"]
    write_revision(" ".join(said) or "First tables.", first="--first" in sys.argv)
