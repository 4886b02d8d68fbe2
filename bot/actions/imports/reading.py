"""Reading a CSV file as people save it: any usual encoding, comma or semicolon, a header that may be in any order."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from bot.errors import BadFile
from bot.rules.import_cells import CellDoubt, check_text
from bot.rules.import_values import ROW_LEFT_OUT, Remark, Row, Why

MOST_BYTES = 20_000_000


@dataclass
class Sheet:
    """The rows of a file, and what was found on the way."""

    rows: list[Row]
    remarks: list[Remark] = field(default_factory=list)

    def doubt(self, row: Row, column: str, doubt: CellDoubt, *, leaves_out_row: bool = False) -> None:
        """Note that a cell cannot be used, and whether the row can do without it."""
        self.remarks.append(Remark(row.line, column, doubt.why, doubt.facts, leaves_out_row))

    def remark(self, row: Row, column: str, why: Why, *facts: str) -> None:
        """Note something about a cell."""
        self.remarks.append(Remark(row.line, column, why, facts, why in ROW_LEFT_OUT))


def read_sheet(content: bytes, columns: Sequence[str], *, needed: Iterable[str]) -> Sheet:
    """Read the rows under a header of these columns; cells that cannot be used are noted and left empty.

    Raises BadFile where it is no such table at all: not text, a column missing or strange.
    """
    text = _decode(content)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        _check_header(header, columns, needed)
        sheet = Sheet([])
        for cells in lines:
            if any(cell.strip() for cell in cells):
                _add_row(sheet, lines.line_num, header, cells)
    except csv.Error as why:
        raise BadFile(f"line {lines.line_num} cannot be read as CSV ({why})") from None
    return sheet


def _decode(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise BadFile("it is larger than 20 MB")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile("it is not text; save it from your spreadsheet as CSV UTF-8")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _check_header(header: Sequence[str], columns: Sequence[str], needed: Iterable[str]) -> None:
    strange = [name for name in header if name not in columns and name]
    missing = [name for name in needed if name not in header]
    if missing:
        near = get_close_matches(missing[0], strange, 1, 0.6)
        says = f'; did you mean that by "{near[0]}"?' if near else "."
        raise BadFile(f'the first line has no column "{missing[0]}"{says} It should be: {",".join(columns)}')
    if strange:
        near = get_close_matches(strange[0], columns, 1, 0.6)
        says = f'; did you mean "{near[0]}"?' if near else "."
        raise BadFile(f'I do not know the column "{strange[0]}"{says} The columns are: {",".join(columns)}')
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice:
        raise BadFile(f'the column "{twice}" is there twice')


def _add_row(sheet: Sheet, line: int, header: Sequence[str], cells: Sequence[str]) -> None:
    trimmed = [cell.strip() for cell in cells]
    row = Row(line, {name: cell for name, cell in zip(header, trimmed, strict=False) if name})
    if any(trimmed[len(header) :]):
        sheet.remark(row, header[-1], Why.TOO_MANY_CELLS, str(len(header)))
        return
    used = dict(row.cells)
    for name, cell in row.cells.items():
        try:
            check_text(cell)
        except CellDoubt as doubt:
            sheet.doubt(row, name, doubt)
            used[name] = ""
    sheet.rows.append(Row(line, used))
