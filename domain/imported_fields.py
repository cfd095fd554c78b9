"""Which fields of a table or of JSON lines say what of a dossier: for exports that are no event log.

A line is a step of a dossier (`activity` and `time` name its fields), or a whole dossier, whose dated fields
are its steps (`steps`). A field in a list is named `List[].Field`: every member of the list gives a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class DatedField(NamedTuple):
    """A field that says when something was done. `activity`: what, as the mapping calls it."""

    activity: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFields:
    """`case`: the dossier's id; `within`: the list that holds the dossiers, where a line is an envelope;
    `dates`: further attributes of the case, ISO times of the fields they name (deadline, enddate)."""

    case: str
    activity: str = ""
    time: str = ""
    steps: tuple[DatedField, ...] = ()
    within: str = ""
    dates: tuple[tuple[str, str], ...] = ()

    @property
    def line_is_step(self) -> bool:
        return not self.steps


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """How lines are read. `fields` None: by the names that are usual (docs/importing.md); `time_forms`: of
    times that are not ISO 8601, as strptime has them; `delimiter` empty: what the first line has most of."""

    fields: RecordFields | None = None
    time_forms: tuple[str, ...] = ()
    delimiter: str = ""


USUAL = (
    RecordFields(case="case:concept:name", activity="concept:name", time="time:timestamp"),
    RecordFields(case="case_id", activity="activity", time="timestamp"),
)
"""Of a line that is a step."""
