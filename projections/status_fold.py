"""What each fact of a dossier changes in its row of the view `status`: a fold in memory, without SQL.

A row also says what has to be written: `begins`, when all of it is; `cut`, when who holds (or will hold) the
dossier has to be worked out again, and `work_at`, when its place in the desk's queue has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain import dossier_facts as d
from domain.facts import Fact, Recorded
from domain.handed_over_facts import DossierPlaced
from domain.transitions import CONCLUDED, HANDLED, PAYMENT_REQUESTED, SUPPLEMENT_REQUESTED

SETTLED: Final = CONCLUDED | {9}
"""Not in open stock: concluded, or completed with the result still to be returned."""

COLUMNS: Final = (
    *("dossier", "code", "status", "procedure_code", "procedure_version", "place", "place_code", "channel"),
    *("submitted_at", "opened_at", "accepted_at", "statutory_due", "promised", "extended_until", "standing"),
    *("extension_stands", "supplement_until", "awaited_until", "finished_at", "finished_by", "concluded_at"),
    *("source", "steps", "quarantined"),
)
"""What a fold reads of a row that is there: the columns that a fact after the first may change, and those on
which its place in the queue depends."""


@dataclass(slots=True)
class Row:
    """A dossier while its facts are folded. `values`: the columns of the table, of a row that was there those
    of COLUMNS; `learned`: what these facts add to its history (see status.sql)."""

    values: dict[str, Any]
    learned: list[list[Any]] = field(default_factory=list)
    is_new: bool = True
    begins: bool = False
    cut: datetime | None = None
    work_at: datetime | None = None

    @classmethod
    def empty(cls, dossier: UUID) -> Row:
        values: dict[str, Any] = dict.fromkeys(COLUMNS)
        values.update(dossier=dossier, steps=0, quarantined=False, standing=False, extension_stands=False)
        return cls(values)

    def know(self, kind: str, recorded: Recorded[Any], *known: Any) -> None:
        """Add to what decides who holds it."""
        self.learned.append([kind, recorded.position, micros(recorded.recorded_at), *known])
        if self.cut is None:
            self.cut = recorded.recorded_at
        self.work_at = recorded.recorded_at

    @property
    def waits(self) -> bool:
        """Whether a desk still has something to do for it."""
        return self.values["status"] not in CONCLUDED and not self.values["quarantined"]

    @property
    def due(self) -> datetime | str:
        """Its place in the queue: the date of an extension, else what was promised, else the law's; the end
        of the applicant's time where that comes first; what is not accepted yet waits since it was
        submitted, or opened."""
        v = self.values
        if v["status"] is None:
            return "infinity"
        if v["status"] == 1:
            return v["submitted_at"] or v["opened_at"] or "-infinity"
        due = v["extended_until"] or v["promised"] or v["statutory_due"]
        ends = [instant for instant in (due, v["awaited_until"]) if instant is not None]
        return min(ends, default="infinity")


class UnknownDossier(Exception):
    """A fact about a dossier whose first fact this view has not seen."""


def micros(instant: datetime) -> int:
    """Microseconds since 1970 UTC, exactly."""
    return int(instant.timestamp()) * 1_000_000 + instant.microsecond


def fold(row: Row, recorded: Recorded[Any]) -> None:
    """Apply one fact of the dossier's own stream."""
    fact, values = recorded.fact, row.values
    if values["code"] is None and not isinstance(fact, _FIRST):
        raise UnknownDossier(f"{fact.TOPIC} for dossier {fact.originator_id}, which has no row")
    values["revision"] = fact.originator_version
    values["position"] = recorded.position
    values["changed_at"] = recorded.recorded_at
    due_before, waits_before = row.due, row.waits
    handler = _HANDLERS.get(type(fact))
    if handler is not None:
        handler(row, recorded)
    if type(fact) in d.SETS_HOLDER:
        row.know("h", recorded, str(_holder(fact)))
    if row.due != due_before or row.waits != waits_before:
        row.work_at = recorded.recorded_at


def fold_placed(row: Row, recorded: Recorded[DossierPlaced]) -> None:
    """A decision of the coordination queue: sets the holder, in a stream of its own."""
    row.know("h", recorded, str(recorded.fact.to_agency))


def set_status(row: Row, recorded: Recorded[Any], status: int | None) -> None:
    before = row.values["status"]
    row.values["status"] = status
    # Back to papers awaited, their time holds as it was; a payment that stopped being awaited is not owed.
    row.values["awaited_until"] = row.values["supplement_until"] if status == SUPPLEMENT_REQUESTED else None
    if status in HANDLED:
        row.values["finished_at"] = row.values["finished_by"] = None
    if (before in CONCLUDED) != (status in CONCLUDED):
        row.know("s", recorded, status)
        row.values["concluded_at"] = recorded.fact.envelope.occurred_at if status in CONCLUDED else None


def _holder(fact: Fact) -> UUID:
    if fact.envelope.holder is None:
        raise ValueError(f"{fact.TOPIC} names no holder")
    return fact.envelope.holder


def _place(row: Row, recorded: Recorded[Any]) -> None:
    fact, values = recorded.fact, row.values
    values["place"], values["place_code"] = fact.place, fact.place_code
    row.know("p", recorded, str(fact.place) if fact.place else None, values["procedure_code"])


