"""What a mapping says of tables and JSON lines, whose names of fields are their register's own.

A line is a step:

    {"fields": {"case": "SoHoSo", "activity": "HanhDong", "time": "ThoiDiem"},
     "time_forms": ["%d/%m/%Y %H:%M"],        of times that are not ISO 8601, tried in this order
     "delimiter": ";"}                        of a table; left out: what the first line has most of

or a whole dossier, whose dated fields are its steps:

    {"fields": {"case": "MaHoSo",
                "within": "data",             where a line is an envelope: the list of its dossiers
                "steps": [{"activity": "Tiếp nhận", "time": "NgayTiepNhan"},
                          {"activity": "Yêu cầu bổ sung", "time": "DanhSachHoSoBoSung[].NgayBoSung"}],
                "dates": {"deadline": "NgayHenTra"}}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from application.mapping_values import MappingError, in_order, object_of, text
from domain.imported_fields import DatedField, RecordFields, RecordForm

MEMBERS = frozenset({"case", "activity", "time", "steps", "within", "dates"})
DATES = frozenset({"deadline", "enddate"})


def record_form(raw: Mapping[str, Any]) -> RecordForm:
    """The members `fields`, `time_forms` and `delimiter` of a mapping. Raises MappingError."""
    delimiter = text("delimiter", raw.get("delimiter")) or ""
    if len(delimiter) > 1:
        raise MappingError("delimiter must be one character")
    return RecordForm(
        fields=_fields(object_of("fields", raw["fields"])) if "fields" in raw else None,
        time_forms=in_order("time_forms", raw.get("time_forms", [])),
        delimiter=delimiter,
    )


def _fields(raw: Mapping[str, Any]) -> RecordFields:
    if unknown := raw.keys() - MEMBERS:
        raise MappingError(f"fields: {min(unknown)!r} is no member; there are: {', '.join(sorted(MEMBERS))}")
    case, activity, time = (text(f"fields.{name}", raw.get(name)) for name in ("case", "activity", "time"))
    steps = raw.get("steps", [])
    if not isinstance(steps, list):
        raise MappingError("fields.steps must be a list of {activity, time}")
    if case is None or bool(steps) == bool(activity or time) or bool(activity) != bool(time):
        raise MappingError(
            "fields needs case, and either activity and time (of a step) or steps (of a dossier)"
        )
    dates = object_of("fields.dates", raw.get("dates", {}))
    if unknown := dates.keys() - DATES:
        raise MappingError(f"fields.dates: {min(unknown)!r} is none of {', '.join(sorted(DATES))}")
    return RecordFields(
        case=case,
        activity=activity or "",
        time=time or "",
        steps=tuple(_dated(number, step) for number, step in enumerate(steps)),
        within=text("fields.within", raw.get("within")) or "",
        dates=tuple((key, text(f"fields.dates.{key}", name) or "") for key, name in dates.items()),
    )


def _dated(number: int, raw: Any) -> DatedField:
    name = f"fields.steps[{number}]"
    step = object_of(name, raw)
    activity, time = text(f"{name}.activity", step.get("activity")), text(f"{name}.time", step.get("time"))
    if step.keys() != {"activity", "time"} or activity is None or time is None:
        raise MappingError(f"{name} must have activity and time, and nothing else")
    return DatedField(activity, time)
