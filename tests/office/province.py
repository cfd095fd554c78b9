"""The small province as documents: its act's file, its agencies, procedures and calendar.

Old 07207 and old 07210 become new 07210, old 07201 becomes new 07213.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from application.policy import Identity

HOUR = datetime(2025, 6, 30, 17, tzinfo=UTC)  # midnight in Vietnam
SYSTEM = Identity("system", "tests")
KNOWN = date(2025, 6, 1)
PROVINCE, DISTRICT = "000.00.00.H02", "000.00.01.H02"
OLD_DESKS = {"07201": "000.01.01.H02", "07207": "000.07.01.H02", "07210": "000.10.01.H02"}
NEW_DESKS = {"07210": "000.10.00.H05", "07213": "000.13.00.H05"}
NEW_PROVINCE = "000.00.00.H05"
SUCCESSORS = {"07201": "07213", "07207": "07210", "07210": "07210"}
LEVELS = {"1.000001": "commune", "1.000002": "province", "1.000003": "abolished"}
ROLES = ["desk", "handler", "decider"]
FIVE_DAYS = {
    "channel": "counter",
    "case": None,
    "limit_amount": 5,
    "limit_unit": "working_day",
    "fee_vnd": 0,
}


def document(officers: Mapping[str, Identity]) -> dict[str, Any]:
    """The act's file."""
    closer = officers[PROVINCE].id
    new_units = [
        {"code": "24", "name": "Tỉnh Bắc Ninh", "level": "province", "kind": "Tỉnh", "parent": None},
        *(
            {"code": c, "name": f"Xã {c}", "level": "commune", "kind": "Xã", "parent": "24@2025-07-01"}
            for c in NEW_DESKS
        ),
    ]
    links = [
        {"from": f"{old}@2025-06-01", "to": f"{new}@2025-07-01", "kind": "whole", "default": True}
        for old, new in SUCCESSORS.items()
    ]
    districts = [
        {"from": "213@2025-06-01", "to": f"{new}@2025-07-01", "kind": "part", "default": new == "07210"}
        for new in NEW_DESKS
    ]
    province = {"from": "24@2025-06-01", "to": "24@2025-07-01", "kind": "whole", "default": True}
    heirs = {PROVINCE: NEW_PROVINCE, DISTRICT: NEW_DESKS["07210"]} | {
        OLD_DESKS[old]: NEW_DESKS[new] for old, new in SUCCESSORS.items()
    }
    part = {
        "name": "Bắc Ninh",
        "province": "24@2025-07-01",
        "ends": ["24@2025-06-01", "213@2025-06-01", *(f"{c}@2025-06-01" for c in OLD_DESKS)],
        "begins": new_units,
        "links": [*links, *districts, province],
        "agencies": {
            "begins": [
                agency_entry(NEW_PROVINCE, "centre", "24@2025-07-01"),
                *(agency_entry(i, "desk", f"{c}@2025-07-01") for c, i in NEW_DESKS.items()),
            ],
            "ends": [{"agency": a, "heir": h, "closed_by": closer} for a, h in heirs.items()],
            "receivers": [
                {"unit": "24@2025-07-01", "level": "province", "agency": NEW_PROVINCE},
                *({"unit": f"{c}@2025-07-01", "level": "commune", "agency": i} for c, i in NEW_DESKS.items()),
            ],
        },
        "rules": [{"procedure": p, "level": level, "origin": "assumed"} for p, level in LEVELS.items()],
        "postings": [],
    }
    return {
        "number": "1658/NQ-UBTVQH15",
        "title": "Nghị quyết về việc sắp xếp các đơn vị hành chính",
        "issued_on": "2025-06-16",
        "effective_at": "2025-07-01T00:00:00+07:00",
        "reference": "tests",
        "parts": [part],
    }


def agency_entry(identifier: str, kind: str, unit: str) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "name": f"Cơ quan {identifier}",
        "kind": kind,
        "unit": unit,
        "address": "1 phố Thử",
        "hotline": "1900 0000",
        "hours": "7:30-11:30, 13:30-17:00",
        "origin": {"identifier": "assumed"},
    }


def procedure_entry(code: str) -> dict[str, Any]:
    def version(level: str, valid_from: date | None) -> dict[str, Any]:
        return {
            "name": f"Thủ tục {code}",
            "field": "tests",
            "decision_no": "1/QĐ",
            "valid_from": valid_from,
            "level": level,
            "place_basis": "residence",
            "channels": (
                {
                    "channel": "counter",
                    "case": None,
                    "limit_amount": 5,
                    "limit_unit": "working_day",
                    "fee_vnd": 0,
                },
            ),
            "components": (),
            "results": (),
            "source": "tests",
            "origin": {},
        }

    return {
        "code": code,
        "versions": [version("district", None), version(LEVELS[code], date(2025, 7, 1))],
    }


def calendar_2025() -> dict[str, Any]:
    return {
        "year": 2025,
        "days_off": ({"date": "2025-09-02", "name": "Quốc khánh"},),
        "worked": (),
        "forecast": False,
        "known_from": None,
        "source": "tests",
    }
