"""Reads the first sheet of a workbook (.xlsx, .xls, .ods) as the same rows of text that a CSV file gives."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})


class SheetFault(Exception):
    """A workbook cannot be read; the text says why."""


def cells_of(path: Path) -> list[tuple[int, list[str]]]:
    """Gives the rows of the first sheet with the line each stands in; empty rows are left out.

    Numbers become text as a person would write them: 120103009 stays a code of nine digits. Raises `SheetFault`.
    """
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except PasswordError as error:
        raise SheetFault("the workbook has a password; save it without one") from error
    except (CalamineError, BadZipFile, OSError, IndexError) as error:
        raise SheetFault(f"the workbook cannot be read ({error})") from error
    written = [(line, [_text(cell) for cell in row]) for line, row in enumerate(rows, start=1)]
    return [(line, cells) for line, cells in written if any(cells)]


def _text(cell: object) -> str:
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta() | None:
            return "" if cell is None else str(cell)
    return str(cell).strip()
