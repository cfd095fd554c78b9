"""Dossier codes: issued once, kept for life, and otherwise opaque.

The ledger issues `V1V2V3.Z1Z2.Y1Y2.MX1X2-YYMMDD-XXXX` (Circular 01/2018/TT-VPCP Art 19): the agency's
identifier, the local day of the decision and the day's running number, four digits growing to seven. Codes
from elsewhere have other forms, and new national rules are announced (reference section 2.1), so a code is
compared as text; the parsed view is a help for people.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain import record_rules
from domain.refusals import Refused

LONGEST_CODE = 64
LARGEST_NUMBER = 9_999_999

_IDENTIFIER = re.compile(r"[A-Z0-9](?:[A-Z0-9.]{0,33}[A-Z0-9])?", re.ASCII)
_OLD_ORDER = re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}", re.ASCII)
_NEW_ORDER = re.compile(r"[A-Z][0-9]{2}(?:\.[A-Z0-9]+)*", re.ASCII)
_CODE = re.compile(r"([A-Z0-9.]{1,35})-([0-9]{6}|[0-9]{8})-([0-9]{4,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class DossierCode:
    """The parsed view of a code. `order`: `old` (000.00.21.H26) or `new` (H26.21); `level_one`: the
    ministry's or province's part (H26); `day_text` and `number_text` as written, so that `str()` gives the
    code back."""

    identifier: str
    order: Literal["old", "new"]
    level_one: str
    day: date
    number: int
    day_text: str
    number_text: str

    def __str__(self) -> str:
        return f"{self.identifier}-{self.day_text}-{self.number_text}"


def issue(agency_identifier: str, day: date, number: int) -> str:
    """The code of the day's `number`-th dossier (1 to 9,999,999) of the agency, whose identifier is the one
    it has on that day of Vietnam."""
    if not _IDENTIFIER.fullmatch(agency_identifier) or not 1 <= number <= LARGEST_NUMBER:
        raise Refused(record_rules.CODE_ISSUABLE, identifier=agency_identifier[:LONGEST_CODE], number=number)
    return f"{agency_identifier}-{day:%y%m%d}-{number:04d}"


def parse(code: str) -> DossierCode | None:
    """The parts of a code in the old or the new order of identifiers, with a 6- or 8-digit day and a number
    of 4 to 7 digits; None for any other form."""
    match = _CODE.fullmatch(code)
    if match is None:
        return None
    identifier, day_text, number_text = match.groups()
    day = _day(day_text)
    order: Literal["old", "new"]
    if _OLD_ORDER.fullmatch(identifier):
        order, level_one = "old", identifier.rpartition(".")[2]
    elif _NEW_ORDER.fullmatch(identifier):
        order, level_one = "new", identifier.partition(".")[0]
    else:
        return None
    if day is None:
        return None
    return DossierCode(identifier, order, level_one, day, int(number_text), day_text, number_text)


def check_acceptable(code: str) -> None:
    """Refuse a code that cannot be kept: empty, longer than 64, with blanks or unprintable characters, or
    not in Unicode's composed form (two spellings of one code)."""
    acceptable = (
        1 <= len(code) <= LONGEST_CODE
        and code.isprintable()
        and not any(character.isspace() for character in code)
        and unicodedata.is_normalized("NFC", code)
    )
    if not acceptable:
        raise Refused(record_rules.CODE_ACCEPTABLE, length=len(code))


def _day(text: str) -> date | None:
    year = text[:-4] if len(text) == 8 else f"20{text[:2]}"
    try:
        return date(int(year), int(text[-4:-2]), int(text[-2:]))
    except ValueError:
        return None
