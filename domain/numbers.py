"""The numbers that persons and organisations have by law, and how they are judged.

A personal number has 12 digits and is taken as it is: the decree that gave its digits a meaning expired on
1 July 2024, and one of a province that is no more stays good (reference section 2.5). An enterprise code has
10 digits, the last of which follows from the others; a dependent unit has three more after a dash.
"""

from __future__ import annotations

import re
from typing import Final

from domain import citizen_rules, record_rules
from domain.refusals import Refused

PERSONAL_NUMBER: Final = "personal_number"
ENTERPRISE_CODE: Final = "enterprise_code"

_PERSONAL = re.compile(r"[0-9]{12}")
_ENTERPRISE = re.compile(r"[0-9]{10}(-[0-9]{3})?")
_WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def check_digit(nine: str) -> int | None:
    """The tenth digit after these nine; None: no code begins so."""
    found = 10 - sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, nine, strict=True)) % 11
    return found if found < 10 else None


def judge_number(kind: str, number: str) -> None:
    """Refused for a number that cannot be one of its kind. No refusal repeats the number."""
    if kind == PERSONAL_NUMBER:
        if not _PERSONAL.fullmatch(number):
            raise Refused(record_rules.PERSONAL_NUMBER)
    elif not _ENTERPRISE.fullmatch(number):
        raise Refused(record_rules.ENTERPRISE_CODE)
    elif check_digit(number[:9]) != int(number[9]):
        raise Refused(citizen_rules.CHECK_DIGIT)
