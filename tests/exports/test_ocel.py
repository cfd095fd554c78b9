"""OCEL 2.0 in its three forms, as pm4py reads them, beside what the ledger has, counted naively."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest

from application.export_ports import Counts
from application.export_values import DECLARED
from application.exporting import export_ocel, extent
from domain.dossier import Dossier
from domain.facts import Category
from infra.ocel_file import open_ocel
from tests.exports.conftest import Ledger
from tests.exports.life import NAMES, filed_after
from tests.exports.mined import mined
from tests.exports.naive import counted

FORMS = ("sqlite", "json", "xml")
EPOCH = "1970-01-01T00:00:00.000000Z"


async def exported(ledger: Ledger, path: Path, first: int | None = None, last: int | None = None) -> Counts:
    found, known = await extent(ledger.exporting, ledger.auditor, first, last)
    with open_ocel(path, found, DECLARED, force=False) as draft:
        return await export_ocel(ledger.exporting, found, known, draft, lambda done, total: None)


@pytest.mark.parametrize("form", FORMS)
async def test_pm4py_finds_the_events_objects_and_relations_that_the_ledger_has(
    ledger: Ledger, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"log.{form}"
    counts = await exported(ledger, path)
    naive = await counted(ledger.attested)
    found = mined(path)
    assert len(found["events"]) == counts.events == sum(naive.events.values())
    assert Counter(found["objects"].values()) == counts.objects == naive.objects()
    pairs = [(int(event), one) for event, one, _ in found["relations"]]
    assert sorted(pairs) == sorted(naive.pairs)
    assert counts.event_relations == len(pairs)
    assert {tuple(link) for link in found["links"]} == naive.links
    assert counts.object_relations == len(found["links"]) == len(naive.links)
    assert {found["objects"][one] for _, one, _ in found["relations"]} == set(counts.objects)
    assert list(tmp_path.iterdir()) == [path]  # noqa: ASYNC240


@pytest.mark.parametrize("form", FORMS)
async def test_a_part_of_the_log_has_the_events_of_these_positions_and_their_objects(
    ledger: Ledger, tmp_path: Path, form: str
) -> None:
    head = (await ledger.attested.recorder.clock())[1]
    first, last = head // 2, head - 5
    path = tmp_path / f"log.{form}"
    counts = await exported(ledger, path, first, last)
    naive = await counted(ledger.attested, first, last)
    found = mined(path)
    assert sorted(map(int, found["events"])) == list(range(first, last + 1))
    assert Counter(found["objects"].values()) == counts.objects == naive.objects()
    assert {(int(event), one) for event, one, _ in found["relations"]} == naive.pairs
    there = found["objects"].keys()
    assert {tuple(link) for link in found["links"]} == {
        link for link in naive.links if {link[0], link[1]} <= there
    }


async def test_the_three_forms_say_the_same(ledger: Ledger, tmp_path: Path) -> None:
    said, values = [], []
    for form in FORMS:
        counts = await exported(ledger, tmp_path / f"log.{form}")
        found = mined(tmp_path / f"log.{form}")
        relations = sorted(map(tuple, found["relations"]))
        said.append(
            (counts, found["events"], found["objects"], relations, sorted(map(tuple, found["links"])))
        )
        values.append(sorted(values_in(tmp_path / f"log.{form}", form)))
    assert said[0] == said[1] == said[2]
    assert values[0] == values[1] == values[2]
    later = [value for value in values[0] if value[2] != EPOCH]
    assert len(later) == said[0][0].changes > 20


Value = tuple[str, str, str, str]


def values_in(path: Path, form: str) -> Iterator[Value]:
    """Object, attribute, time and value of everything that objects have, but for the ledger."""
    if form == "json":
        for one in json.loads(path.read_bytes())["objects"]:
            for a in one["attributes"] if one["type"] != "ledger" else ():
                yield one["id"], a["name"], a["time"], a["value"]
    elif form == "xml":
        tree = ElementTree.parse(path)
        types = {t.get("name"): yes_or_no(t) for t in tree.iterfind("object-types/object-type")}
        for thing in tree.iterfind("objects/object"):
            for a in thing.iterfind("attributes/attribute") if thing.get("type") != "ledger" else ():
                text, name = a.text or "", a.get("name", "")
                text = {"1": "true", "0": "false"}[text] if name in types[thing.get("type")] else text
                yield thing.get("id", ""), name, a.get("time", ""), text
    else:
        with closing(sqlite3.connect(path)) as file:
            for kind, declared in DECLARED.items():
                for own, time, changed, *row in file.execute(f"SELECT * FROM object_{kind}"):  # noqa: S608
                    for (name, type_), value in zip(declared, row, strict=True):
                        if value is not None and kind != "ledger":
                            assert changed in (None, name)
                            said = {1: "true", 0: "false"}[value] if type_ == "boolean" else str(value)
                            yield own, name, time, said


def yes_or_no(declared: ElementTree.Element) -> set[str]:
    found = declared.iterfind("attributes/attribute")
    return {a.get("name", "") for a in found if a.get("type") == "boolean"}


async def test_statuses_and_holders_change_as_the_ledger_has_them(ledger: Ledger, tmp_path: Path) -> None:
    counts = await exported(ledger, tmp_path / "log.sqlite")
    office = ledger.attested.office
    moment = await office.reader.moment(fresh=True)
    statuses: dict[str, list[int]] = {}
    replayed: dict[UUID, Dossier] = {}
    for row in await ledger.attested.recorder.events_after(0, 100_000):
        if row.category == Category.DOSSIER:
            dossier = replayed.setdefault(row.stream_id, Dossier.empty(row.stream_id))
            dossier.replay(ledger.attested.codec.decode(row).fact)
            had = statuses.setdefault(str(row.stream_id), [])
            if dossier.status is not None and (not had or had[-1] != dossier.status):
                had.append(dossier.status)
    holders = await office.shown.holders(sorted(replayed), moment.now)
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as file:
        (changes,) = file.execute(
            "SELECT sum(n) FROM (SELECT count(*) n FROM object_dossier WHERE ocel_changed_field IS NOT NULL"
            " UNION ALL SELECT count(*) FROM object_agency WHERE ocel_changed_field IS NOT NULL"
            " UNION ALL SELECT count(*) FROM object_handover_part WHERE ocel_changed_field IS NOT NULL"
            " UNION ALL SELECT count(*) FROM object_procedure WHERE ocel_changed_field IS NOT NULL)"
        ).fetchone()
        assert changes == counts.changes
        for own, expected in statuses.items():
            rows = file.execute(
                "SELECT ocel_time, status, holder FROM object_dossier WHERE ocel_id = ?"
                " ORDER BY ocel_time, rowid",
                (own,),
            ).fetchall()
            assert rows[0][0] == EPOCH
            assert [status for _, status, _ in rows if status is not None] == expected
            last = [holder for _, _, holder in rows if holder is not None][-1]
            (shown, *_) = holders[UUID(own)]
            assert UUID(last) == shown[0]
    assert any(len(had) > 2 for had in statuses.values())


@pytest.mark.parametrize("form", FORMS)
async def test_it_says_what_it_is_an_export_of(ledger: Ledger, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"log.{form}"
    attested = max(ledger.attested.sizes())
    head = (await ledger.attested.recorder.clock())[1]
    await exported(ledger, path, 2, attested)
    said = of_ledger(path, form)
    assert (said["from_position"], said["to_position"]) == ("2", str(attested))
    assert (said["origin"], said["checkpoint_size"]) == (ledger.attested.origin, str(attested))
    (note,) = ledger.attested.rows("SELECT note FROM checkpoint WHERE size = %s", attested)[0]
    assert said["checkpoint"].startswith(note.split("\n\n")[0])
    assert said["attested"] in ("true", "1")
    await filed_after(ledger.attested.office)
    now = (await ledger.attested.recorder.clock())[1]
    assert now > head
    path.unlink()
    await exported(ledger, path, 2)
    said = of_ledger(path, form)
    assert said["to_position"] == str(now)
    assert said["attested"] in ("false", "0")
    assert "checkpoint" not in said
    await ledger.attested.attest()


def of_ledger(path: Path, form: str) -> dict[str, str]:
    """The attributes of the object that stands for the ledger."""
    if form == "json":
        document = json.loads(path.read_bytes())
        (one,) = (o for o in document["objects"] if o["type"] == "ledger")
        return {a["name"]: a["value"] for a in one["attributes"]}
    if form == "xml":
        (found,) = (
            o for o in ElementTree.parse(path).iterfind("objects/object") if o.get("type") == "ledger"
        )
        return {a.get("name", ""): a.text or "" for a in found.iterfind("attributes/attribute")}
    with closing(sqlite3.connect(path)) as file:
        cursor = file.execute("SELECT * FROM object_ledger")
        row = dict(zip((c[0] for c in cursor.description), cursor.fetchone(), strict=True))
        stated = dict(file.execute("SELECT name, value FROM hoso_export").fetchall())
    assert stated["to_position"] == str(row["to_position"])
    return {name: str(value) for name, value in row.items() if value is not None}


@pytest.mark.parametrize("form", FORMS)
async def test_nothing_personal_is_in_it(ledger: Ledger, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"log.{form}"
    await exported(ledger, path)
    content = path.read_bytes()
    for name in NAMES:
        assert name.encode() not in content
        assert json.dumps(name).strip('"').encode() not in content
    assert b"1.000001" in content


async def test_values_are_those_of_the_facts(ledger: Ledger, tmp_path: Path) -> None:
    await exported(ledger, tmp_path / "log.json")
    document: dict[str, Any] = json.loads((tmp_path / "log.json").read_bytes())
    types = {one["name"]: {a["name"]: a["type"] for a in one["attributes"]} for one in document["eventTypes"]}
    rows = {row.position: row for row in await ledger.attested.recorder.events_after(0, 100_000)}
    for event in document["events"]:
        said = {a["name"]: a["value"] for a in event["attributes"]}
        stored = json.loads(rows[int(event["id"])].payload)
        assert event["time"] == stored["occurred_at"]
        assert said["log_leaf"] == rows[int(event["id"])].leaf.hex()
        data = stored["data"]
        single = {k: v for k, v in data.items() if isinstance(v, str | int | bool)}
        for name, value in single.items():
            kind = types[event["type"]][name]
            assert said[name] == (str(value).lower() if kind == "boolean" else str(value))
        assert said.keys() <= types[event["type"]].keys()
        sealed = {name for name, value in data.items() if isinstance(value, dict) and "ciphertext" in value}
        assert not sealed & types[event["type"]].keys()
