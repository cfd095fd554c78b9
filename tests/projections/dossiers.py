"""Facts of dossiers of the views' small world: one dossier's stream, and what a handover records of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain import dossier_facts as d
from domain.facts import Fact
from domain.handed_over_facts import DossierHandedOver, DossierPlaced
from tests.projections.world import HOUR, OFFICER, OLD, PART, PROCEDURES, envelope, sealed, uid


@dataclass
class DossierFacts:
    """Makes the facts of one dossier's stream, numbered."""

    id: UUID
    version: int = 0

    def _next(self, cls: type[Fact], at: datetime, holder: UUID, **values: Any) -> Any:
        self.version += 1
        return cls(
            originator_id=self.id,
            originator_version=self.version,
            envelope=envelope(at, holder),
            **values,
        )

    def submitted(
        self, at: datetime, holder: UUID, place: UUID | None = OLD[0], procedure: str = "1.001"
    ) -> d.DossierSubmitted:
        fact: d.DossierSubmitted = self._next(
            d.DossierSubmitted,
            at,
            holder,
            code=f"D0-250601-{self.id.int & 0xFFFFFF:04d}",
            code_origin="issued",
            procedure=uid(6, sorted(PROCEDURES).index(procedure)),
            procedure_code=procedure,
            case=None,
            channel="online",
            owner=uid(9, 1),
            place=place,
            place_code="07200" if place else None,
            receiving_agency=holder,
            competent_agency=holder,
            returning_agency=holder,
            components=(),
            linked_group=None,
            matter=None,
            submitter=uid(9, 2),
            helping_agency=None,
            keyed_by="applicant",
            paper_reason=None,
            identity_level=None,
            mandate=None,
        )
        return fact

    def opened(self, at: datetime, holder: UUID, place: UUID | None = OLD[0]) -> d.DossierOpened:
        """By the agency itself: nobody submitted it."""
        fact: d.DossierOpened = self._next(
            d.DossierOpened,
            at,
            holder,
            code=f"D0-260701-{self.id.int & 0xFFFFFF:04d}",
            code_origin="issued",
            procedure=uid(6, 0),
            procedure_code=sorted(PROCEDURES)[0],
            case=None,
            channel="online",
            owner=uid(9, 1),
            place=place,
            place_code="07200" if place else None,
            receiving_agency=holder,
            competent_agency=holder,
            returning_agency=holder,
            components=(),
            linked_group=None,
            matter=None,
            service_level=2,
            trigger="age_reached",
        )
        return fact

    def accepted(self, at: datetime, holder: UUID, due: datetime | None = None) -> Any:
        due = due or at + timedelta(days=20)
        return self._next(
            d.DossierAccepted,
            at,
            holder,
            procedure_version=1,
            case=None,
            channel="online",
            calendar_position=1,
            limit_amount=15,
            limit_unit="working_day",
            counted_from=at,
            statutory_due=due,
            promised=due,
        )

    def assigned(self, at: datetime, holder: UUID) -> Any:
        return self._next(d.DossierAssigned, at, holder, officer=OFFICER)

    def forwarded(self, at: datetime, from_agency: UUID, to: UUID) -> Any:
        return self._next(d.DossierForwarded, at, to, from_agency=from_agency, to_agency=to, note=None)

    def finished(self, at: datetime, holder: UUID) -> Any:
        return self._next(
            d.DossierFinished, at, holder, outcome="granted", result_code=None, decision_no=None, reason=None
        )

    def returned(self, at: datetime, holder: UUID) -> Any:
        return self._next(d.ResultReturned, at, holder, way="post", collected_by=None)

    def withdrawn(self, at: datetime, holder: UUID) -> Any:
        return self._next(d.DossierWithdrawn, at, holder, reason=None)

    def stopped(self, at: datetime, holder: UUID) -> Any:
        return self._next(d.DossierStopped, at, holder, ground="g", reason=sealed(self.id))

    def sent_back(self, at: datetime, from_agency: UUID, to: UUID) -> Any:
        return self._next(
            d.DossierSentBack,
            at,
            to,
            from_agency=from_agency,
            to_agency=to,
            resumes=4,
            reason=sealed(self.id),
        )

    def corrected(self, at: datetime, holder: UUID, place: UUID) -> Any:
        return self._next(
            d.DossierCorrected,
            at,
            holder,
            corrects=1,
            place=place,
            place_code="07201",
            note=sealed(self.id),
        )

    def imported(self, at: datetime, holder: UUID, attributes: tuple[dict[str, Any], ...] = ()) -> Any:
        return self._next(
            d.DossierImported,
            at,
            holder,
            code=f"case-{self.id.int & 0xFFFFFF}",
            source="old",
            case_id=f"case-{self.id.int & 0xFFFFFF}",
            status=None,
            procedure_code=None,
            place=None,
            place_code=None,
            attributes=attributes,
        )

    def step(self, at: datetime, holder: UUID, number: int) -> Any:
        return self._next(
            d.DossierStepImported,
            at,
            holder,
            step=number,
            activity="T02",
            as_written=None,
            status=None,
            attributes=(),
        )


def handed_over(
    dossier: UUID, number: int, from_agency: UUID, to_agency: UUID, status: int = 2, part: UUID = PART
) -> DossierHandedOver:
    return DossierHandedOver(
        originator_id=uid(102, number),
        originator_version=1,
        envelope=envelope(HOUR, to_agency),
        dossier=dossier,
        code="c",
        part=part,
        part_version=1,
        effective_at=HOUR,
        from_agency=from_agency,
        to_agency=to_agency,
        rule="route.successor",
        provisional=False,
        status=status,
        revision=1,
        remaining_unit=None,
        remaining_amount=None,
        history_digest="",
        components_digest="",
    )


def placed(
    dossier: UUID, number: int, version: int, at: datetime, from_agency: UUID, to: UUID
) -> DossierPlaced:
    return DossierPlaced(
        originator_id=uid(103, number),
        originator_version=version,
        envelope=envelope(at, to),
        dossier=dossier,
        part=PART,
        from_agency=from_agency,
        to_agency=to,
        ground=sealed(dossier),
    )
