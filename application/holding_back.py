"""Legal holds: placed on a citizen or a dossier, lifted again, listed. While one stands, nothing of it is
erased. Each raises NotAllowed, NotFound and Refused.
"""

from __future__ import annotations

from uuid import UUID

from application.changing import Asked, Changed, change
from application.erasing import CLAIM
from application.erasing_ports import Erasing
from application.ids import new_id
from application.moment import Moment
from application.policy import allow
from application.refusals import NotFound
from application.retained import retained
from domain import erasure_rules as rules
from domain.citizen import Citizen
from domain.dossier import Dossier
from domain.erasure_facts import HoldPlaced
from domain.facts import Category, Envelope
from domain.holds import Hold
from domain.refusals import Refused

CATEGORY_OF = {"citizen": Category.CITIZEN, "dossier": Category.DOSSIER}


async def place(
    office: Erasing, asked: Asked, *, kind: str, held: UUID, ground: str, decision: str
) -> Changed:
    """From now on nothing of this citizen or dossier is erased."""

    async def find(moment: Moment) -> UUID:
        first = await office.ledger.recorder.first_of([held])
        if not first or first[0].category != CATEGORY_OF.get(kind):
            raise NotFound(f"unknown_{kind}", f"there is no {kind} {held}")
        await _judge_not_erased(office, kind, held)
        return new_id(moment.now)

    def do(hold: Hold, envelope: Envelope, _: Moment) -> None:
        hold.place(envelope, kind=kind, held=held, ground=ground, decision=decision)

    return await change(office, asked, "place-hold", Hold, find, do)


async def _judge_not_erased(office: Erasing, kind: str, held: UUID) -> None:
    """Raises Refused (erase.already): nothing is left that a hold could keep."""
    if kind == "dossier":
        if await office.ledger.find(CLAIM, str(held)):
            raise Refused(rules.ALREADY)
        owner = (await office.ledger.load(Dossier, held)).owner
        if owner is None:
            return
        held = owner
    (await office.ledger.load(Citizen, held)).judge_not_erased()


async def lift(office: Erasing, asked: Asked, hold: UUID, *, decision: str) -> Changed:
    """The hold is over."""

    async def find(_: Moment) -> UUID:
        first = await office.ledger.recorder.first_of([hold])
        if not first or first[0].topic != HoldPlaced.TOPIC:
            raise NotFound("unknown_hold", f"there is no hold {hold}: see `hoso holds list`")
        return hold

    def do(found: Hold, envelope: Envelope, _: Moment) -> None:
        found.lift(envelope, decision=decision)

    return await change(office, asked, "place-hold", Hold, find, do)


async def listed(office: Erasing, asked: Asked, *, every: bool = False) -> list[Hold]:
    """Those that stand, the oldest first; `every`: those that were lifted too."""
    moment = await office.reader.moment(fresh=True)
    allow(asked.identity, "read-erasures", moment)
    known = await retained(office.ledger)
    return [hold for hold in known.holds.values() if every or hold.stands]
