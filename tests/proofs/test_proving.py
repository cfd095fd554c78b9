"""Proofs are made of what a ledger recorded, for those who may read it, and of nothing else."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from application.dossiers import Answer
from application.policy import Identity
from application.proof_compact import Pledge, body_of, parts_of
from application.proving import (
    Material,
    NotAttestedYet,
    of_dossier,
    of_position,
    pledge,
    proof,
    proof_or_pledge,
)
from application.refusals import NotAllowed, NotFound
from application.tlog import NotOpened
from application.tlog_ports import TlogUnavailable
from application.verifying import NOT_YET, PROVEN
from application.voices import Said, receive
from domain.tree_proofs import ProofBroken
from interfaces.proof_words import reading
from tests.office.acts import transferred
from tests.office.erasures import erased_unjudged
from tests.office.province import HOUR, NEW_DESKS, OLD_DESKS
from tests.office.test_voice import voices
from tests.office.world import Office
from tests.proofs.log_world import World
from tests.proofs.making import WITNESSES, check

DESK = OLD_DESKS["07201"]
PLACE = "07201@2025-06-01"
AUDITOR = {"number": "AU-1", "name": "Auditor", "postings": [{"agency": DESK, "roles": ["auditor"]}]}
PROGRAM = Identity("portal", "reports")


async def filed(world: World) -> Answer:
    return await world.office.filed(DESK, PLACE)


def clerk(world: World) -> Identity:
    return world.office.officer(DESK)


async def auditor(world: World) -> Identity:
    found = await world.office.opened.ledger.find("officer", "AU-1")
    return Identity("officer", str(found)) if found else await world.office.appointed(AUDITOR)


async def owner(world: World, code: str) -> Identity:
    dossier = await world.office.opened.ledger.find("dossier_code", code)
    assert dossier is not None
    (first,) = await world.office.opened.recorder.events_of(dossier, 0, 1)
    fact: Any = world.office.opened.codec.decode(first).fact
    return Identity("applicant", str(fact.owner))


async def refused(doing: Awaitable[Material], kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        await doing


async def test_every_fact_of_a_dossier_can_be_proven_not_only_its_latest(world: World) -> None:
    answer = await filed(world)
    code = answer.code
    await world.office.act(clerk(world), code, "assign", answer.revision, officer=UUID(clerk(world).id))
    await world.attest()
    said = []
    for version in (1, 2, 3):
        found = await world.verified(await of_dossier(world.proving, clerk(world), code, version=version))
        assert found.answer == PROVEN, found.problem
        assert found.said is not None
        assert (found.said.code, found.said.version) == (code, version)
        assert found.said.agency == f"Cơ quan {DESK}"
        said.append((found.said.topic, found.said.promised_by, found.said.promised is not None))
    assert said == [
        ("dossier.submitted.v3", None, False),
        ("dossier.accepted.v1", None, True),
        ("dossier.assigned.v1", 2, True),
    ]
    receipt = await of_dossier(world.proving, clerk(world), code)
    assert receipt.fact.topic == "dossier.accepted.v1", "what people ask for"
    await refused(
        of_dossier(world.proving, clerk(world), code, version=4), NotFound, "no fact 4: its last one is 3"
    )
    await refused(of_dossier(world.proving, clerk(world), "nothing"), NotFound, "no dossier has the code")


async def test_who_may_read_the_history_gets_the_key_of_that_one_event_and_no_other(world: World) -> None:
    code = (await filed(world)).code
    await world.attest()
    applicant = await owner(world, code)
    for who in (clerk(world), applicant, await auditor(world)):
        found = await world.verified(await of_dossier(world.proving, who, code, version=1))
        assert [(o.path, o.text) for o in found.opened] == [("data.matter", "xin cấp lại giấy tờ")]
    without = await of_dossier(world.proving, applicant, code, version=1, keys=False)
    assert [o.text for o in (await world.verified(without)).opened] == [None]
    (first,) = (await of_dossier(world.proving, applicant, code, version=1)).keys
    await world.office.opened.keyring.load([first[0]])
    assert first[1] != world.office.opened.keyring.key_of(first[0]), "never the subject's own key"
    stranger = Identity("applicant", str(await world.office.applicant("Người Khác")))
    await refused(of_dossier(world.proving, stranger, code), NotAllowed, "only the dossier's owner")
    elsewhere = world.office.officer(OLD_DESKS["07207"])
    await refused(of_dossier(world.proving, elsewhere, code), NotAllowed, "a posting at the agency")


async def test_programs_get_any_position_without_keys_and_auditors_with_them(world: World) -> None:
    code = (await filed(world)).code
    position = (await of_dossier(world.proving, clerk(world), code, version=1)).fact.position
    await world.attest()
    by_program = await of_position(world.proving, PROGRAM, position)
    assert (by_program.code, by_program.keys) == (code, ())
    found = await world.verified(by_program)
    assert (found.answer, [o.text for o in found.opened]) == (PROVEN, [None])
    by_auditor = await of_position(world.proving, await auditor(world), position)
    assert len(by_auditor.keys) == 1
    assert (await of_position(world.proving, await auditor(world), position, keys=False)).keys == ()
    await refused(of_position(world.proving, clerk(world), position), NotAllowed, "role")
    await refused(of_position(world.proving, PROGRAM, 10**9), NotFound, "nothing is recorded")


async def test_every_position_of_the_log_has_a_proof(world: World) -> None:
    """Also of what is about no dossier: units, agencies, the ledger itself."""
    await filed(world)
    size = await world.attest()
    for position in range(1, size + 1):
        found = await world.verified(await of_position(world.proving, PROGRAM, position))
        assert found.answer == PROVEN, (position, found.problem)
        assert found.said is not None
        assert found.said.position == position


async def test_who_was_erased_keeps_a_valid_proof_whose_text_nobody_opens(world: World) -> None:
    code = (await filed(world)).code
    await world.attest()
    applicant = await owner(world, code)
    await erased_unjudged(world.office, UUID(applicant.id))
    material = await of_dossier(world.proving, clerk(world), code, version=1)
    assert material.erased == (UUID(applicant.id),)
    found = await world.verified(material)
    assert (found.answer, [o.text for o in found.opened]) == (PROVEN, [None])


async def test_what_no_checkpoint_covers_has_no_proof_and_says_when(world: World) -> None:
    await world.attest()
    code = (await filed(world)).code
    material = await of_dossier(world.proving, clerk(world), code)
    with pytest.raises(
        NotAttestedYet, match="is recorded and not attested yet: the last checkpoint, of"
    ) as early:
        await proof(world.proving, material)
    assert 0 < early.value.attested < material.fact.position
    assert early.value.retry_after == 3
    instead = await proof_or_pledge(world.proving, material, datetime.now(UTC))
    assert isinstance(instead, Pledge)
    assert instead.by > instead.made_at
    assert check("\n".join(parts_of(body_of(instead))).encode(), world.trust).answer == NOT_YET
    await world.attest()
    assert not isinstance(await proof_or_pledge(world.proving, material, datetime.now(UTC)), Pledge)


async def test_a_ledger_without_any_checkpoint_says_so(own_world: World) -> None:
    code = (await filed(own_world)).code
    material = await of_dossier(own_world.proving, clerk(own_world), code)
    with pytest.raises(NotAttestedYet, match="has not been made yet"):
        await proof(own_world.proving, material)
    assert (await pledge(own_world.proving, material, datetime.now(UTC))).attested == 0


async def test_what_a_handover_says_of_a_dossier_is_proven_as_its_fact(own_world: World) -> None:
    world = own_world
    code = (await filed(world)).code
    part = await world.office.scheduled()
    await world.office.move_clock(HOUR + timedelta(hours=1))
    await transferred(world.office, part)
    await world.attest()
    rows = await world.office.opened.recorder.events_after(0, 10_000)
    (moved,) = [row for row in rows if row.topic.startswith("handover.dossier_handed_over.")]
    new_desk = world.office.officer(DESK)  # the posting moved with the act
    material = await of_dossier(world.proving, new_desk, code, position=moved.position)
    found = await world.verified(material)
    assert found.answer == PROVEN
    assert found.said is not None
    assert (found.said.code, found.said.agency) == (code, f"Cơ quan {NEW_DESKS['07213']}")
    assert found.said.promised_by == 2
    first = next(row.position for row in rows if row.topic.startswith("unit."))
    await refused(of_dossier(world.proving, new_desk, code, position=first), NotFound, "is no fact about")


async def test_an_agency_is_called_as_it_was_when_the_fact_was_recorded(own_world: World) -> None:
    from application.changing import Asked
    from application.organisation_acts import change_agency

    world = own_world
    before = (await filed(world)).code
    entry = {"number": "REG", "name": "R", "postings": [{"agency": DESK, "roles": ["registrar"]}]}
    registrar = Asked(await world.office.appointed(entry))
    new = {"name": "Trung tâm Phục vụ hành chính công"}
    await change_agency(world.office.registry, registrar, DESK, changes=new)
    after = (await filed(world)).code
    await world.attest()
    names = []
    for code in (before, after):
        found = await world.verified(await of_dossier(world.proving, clerk(world), code))
        assert found.answer == PROVEN
        assert found.said is not None
        names.append(found.said.agency)
    assert names == [f"Cơ quan {DESK}", new["name"]]


async def test_a_ledger_whose_log_was_never_opened_says_what_to_do(
    own_office: Office, tmp_path: Path
) -> None:
    world = World(own_office, tmp_path)
    code = (await filed(world)).code
    material = await of_dossier(world.proving, clerk(world), code)
    with pytest.raises(NotOpened, match="hoso tlog init"):
        await proof(world.proving, material)


async def test_missing_and_replaced_tiles_are_made_from_what_lies_below(own_world: World) -> None:
    world = own_world
    code = (await filed(world)).code
    await world.attest()
    for _ in range(3):
        await filed(world)
    while (await world.office.opened.recorder.clock())[1] < 300:
        await filed(world)
    await world.attest()
    material = await of_dossier(world.proving, clerk(world), code)
    whole = await proof(world.proving, material, reading)
    tiles = sorted(str(p.relative_to(world.tiles.root)) for p in world.tiles.root.rglob("*") if p.is_file())
    assert "tile/0/000" in tiles
    await world.tiles.remove([tile for tile in tiles if tile.startswith("tile/0/")])
    assert await proof(world.proving, material, reading) == whole, "pruned: from the log's leaves"
    await world.tiles.remove([tile for tile in tiles if tile.startswith("tile/") and "entries" not in tile])
    assert await proof(world.proving, material, reading) == whole


async def test_tiles_that_are_not_the_logs_give_no_proof(own_world: World) -> None:
    world = own_world
    code = (await filed(world)).code
    await world.attest()
    (partial,) = (path for path in (world.tiles.root / "tile" / "0").rglob("*") if path.is_file())
    partial.chmod(0o644)
    content = partial.read_bytes()
    partial.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    material = await of_dossier(world.proving, clerk(world), code)
    with pytest.raises(TlogUnavailable, match=r"No proof is given out; run `hoso audit`") as told:
        await proof(world.proving, material)
    assert not isinstance(told.value, ProofBroken)


async def test_a_quorum_that_an_earlier_checkpoint_has_is_not_given_away(own_world: World) -> None:
    world = own_world
    code = (await filed(world)).code
    size = await world.attest(*WITNESSES[:2])
    await filed(world)
    later = await world.attest(quorum=False)
    found = await world.verified(await of_dossier(world.proving, clerk(world), code))
    assert found.checkpoint is not None
    assert (found.checkpoint.size, len(found.signed)) == (size, 3)
    await filed(world)
    newest = await world.attest(WITNESSES[0])
    found = await world.verified(await of_dossier(world.proving, clerk(world), code))
    assert found.checkpoint is not None
    assert size < later < found.checkpoint.size == newest


async def test_what_is_said_of_a_dossier_is_none_of_its_facts_and_its_key_is_not_given(
    world: World,
) -> None:
    """A complaint is read by who answers it, not by all who may read the history."""
    code = (await filed(world)).code
    dossier = await world.office.opened.ledger.find("dossier_code", code)
    said = Said("complaint", await world.office.agency(DESK), "counter", "chậm quá", dossier=dossier)
    answer = await receive(voices(world.office), clerk(world), said)
    await refused(
        of_dossier(world.proving, clerk(world), code, position=answer.position), NotFound, "is no fact about"
    )
    await world.attest()
    material = await of_position(world.proving, await auditor(world), answer.position)
    assert (material.code, material.keys) == (None, ())
    found = await world.verified(material)
    assert (found.answer, [o.text for o in found.opened]) == (PROVEN, [None])
