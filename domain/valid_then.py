"""Folding what was valid at an instant: the facts that had happened by then, in the order in which they were
recorded.

A step that was recorded late is missing before the instant at which it was done, and so is one that happened
later; the versions of what is folded therefore have gaps. What speaks of something that had not happened by
then (a payment confirmed at an earlier hour than the one at which it was asked for) is left out with it. What
an earlier system told stands under the fact of its import, which is done here and later: that one counts from
the first step that was told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from domain.citizen_facts import MandateEnded
from domain.dossier_import_facts import DossierImported, DossierStepImported
from domain.dossier_waiting_facts import PaymentConfirmed
from domain.facts import Aggregate, Fact, Recorded
from domain.result_facts import ResultIssued, ResultLinked, ResultSignatureChecked
from domain.store_facts import DocumentWithdrawn

TAggregate = TypeVar("TAggregate", bound=Aggregate)


def as_valid(aggregate: TAggregate, recorded: Iterable[Recorded[Any]], valid_at: datetime) -> TAggregate:
    """An empty aggregate with the facts of its stream that had happened by `valid_at` (an instant, included).
    Its version is that of the last of them; 0 where there is none. It is for reading: it decides nothing."""
    own = [item.fact for item in recorded if item.fact.originator_id == aggregate.id]
    told_by_then = any(isinstance(f, DossierStepImported) and _happened(f, valid_at) for f in own)
    for fact in own:
        happened = _happened(fact, valid_at) or (told_by_then and isinstance(fact, DossierImported))
        if happened and _is_there(aggregate, fact):
            if isinstance(fact, DossierImported) and not _happened(fact, valid_at):
                # What it was on the day of the export says nothing of an earlier day.
                fact = replace(fact, status=None)
            aggregate.apply(fact)
            aggregate.version = fact.originator_version
    return aggregate


def _happened(fact: Fact, valid_at: datetime) -> bool:
    return fact.envelope.occurred_at <= valid_at


def _is_there(aggregate: Any, fact: Fact) -> bool:
    """Whether what the fact speaks of has happened among those folded before."""
    match fact:
        case PaymentConfirmed():
            return fact.obligation in aggregate.obligations
        case ResultSignatureChecked() | ResultLinked():
            return fact.issued in aggregate.results
        case ResultIssued():
            return fact.replaces is None or fact.replaces in aggregate.results
        case DocumentWithdrawn():
            return fact.document in aggregate.documents
        case MandateEnded():
            return fact.mandate in aggregate.mandates
    return True
