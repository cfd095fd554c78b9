"""What decides who held a dossier is read from facts of every release, in clear by their topic alone."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from domain.facts import Category
from infra import dossier_scan
from infra.fact_types import domain_fact_types
from tests.codec import golden

TYPES = domain_fact_types()
OLD = sorted(old for old in TYPES.upcasts if TYPES.category_of(old) == Category.DOSSIER)
AT = datetime(2025, 6, 2, tzinfo=UTC)
DOSSIER = UUID(int=1)


def test_a_topic_of_an_earlier_release_is_read_as_its_newest() -> None:
    assert "dossier.supplement_requested.v1" in OLD
    for old in OLD:
        newest = TYPES.newest(old).TOPIC
        for topics in (dossier_scan.BARE, dossier_scan.SILENT):
            assert (old in topics) == (newest in topics)


def test_a_beginning_of_any_kind_tells_holder_place_and_status() -> None:
    for topic in (
        "dossier.submitted.v1",
        "dossier.submitted.v2",
        "dossier.submitted.v3",
        "dossier.opened.v1",
    ):
        rows: list[dossier_scan.Row] = [(DOSSIER, 1, AT, topic, golden.path_of(topic).read_bytes())]
        told = dossier_scan._history(rows, None, dossier_scan._Ids())
        assert [known.status for known in told.statuses] == [1], topic
        assert [known.agency for known in told.holder_sets] == [UUID(golden.sample_id("holder"))]
        assert [known.place for known in told.places] == [UUID(golden.sample_id("place0"))]


def test_papers_asked_for_in_an_earlier_release_leave_the_status_that_they_left() -> None:
    submitted = golden.path_of("dossier.submitted.v1").read_bytes()
    rows: list[dossier_scan.Row] = [
        (DOSSIER, 1, AT, "dossier.submitted.v1", submitted),
        (DOSSIER, 2, AT, "dossier.supplement_requested.v1", None),
    ]
    told = dossier_scan._history(rows, None, dossier_scan._Ids())
    assert [known.status for known in told.statuses] == [1, 5]
