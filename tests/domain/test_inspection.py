"""What an inspection takes for recorded late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.dossier_import_facts import DossierStepImported
from domain.facts import Recorded
from domain.inspection import Thresholds, late_by
from tests.domain import situations as given
from tests.domain.situations import by


def test_a_step_of_an_earlier_system_is_not_recorded_late() -> None:
    dossier = given.imported(None)
    long_ago = replace(by(), occurred_at=by().occurred_at - timedelta(days=400))
    dossier.import_step(long_ago, step=1, activity="decide", attributes=())
    begun, step = dossier.pending_events
    assert isinstance(step, DossierStepImported)
    at = by().occurred_at + timedelta(days=3)
    assert late_by(Recorded(step, 2, at, bytes(32)), Thresholds()) is None
    assert late_by(Recorded(begun, 1, at, bytes(32)), Thresholds()) == timedelta(days=3)
