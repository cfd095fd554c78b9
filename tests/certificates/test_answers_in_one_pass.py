"""An act of several parts is asked about in one pass for all of them: the same answers, byte for byte, as
each part alone from the whole log."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import pytest

from application import certificate_document, promised
from application.handover_answers import compare
from application.handovers import draft
from application.lateness import FIGURES, lateness
from application.receiving import place, refuse
from tests.certificates.one_by_one import compared, late
from tests.office.acts import Json, amended, an_act, at, link, through, transferred
from tests.office.test_amending import swapped
from tests.office.test_receiving import id_of
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, Office

NORTH, SOUTH = NEW_DESKS["07210"], NEW_DESKS["07213"]
DAY = "2025-07-20"
NORTH_CLERK, SOUTH_CLERK = OLD_DESKS["07207"], OLD_DESKS["07201"]
NORTH_AFTER, SOUTH_AFTER = "000.10.77.H05", "000.13.77.H05"


def second_act(office: Office) -> Json:
    """Both communes go on as new ones, each by a part of its own, at one hour."""
    act: Json = {}
    for code, desk, after in (("07210", NORTH, NORTH_AFTER), ("07213", SOUTH, SOUTH_AFTER)):
        unit = f"{code}@{DAY}"
        made = an_act(
            office,
            DAY,
            number=f"{code}/NQ",
            ends=[f"{code}@2025-07-01"],
            begins=[code],
            links=[link(f"{code}@2025-07-01", unit)],
            founds={after: unit},
            closes={desk: after},
            receives={unit: after},
        )
        act = act | {"parts": act["parts"] + made["parts"]} if act else made
    return act


async def lived(office: Office) -> tuple[UUID, UUID, list[UUID]]:
    """The act of 2025 with its amendment, and a second one of two parts; much is recorded between each
    simulation and its hour."""
    operator = office.officers["first operator"]
    north = [await office.filed(OLD_DESKS["07207"], "07207") for _ in range(5)]
    south = [await office.filed(OLD_DESKS["07201"], "07201") for _ in range(5)]
    first = await office.scheduled()
    clerk, other = office.officer(OLD_DESKS["07207"]), office.officer(OLD_DESKS["07201"])
    await office.filed(DISTRICT, "07201")
    await office.act(clerk, north[0].code, "withdraw", None, reason=None)
    await office.act(other, south[0].code, "assign", south[0].revision, officer=other.uuid)
    await office.move_clock(HOUR)
    await transferred(office, first)
    south_desk, north_desk = await office.agency(SOUTH), await office.agency(NORTH)
    named = await id_of(office, south[1].code)
    await refuse(office.handovers, other, first, south_desk, [named], reason="không thuộc")
    await place(office.handovers, operator, first, named, north_desk, "thuộc 07210")
    await at(office, "2025-07-10T09:00:00")
    await amended(office, first, swapped(office))
    await transferred(office, first)

    answer = await draft(office.handovers, operator, second_act(office))
    moment = await office.reader.moment(fresh=True)
    parts = list(moment.organisation.acts[answer.handover].parts)
    await through(office, parts[0])
    await office.filed(NORTH_CLERK, "07210")
    moved = await office.act(
        clerk, north[1].code, "forward", north[1].revision, to_agency=south_desk, note=None
    )
    await through(office, parts[1])
    await office.act(other, moved.code, "assign", moved.revision, officer=other.uuid)
    third = north[3]
    await office.act(clerk, third.code, "forward", third.revision, to_agency=south_desk, note=None)
    await office.act(clerk, north[2].code, "withdraw", None, reason=None)
    await office.filed(SOUTH_CLERK, "07213")
    await at(office, f"{DAY}T00:00:00")
    for part in parts:
        await transferred(office, part)
    return first, answer.handover, parts


def as_bytes(document: Json) -> bytes:
    return orjson.dumps(document)


@pytest.mark.parametrize("page", [3, 1000])
async def test_all_parts_in_one_pass_are_as_each_alone(
    office: Office, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second_act_id, parts = await lived(office)
    monkeypatch.setattr(promised, "PAGE", page)
    monkeypatch.setattr(certificate_document, "PAGE", page)
    moment = await office.reader.moment(fresh=True)
    operator = office.officers["first operator"]
    reasons: dict[str, int] = {}
    for act in (moment.organisation.parts[first].act, second_act_id):
        found = await compare(office.handovers, operator, act)
        assert as_bytes(found) == as_bytes(await compared(office, moment, act))
        for part in found["parts"]:
            for reason, counts in part["reasons"].items():
                reasons[reason] = reasons.get(reason, 0) + counts["more"] + counts["fewer"]
    assert all(reasons.values()), reasons  # each of them came up
    for part in (first, *parts):
        answered = await lateness(office.handovers, operator, part)
        rows = {
            row["identifier"]: {figure: row[figure] for figure in FIGURES if row[figure]}
            for row in answered["agencies"]
        }
        expected = {name: dict(counts) for name, counts in (await late(office, moment, part)).items()}
        assert rows == expected


async def test_what_is_read_does_not_grow_with_the_parts_of_the_act(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each page the dossiers' own streams, and one beside for each part that moved one of them."""
    first, second_act_id, _ = await lived(office)
    recorder = office.opened.recorder
    passes: list[tuple[int, ...]] = []
    streams: list[int] = []
    events_after, events_of_many = recorder.events_after, recorder.events_of_many

    async def counted_after(position: int, limit: int, categories: tuple[int, ...] = ()) -> Any:
        if categories:
            passes.append(categories)
        return await events_after(position, limit, categories)

    async def counted_many(streams_: Any, *rest: Any) -> Any:
        streams.append(len(streams_))
        return await events_of_many(streams_, *rest)

    monkeypatch.setattr(recorder, "events_after", counted_after)
    monkeypatch.setattr(recorder, "events_of_many", counted_many)
    operator = office.officers["first operator"]
    found = await compare(office.handovers, operator, second_act_id)
    assert len(found["parts"]) == 2
    assert len([c for c in passes if c == (102,)]) == 1  # one page of transfers, for both parts
    assert len([c for c in passes if c == (100,)]) == 1  # and one of what was recorded in between
    assert streams
    assert first