def _begun(row: Row, recorded: Recorded[d.DossierBegun]) -> None:
    fact, values = recorded.fact, row.values
    row.begins = True
    values.update(
        code=fact.code,
        procedure=fact.procedure,
        procedure_code=fact.procedure_code,
        channel=fact.channel,
        owner=fact.owner,
        linked_group=fact.linked_group,
    )
    if isinstance(fact, d.DossierSubmitted):  # what the agency opened itself, nobody submitted
        values.update(submitter=fact.submitter, submitted_at=fact.envelope.occurred_at)
    else:
        values["opened_at"] = fact.envelope.occurred_at
    set_status(row, recorded, 1)
    _place(row, recorded)


def _imported(row: Row, recorded: Recorded[d.DossierImported]) -> None:
    fact, values = recorded.fact, row.values
    row.begins = True
    values.update(
        code=fact.code,
        procedure_code=fact.procedure_code,
        source=fact.source,
        case_id=fact.case_id,
        submitted_at=fact.envelope.occurred_at,
    )
    for attribute in fact.attributes:
        if attribute["key"] in ("deadline", "enddate") and isinstance(attribute["value"], str):
            values[attribute["key"]] = attribute["value"]
    set_status(row, recorded, fact.status)
    _place(row, recorded)


def _step_imported(row: Row, recorded: Recorded[d.DossierStepImported]) -> None:
    row.values["steps"] += 1
    if recorded.fact.status is not None:
        set_status(row, recorded, recorded.fact.status)


def _quarantined(row: Row, recorded: Recorded[d.DossierQuarantined]) -> None:
    row.values["code"] = recorded.fact.code
    row.values["source"] = row.values["source"] or recorded.fact.source
    row.values["quarantined"] = True


def _accepted(row: Row, recorded: Recorded[d.DossierAccepted]) -> None:
    fact = recorded.fact
    row.values.update(
        procedure_version=fact.procedure_version,
        channel=fact.channel,
        accepted_at=fact.envelope.occurred_at,
        statutory_due=fact.statutory_due,
        promised=fact.promised,
        extended_until=None,
        standing=False,
        extension_stands=False,
    )
    set_status(row, recorded, 2)


def _extended(row: Row, recorded: Recorded[d.DossierExtended]) -> None:
    row.values["extended_until"] = recorded.fact.until


def _clock_stands(row: Row, recorded: Recorded[d.ClockSuspended]) -> None:
    row.values["statutory_due"] = row.values["promised"] = row.values["extended_until"] = None
    row.values["standing"] = True
    row.values["extension_stands"] = recorded.fact.extended_left is not None


def _clock_set(row: Row, recorded: Recorded[d.ClockSet]) -> None:
    fact = recorded.fact
    row.values.update(
        statutory_due=fact.statutory_due,
        promised=fact.promised,
        extended_until=fact.extended_until,
        standing=False,
        extension_stands=False,
    )


def _papers_asked(row: Row, recorded: Recorded[d.SupplementRequested]) -> None:
    row.values["supplement_until"] = recorded.fact.until
    set_status(row, recorded, SUPPLEMENT_REQUESTED)


def _payment_asked(row: Row, recorded: Recorded[d.PaymentRequested]) -> None:
    set_status(row, recorded, PAYMENT_REQUESTED)
    row.values["awaited_until"] = recorded.fact.until


def _finished(row: Row, recorded: Recorded[d.DossierFinished]) -> None:
    set_status(row, recorded, 9)
    envelope = recorded.fact.envelope
    by = envelope.acting_agency or envelope.holder  # dated before an hour, it is not the heir's
    row.values.update(finished_at=envelope.occurred_at, finished_by=by)


def _resumed(row: Row, recorded: Recorded[Any]) -> None:
    set_status(row, recorded, recorded.fact.resumes)


def _corrected(row: Row, recorded: Recorded[d.DossierCorrected]) -> None:
    if recorded.fact.place is not None:
        _place(row, recorded)


def _to(status: int) -> Callable[[Row, Recorded[Any]], None]:
    return lambda row, recorded: set_status(row, recorded, status)


_FIRST: Final = (d.DossierBegun, d.DossierImported, d.DossierQuarantined)

_HANDLERS: Final[Mapping[type[Fact], Callable[[Row, Recorded[Any]], None]]] = {
    d.DossierSubmitted: _begun,
    d.DossierOpened: _begun,
    d.DossierImported: _imported,
    d.DossierStepImported: _step_imported,
    d.DossierQuarantined: _quarantined,
    d.DossierAccepted: _accepted,
    d.IntakeRefused: _to(3),
    d.DossierAssigned: _to(4),
    d.DossierTaken: _to(4),
    d.SupplementRequested: _papers_asked,
    d.SupplementSubmitted: _resumed,
    d.ClockSuspended: _clock_stands,
    d.ClockSet: _clock_set,
    d.PaymentRequested: _payment_asked,
    d.PaymentConfirmed: _resumed,
    d.DossierConsulted: _to(4),
    d.DossierResumed: _resumed,
    d.DossierStopped: _to(8),
    d.DossierWithdrawn: _to(7),
    d.DossierExtended: _extended,
    d.DossierFinished: _finished,
    d.ResultReturned: _to(10),
    d.DossierRecalled: _resumed,
    d.DossierSentBack: _resumed,
    d.DossierCorrected: _corrected,
}
"""Facts that are not here change the revision and nothing else of the row."""
