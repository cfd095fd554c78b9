"""Proofs for tests without a database: facts as the codec stores them, in a tree of any size, under a
checkpoint that keys of the test's own signed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from application.proof_compact import body_of, parts_of
from application.proof_file import AGENCY, DOSSIER, FACT, Proof, ProvenFact, file_bytes
from application.proof_reading import said
from application.proof_trust import Trust
from application.verifying import Tools, Verified, verify
from domain.agency_facts import AgencyFounded
from domain.dossier_beginning_facts import DossierSubmitted
from domain.dossier_facts import DossierAccepted
from domain.facts import Actor, Envelope, Fact, Personal
from domain.joint_proofs import joint_ranges, parted
from domain.notes import (
    ED25519,
    ED25519_COSIGNATURE,
    ML_DSA_44_COSIGNATURE,
    Checkpoint,
    Note,
    Signature,
    VerifierKey,
    cosignature,
    cosigned_message,
)
from infra.codec import JsonCodec
from infra.fact_types import domain_fact_types
from infra.sealing import event_key
from interfaces.proof_page import lines_of, page
from interfaces.proof_words import reading
from interfaces.sealed_fields import open_field
from interfaces.signatures import verify_note
from tests.codec.facts_for_tests import KeysInMemory

ORIGIN = "hoso/0197274a-0000-7000-8000-000000000001"
CODE = "000.01.01.H02-250602-0001"
DESK_NAME = "Bộ phận Một cửa xã Đồng Việt"
MATTER = "xin cấp lại giấy khai sinh"
FILED = datetime(2025, 6, 2, 1, 30, 15, 123456, UTC)
PROMISED = datetime(2025, 6, 9, 17, tzinfo=UTC)
"""The end of 9 June in Vietnam."""

KEYS = KeysInMemory()
TOOLS = Tools(verify_note, open_field, reading, page, lines_of)
_chance = random.Random(20250701)


def an_id() -> UUID:
    bits = _chance.getrandbits(74)
    return UUID(
        int=0x01972749_3AD2 << 80 | 0x7 << 76 | (bits >> 62) << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    )


OWNER, DOSSIER_ID, DESK, OFFICER, POSTING = (an_id() for _ in range(5))
CODEC = JsonCodec(domain_fact_types(), KEYS, _chance.randbytes)


@dataclass
class Signer:
    """A log (its name is the origin) or a witness."""

    name: str
    algorithm: int = ED25519
    private: Ed25519PrivateKey | MLDSA44PrivateKey = field(init=False)

    def __post_init__(self) -> None:
        ml_dsa = self.algorithm == ML_DSA_44_COSIGNATURE
        seed = _chance.randbytes(32)
        self.private = (
            MLDSA44PrivateKey.from_seed_bytes(seed) if ml_dsa else Ed25519PrivateKey.from_private_bytes(seed)
        )

    @property
    def key(self) -> VerifierKey:
        return VerifierKey(self.name, self.algorithm, self.private.public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint, at: datetime = FILED) -> Signature:
        if self.algorithm == ED25519:
            return Signature(self.name, self.key.key_id, self.private.sign(checkpoint.text().encode()))
        time = int(at.timestamp())
        return cosignature(self.key, time, self.private.sign(cosigned_message(self.key, checkpoint, time)))


LOG = Signer(ORIGIN)
OTHER_LOG = Signer("hoso/another")
WITNESSES = [Signer(f"witness{n}.example.vn", ED25519_COSIGNATURE) for n in range(3)]
ML_DSA = Signer("witness9.example.vn", ML_DSA_44_COSIGNATURE)
TRUST = Trust((LOG.key,))


def envelope(at: datetime = FILED, agency: UUID | None = DESK) -> Envelope:
    return Envelope(Actor("officer", str(OFFICER)), at, POSTING, agency, agency, ("component.complete",))


def stored(fact: Fact, position: int, role: str = FACT) -> ProvenFact:
    """The fact's bytes as the ledger would have them."""
    event = CODEC.encode(fact)
    at = FILED + timedelta(seconds=position % 1000)
    return ProvenFact(role, event.stream_id, event.version, position, at, event.topic, event.payload)


