"""Proofs of recorded facts, for those who may read them: what goes into one, and making it under a published
checkpoint.

Whoever may read a dossier's history gets the proof of any of its facts, with the keys of that fact's sealed
fields; who reads events gets that of any position, with keys only where they may read the history too. What
no checkpoint covers yet has no proof: NotAttestedYet says when to ask again, and a pledge says so on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from uuid import UUID

from application.dossiers import Dossiers
from application.fact_fields import sealed_fields
from application.history import readable
from application.policy import Identity, allow
from application.ports import StoredFact
from application.proof_compact import Pledge
from application.proof_file import (
    AGENCY,
    AGENCY_CHANGED,
    DOSSIER,
    FACT,
    PROMISE,
    Proof,
    ProvenFact,
    Reading,
)
from application.proof_reading import Said, begins_dossier, needed, payload_of, said
from application.refusals import NotAllowed, NotFound, Refusal, told_at
from application.tlog import NotOpened, Tlog
from application.tlog_ports import Published, TileConflict, TlogUnavailable
from application.tree_reading import LeavesMissing, TreeReader
from domain.dossier_facts import DossierAccepted
from domain.local_time import local_date
from domain.log_identity import Log
from domain.notes import Note, read_note
from domain.tree_proofs import ProofBroken, check_inclusion

MOST_AGENCY_FACTS = 10_000


@dataclass(frozen=True, slots=True)
class Proving:
    """What the functions below work with; wiring makes one. `seconds`: between two checkpoints."""

    dossiers: Dossiers
    tlog: Tlog
    seconds: float


class NotAttestedYet(Refusal):
    """No published checkpoint covers the fact. `retry_after`: whole seconds; `attested`: what the last
    checkpoint covers; `signed_at`: when it was made, None where there is none."""

    def __init__(self, position: int, last: Published | None, seconds: float) -> None:
        self.attested = last.size if last else 0
        self.signed_at = last.signed_at if last else None
        self.retry_after = ceil(seconds) + 1
        when = f", of {told_at(last.signed_at)}, covers {last.size:,}" if last else " has not been made yet"
        super().__init__(
            "not_attested_yet",
            f"position {position:,} is recorded and not attested yet: the last checkpoint{when}. One is made "
            f"every {seconds:g} s: try again in {self.retry_after} s. `hoso tlog status` says what is wrong "
            "where that does not help",
        )


@dataclass(frozen=True, slots=True)
class Material:
    """What a proof will hold, before it has paths. `erased`: subjects of the fact whose key was destroyed;
    `code`: of the dossier, None where the fact is about none."""

    facts: tuple[ProvenFact, ...]
    keys: tuple[tuple[UUID, bytes], ...]
    erased: tuple[UUID, ...]
    said: Said

    @property
    def fact(self) -> ProvenFact:
        return self.facts[0]

    @property
    def code(self) -> str | None:
        return self.said.code


async def of_dossier(
    proving: Proving,
    identity: Identity,
    code: str,
    *,
    version: int | None = None,
    position: int | None = None,
    keys: bool = True,
) -> Material:
    """A fact of the dossier: by its version in the dossier's stream, or by position where it stands beside it
    (a handover's); without either its acceptance, or its first fact where it was not accepted. Raises
    NotFound, NotAllowed."""
    found = await readable(proving.dossiers, identity, code)
    recorder = proving.dossiers.ledger.recorder
    if position is not None:
        row = await _at(proving, position)
        if needed(_as_fact(FACT, row), payload_of(_as_fact(FACT, row))).dossier != found.dossier:
            raise NotFound("unknown_fact", f"position {position:,} is no fact about {code}")
    else:
        chosen = _receipt(found.versions) if version is None else version
        rows = await recorder.events_of(found.dossier, chosen - 1, 1)
        if not rows:
            raise NotFound("unknown_fact", f"{code} has no fact {chosen}: its last one is {found.last}")
        row = rows[0]
    return await _material(proving, row, keys=keys)


async def of_position(proving: Proving, identity: Identity, position: int, *, keys: bool = True) -> Material:
    """Any fact, for who reads events. Its keys only for those who may read the history of its dossier. Raises
    NotFound, NotAllowed."""
    moment = await proving.dossiers.reader.moment(fresh=False)
    allow(identity, "read-events", moment)
    row = await _at(proving, position)
    material = await _material(proving, row, keys=False)
    if keys and material.code is not None:
        try:
            await readable(proving.dossiers, identity, material.code)
        except (NotAllowed, NotFound):
            return material
        return await _material(proving, row, keys=True)
    return material


def _receipt(versions: Sequence[tuple[int, type]]) -> int:
    """What people ask for: that it was received."""
    return max((number for number, kind in versions if kind is DossierAccepted), default=1)


async def _at(proving: Proving, position: int) -> StoredFact:
    rows = await proving.dossiers.ledger.recorder.events_after(position - 1, 1)
    if not rows:
        raise NotFound("unknown_fact", f"nothing is recorded at position {position:,}")
    return rows[0]


def _as_fact(role: str, row: StoredFact) -> ProvenFact:
    at = row.recorded_at.astimezone(UTC)
    return ProvenFact(role, row.stream_id, row.version, row.position, at, row.topic, bytes(row.payload))


async def _material(proving: Proving, row: StoredFact, *, keys: bool) -> Material:
    ledger = proving.dossiers.ledger
    fact = _as_fact(FACT, row)
    payload = payload_of(fact)
    wants = needed(fact, payload)
    facts = [fact]
    if wants.dossier is not None:
        if not begins_dossier(fact):
            facts += [_as_fact(DOSSIER, one) for one in await ledger.recorder.events_of(wants.dossier, 0, 1)]
        if payload["data"].get("promised") is None:
            facts += await _promise(proving, fact, wants.dossier)
    if wants.agency is not None:
        facts += await _agency(proving, fact, wants.agency)
    opened: dict[UUID, bytes] = {}
    erased: list[UUID] = []
    if keys:
        sealed = {one.subject: one for one in sealed_fields(ledger.codec.decode(row).fact)}
        await ledger.keyring.load(sorted(sealed))
        for subject, one in sorted(sealed.items()):
            key = ledger.keyring.event_key(one)
            if key is None:
                erased.append(subject)
            else:
                opened[subject] = key
    return Material(tuple(facts), tuple(opened.items()), tuple(erased), said(facts))


async def _promise(proving: Proving, fact: ProvenFact, dossier: UUID) -> list[ProvenFact]:
    """The last fact of the dossier before this one that promised a date."""
    for row in reversed(await proving.dossiers.ledger.recorder.events_of(dossier)):
        if row.position < fact.position and b'"promised":"' in row.payload:
            one = _as_fact(PROMISE, row)
            if payload_of(one)["data"].get("promised"):
                return [one]
    return []


async def _agency(proving: Proving, fact: ProvenFact, agency: UUID) -> list[ProvenFact]:
    """The agency's first fact, and the one by which it had its name by then."""
    rows = await proving.dossiers.ledger.recorder.events_of(agency, 0, MOST_AGENCY_FACTS)
    known = [_as_fact(AGENCY_CHANGED, row) for row in rows[1:] if row.position < fact.position]
    named: list[tuple[str, int, ProvenFact]] = []
    for one in known:
        data = payload_of(one)["data"]
        begun = one.topic.startswith("agency.changed.") and data["from"] <= f"{local_date(fact.recorded_at)}"
        if begun and "name" in data["changes"]:
            named.append((data["from"], one.position, one))
    return [_as_fact(AGENCY, row) for row in rows[:1]] + [one for *_, one in sorted(named)[-1:]]


# Under a checkpoint


async def proof(
    proving: Proving, material: Material, words: Callable[[Said], Reading] | None = None
) -> Proof:
    """The proof under the newest published checkpoint, or an older one that alone has its quorum; with its
    reading where `words` are given. Raises NotAttestedYet, TlogUnavailable."""
    log = await _log(proving)
    published = await _covering(proving, log, material.fact.position)
    tree = TreeReader(proving.tlog.tiles(log.number), proving.tlog.leaves)
    facts = []
    try:
        for fact in material.facts:
            path = tuple(await tree.inclusion(fact.index, published.size))
            check_inclusion(fact.index, published.size, fact.leaf(), path, published.root)
            facts.append(replace(fact, path=path))
    except (ProofBroken, TileConflict, LeavesMissing) as broken:
        raise TlogUnavailable(
            f"the tiles and the log do not give the checkpoint of {published.size:,}: {broken}. No proof is "
            "given out; run `hoso audit`"
        ) from None
    reading = words(material.said) if words else None
    return Proof(tuple(facts), material.keys, _note(published), reading)


async def pledge(proving: Proving, material: Material, now: datetime) -> Pledge:
    """What is said to be recorded, for paper that cannot wait for the checkpoint. `now`: the time by which
    checkpoints are signed, which a demo ledger's clock is not."""
    log = await _log(proving)
    last = await proving.tlog.checkpoints.newest(log.origin)
    by = now + timedelta(seconds=max(60.0, 3 * proving.seconds))
    return Pledge(
        material.facts, log.origin, last.size if last else 0, now.astimezone(UTC), by.astimezone(UTC)
    )


async def proof_or_pledge(proving: Proving, material: Material, now: datetime) -> Proof | Pledge:
    """For paper: the proof where it is attested, else the pledge."""
    try:
        return await proof(proving, material)
    except NotAttestedYet:
        return await pledge(proving, material, now)


async def _log(proving: Proving) -> Log:
    """The ledger's last log. Raises NotOpened."""
    logs = await proving.tlog.record.logs()
    if not logs:
        raise NotOpened
    return logs[-1]


async def _covering(proving: Proving, log: Log, position: int) -> Published:
    newest = await proving.tlog.checkpoints.newest(log.origin)
    if newest is None or newest.size < position:
        raise NotAttestedYet(position, newest, proving.seconds)
    if not newest.quorum:
        first = await proving.tlog.checkpoints.at_least(log.origin, position)
        if first is not None and first.quorum:
            return first
    return newest


def _note(published: Published) -> Note:
    return read_note(published.note.encode())
