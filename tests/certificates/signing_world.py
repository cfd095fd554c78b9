"""A part that is reconciled, with a key for every agency and the people who sign."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from application.agency_keys import name_keys, without_key
from application.certificates import file_bytes, issue, shown
from application.dossiers import Answer
from application.handovers import StepAnswer
from application.policy import Identity
from application.reconciling import reconcile
from application.signing import Signature, Signed, sign, sign_all
from application.transfer import transfer
from domain.certificate import instant_text, signed_bytes
from interfaces.signatures import verify
from tests.office.province import SYSTEM
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, PROVINCE, Office


@dataclass
class Keys:
    """Private keys in memory, by agency and key id."""

    private: dict[tuple[UUID, str], Ed25519PrivateKey] = field(default_factory=dict)

    def make(self, agency: UUID) -> str:
        """The public key, base64."""
        key = Ed25519PrivateKey.generate()
        raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.private[agency, hashlib.sha256(raw).hexdigest()[:16]] = key
        return base64.b64encode(raw).decode()

    def sign(self, agency: UUID, key_id: str, message: bytes) -> str:
        return base64.b64encode(self.private[agency, key_id].sign(message)).decode()


@dataclass
class Closing:
    """`closer`: whom the act names for every dissolved agency; `dossiers`: what moved."""

    office: Office
    part: UUID
    closer: Identity
    operator: Identity
    keys: Keys
    dossiers: list[Answer]

    async def issue(self) -> StepAnswer:
        return await issue(self.office.handovers, self.operator, self.part)

    async def signature(self, identifier: str, side: str, **changes: Any) -> Signature:
        """A good signature of an agency, given now."""
        agency = await self.office.agency(identifier)
        key_id = changes.pop("key_id", None) or next(k for a, k in self.keys.private if a == agency)
        signer = changes.pop("key_of", agency)
        moment = await self.office.reader.moment(fresh=True)
        at = changes.pop("signed_at", moment.now)
        digest = changes.pop("digest", None) or await self.digest()
        message = signed_bytes(digest, str(agency), side, instant_text(at))
        return Signature(agency, side, key_id, self.keys.sign(signer, key_id, message), at)

    async def digest(self) -> str:
        from application.certificates import state

        known = await state(self.office.handovers, self.operator, self.part)
        return str(known["digest"])

    async def sign(self, who: Identity, given: Signature) -> Signed:
        return await sign(self.office.handovers, who, self.part, given, verify)

    async def sign_all(self, who: Identity = SYSTEM, *, demonstration: bool = True) -> Signed:
        return await sign_all(
            self.office.handovers,
            who,
            self.part,
            list(self.keys.private),
            self.keys.sign,
            verify,
            demonstration=demonstration,
        )

    async def file(self) -> bytes:
        return file_bytes(await shown(self.office.handovers, self.operator, self.part))


async def open_closing(office: Office) -> Closing:
    """Two dossiers of old 07207 and one of 07201 went to their heirs; the others handed nothing over."""
    dossiers = [await office.filed(OLD_DESKS[c], c) for c in ("07207", "07207", "07201")]
    part = await office.scheduled()
    await office.move_clock(HOUR)
    operator = office.officers["first operator"]
    async for _ in transfer(office.handovers, operator, part):
        pass
    await reconcile(office.handovers, operator, part, office.command())
    keys = Keys()
    moment = await office.reader.moment(fresh=True)
    public = {agency: keys.make(agency) for agency in without_key(moment)}
    await name_keys(office.registry, SYSTEM, public)
    closer = office.officer(PROVINCE)
    return Closing(office, part, closer, operator, keys, dossiers)


__all__ = ["DISTRICT", "NEW_DESKS", "OLD_DESKS", "PROVINCE", "Closing", "Keys", "open_closing"]