def founded(position: int = 12, name: str = DESK_NAME) -> ProvenFact:
    fact = AgencyFounded(
        originator_id=DESK,
        originator_version=1,
        envelope=Envelope(Actor("system", "setup"), FILED),
        identifier="000.01.01.H02",
        name=name,
        kind="desk",
        unit=an_id(),
        parent=None,
        address="Thôn Trung, xã Đồng Việt, tỉnh Bắc Ninh",
        hotline="0204 3888 999",
        hours="7:30-11:30, 13:30-17:00",
        legal_form="",
        valid_from=None,
        begins_by=None,
        origin={"identifier": "assumed", "name": "sourced"},
    )
    return stored(fact, position, AGENCY)


def submitted(position: int, role: str = DOSSIER, code: str = CODE) -> ProvenFact:
    fact = DossierSubmitted(
        originator_id=DOSSIER_ID,
        originator_version=1,
        envelope=envelope(),
        code=code,
        code_origin="issued",
        procedure=an_id(),
        procedure_code="1.001193",
        case=None,
        channel="counter",
        owner=OWNER,
        submitter=OWNER,
        place=an_id(),
        place_code="07201",
        receiving_agency=DESK,
        competent_agency=DESK,
        returning_agency=DESK,
        components=tuple({"id": f"giay-{n}", "form": "original", "count": 1} for n in range(3)),
        linked_group=None,
        matter=Personal(OWNER, MATTER),
        helping_agency=None,
        keyed_by="officer",
        paper_reason=None,
        identity_level=None,
        mandate=None,
    )
    return stored(fact, position, role)


def accepted(position: int) -> ProvenFact:
    fact = DossierAccepted(
        originator_id=DOSSIER_ID,
        originator_version=2,
        envelope=envelope(),
        procedure_version=1,
        case=None,
        channel="counter",
        calendar_position=33,
        limit_amount=5,
        limit_unit="working_day",
        counted_from=FILED,
        statutory_due=PROMISED,
        promised=PROMISED,
    )
    return stored(fact, position)


def in_tree(facts: list[ProvenFact], size: int, *signers: Signer, origin: str = ORIGIN) -> Proof:
    """The proof of these facts in a tree of `size` whose other hashes are anything."""
    leaves = {fact.index: fact.leaf() for fact in facts}
    hashes = [_chance.randbytes(32) for _ in joint_ranges(list(leaves), size)]
    root, paths = parted(leaves, size, hashes)
    checkpoint = Checkpoint(origin, size, root)
    note = Note(checkpoint.text(), tuple(signer.sign(checkpoint) for signer in signers or (LOG,)))
    proven = tuple(replace(fact, path=paths[fact.index]) for fact in facts)
    return with_reading(Proof(proven, (), note))


def with_reading(proof: Proof) -> Proof:
    return replace(proof, reading=reading(said(proof.facts)))


def receipt(size: int = 1_000_000, *signers: Signer) -> Proof:
    """That a dossier was received, a little before the end of a log."""
    facts = [accepted(size - 7), submitted(size - 8), founded()]
    return in_tree(facts, size, *signers)


def filing(size: int = 1_000_000, *signers: Signer, keys: bool = True) -> Proof:
    """That it was filed, with the key of its sealed matter."""
    proof = in_tree([submitted(size - 8, FACT), founded()], size, *signers)
    fact = CODEC.decode_fact(DOSSIER_ID, 1, proof.fact.topic, proof.fact.payload)
    assert isinstance(fact, DossierSubmitted)
    salt = fact.matter.salt  # type: ignore[union-attr]
    return replace(proof, keys=((OWNER, event_key(KEYS.key_of(OWNER), salt)),)) if keys else proof


def compact(proof: Proof) -> bytes:
    return "".join(f"{line}\n" for line in parts_of(body_of(proof))).encode()


def as_page(proof: Proof) -> bytes:
    return page(proof, said(proof.facts), parts_of(body_of(proof)))


FORMS = {"file": file_bytes, "compact": compact, "page": as_page}


def check(content: bytes, trust: Trust = TRUST, name: str = "p") -> Verified:
    """The answer for this content. A part with another proof's name makes two proofs of it, none whole."""
    found = verify([(name, content)], trust, TOOLS)
    assert len({one.answer for one in found}) == 1, [one.answer for one in found]
    return found[0]
