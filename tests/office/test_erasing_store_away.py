"""Persons are erased while the file store is away, or its folder is missing: no key waits for a file, and
what was not removed is not called finished."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from application import erasing, erasing_reading, holding_back
from application.erasing_finish import finish
from application.file_ports import FilesUnavailable
from application.refusals import NotFound
from application.retained import retained
from domain import erasure_rules as rules
from domain.refusals import Refused
from infra.scan import open_scan
from tests.office.asked_papers import both_published
from tests.office.erasures import by, erased, held, kept_for, requested
from tests.office.one_dossier import known
from tests.office.test_erasing import concluded
from tests.office.world import Office

PAPER = b"%PDF-1.7 giay"


@contextmanager
def store_away(office: Office, *, in_its_place: bool) -> Iterator[None]:
    """`in_its_place`: something else stands there, else nothing does."""
    root = Path(office.files.store.root)  # type: ignore[attr-defined]
    away = root.with_name(f"{root.name}-away")
    root.rename(away)
    if in_its_place:
        root.write_text("no folder")
    yield
    if in_its_place:
        root.unlink()
    away.rename(root)


async def keys_of(office: Office, *subjects: UUID) -> list[UUID]:
    async with open_scan(office.database.app_dsn) as scan:
        return [one for one, table in await scan.still_kept(list(subjects)) if table == "subject_key"]


@pytest.mark.parametrize("in_its_place", [True, False])
async def test_while_the_store_is_away_keys_go_and_files_wait_for_it(
    office: Office, in_its_place: bool
) -> None:
    await both_published(office)
    one, two = await office.applicant("Lò Thị Một"), await office.applicant("Lò Thị Hai")
    await concluded(office, one, paper=PAPER)
    erasures = [await requested(office, person, "authority_order") for person in (one, two)]
    with store_away(office, in_its_place=in_its_place):
        for id in erasures:
            done = await erasing.carry_out(office.erasing, await by(office, "second"), id)
            assert done.finished is None
        assert await keys_of(office, one, two) == []
        with pytest.raises(FilesUnavailable):
            await finish(office.erasing)
        for person in (one, two):
            record = await erasing_reading.record(office.erasing, await by(office), "citizen", person)
            assert record["state"] == "not_finished"
    finished = await finish(office.erasing)
    assert (finished.erasures, finished.files) == (2, 1)
    audited = await office.audited()
    assert audited.ok, audited.findings


async def test_an_audit_up_to_before_an_erasure_misses_none_of_its_files(office: Office) -> None:
    await both_published(office)
    one = await office.applicant("Lò Thị Một")
    await concluded(office, one, paper=PAPER)
    _, before = await office.opened.recorder.clock()
    await erased(office, one, "authority_order")
    found = await office.audited(until=before, replay=False)
    assert found.ok, found.findings


async def test_no_hold_is_placed_on_who_is_erased(office: Office) -> None:
    await both_published(office)
    one = await office.applicant("Lò Thị Một")
    dossier = (await known(office, await concluded(office, one))).dossier.id
    await erased(office, one, "authority_order")
    for kind, id in (("citizen", one), ("dossier", dossier)):
        with pytest.raises(Refused) as refused:
            await held(office, id, kind)
        assert refused.value.rule == rules.ALREADY


async def test_ids_of_something_else_are_not_found(office: Office) -> None:
    one = await office.applicant("Lò Thị Một")
    erasure = await requested(office, one, "authority_order")
    with pytest.raises(NotFound, match="no citizen"):
        await erasing.preview(office.erasing, await by(office), "citizen", erasure)
    await kept_for(office, None, 12)
    period = next(iter((await retained(office.opened.ledger)).periods))
    with pytest.raises(NotFound, match="no hold"):
        await holding_back.lift(office.erasing, await by(office), period, decision="6/TA")
