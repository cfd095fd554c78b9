"""Living through June: each slot the demo clock is moved forward, what is due is decided by the ordinary
rules, and appended together. No fact is dated back, none is made without its rule, officer and posting.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from application.bulk import Bulk, Carried
from application.filing import Submission
from application.policy import Identity
from interfaces.demo.june import Slot, timeline
from interfaces.demo.people import People
from interfaces.demo.plan import Filing, Step
from interfaces.demo.world import World

ANOTHER_SUBMITS = 0.25
AGAIN = 0.2
HELPED_ONE_IN = 5
"""Of what people file online with another agency in office hours: what their commune's desk types in."""
PORTAL = Identity("portal", "dvcqg")
BANK = Identity("portal", "payment")
AS_LISTED: Mapping[str, Any] = {"purpose": "fee"}
"""What asks for a fee as the procedure lists it: how much that is, the server finds."""
Fields = dict[str, Any]


@dataclass(slots=True)
class Lived:
    """A dossier of the load. `owner` and `submitter`: citizens' ids; `next`: the step to come."""

    filing: Filing
    carried: Carried
    owner: UUID
    submitter: UUID
    next: int = 0


class Life:
    """`move`: moves the ledger's clock to an instant and records that it did."""

    def __init__(
        self,
        bulk: Bulk,
        world: World,
        people: People,
        catalogue: Mapping[str, Mapping[str, Any]],
        filings: Sequence[Filing],
        chance: Random,
        move: Callable[[datetime], Awaitable[object]],
    ) -> None:
        self._bulk = bulk
        self._world = world
        self._people = people
        self._catalogue = catalogue
        self._chance = chance
        self._move = move
        self._filed: defaultdict[int, list[Filing]] = defaultdict(list)
        for filing in filings:
            self._filed[filing.slot].append(filing)
        self._due: defaultdict[int, list[Lived]] = defaultdict(list)
        self._citizens: list[UUID] = []
        self._slots = iter(enumerate(timeline()))
        self._agencies: dict[str, UUID] = {}
        self._identifiers: dict[UUID, str] = {}
        self._ahead: tuple[int, Slot] | None = next(self._slots, None)
        self._from_communes = 0
        self.dossiers: list[Lived] = []
        self.facts = 0

    async def until(self, instant: datetime, progress: Callable[[int], None]) -> None:
        """Live through all slots before `instant`. `progress` gets the number of facts recorded so far."""
        while self._ahead is not None and self._ahead[1].at < instant:
            number, slot = self._ahead
            await self._move(slot.at + timedelta(seconds=self._chance.randint(0, 1200)))
            await self._live(number, slot)
            progress(self.facts)
            self._ahead = next(self._slots, None)

    async def _live(self, number: int, slot: Slot) -> None:
        moment = await self._bulk.begin()
        self._agencies = {a.identifier: a.id for a in moment.organisation.agencies.values()}
        self._identifiers = {id_: identifier for identifier, id_ in self._agencies.items()}
        filed = self._filed.pop(number, [])
        await self._bulk.reserve(Counter(self._agencies[f.desk] for f in filed))
        if slot.working is not None:
            for lived in self._due.pop(slot.working, []):
                self._step(lived)
                self._plan_next(lived, slot.working)
        for filing in filed:
            lived = self._file(filing, at_work=slot.working is not None)
            self.dossiers.append(lived)
            self._plan_next(lived, filing.begins)
        self.facts += await self._bulk.flush()

    def _plan_next(self, lived: Lived, working: int) -> None:
        if lived.next < len(lived.filing.steps):
            self._due[working + lived.filing.steps[lived.next].after].append(lived)

    # Filing

    def _file(self, filing: Filing, *, at_work: bool) -> Lived:
        clerk = self._officer("desk", filing.desk)
        identifies = PORTAL if filing.channel == "online" else clerk
        owner = self._citizen(filing, identifies)
        submitter = self._citizen(filing, identifies) if self._chance.random() < ANOTHER_SUBMITS else owner
        files = clerk
        if filing.channel == "online":
            files = Identity("applicant", str(submitter))
        helping = self._helping(filing) if at_work else None
        if helping is not None:
            files = Identity("officer", str(self._world.staff("desk", helping)[0].id))
        procedure = self._catalogue[filing.procedure]
        form = "electronic" if filing.channel == "online" else "original"
        submission = Submission(
            procedure=filing.procedure,
            channel=filing.channel,
            owner=owner,
            submitter=submitter,
            place=filing.place,
            receiving_agency=self._agencies[filing.desk],
            helping_agency=self._agencies[helping] if helping else None,
            components=tuple(
                {"id": c["id"], "form": form, "count": c["copies"]} for c in procedure["components"]
            ),
            matter=procedure["name"] if self._chance.random() < 0.3 else None,
            accept=filing.at_counter,
        )
        return Lived(filing, self._bulk.submit(files, submission), owner, submitter)

    def _helping(self, filing: Filing) -> str | None:
        """The commune's desk where the applicant is helped, though another agency receives."""
        near = self._world.before[filing.place].desk
        if filing.channel != "online" or near == filing.desk:
            return None
        self._from_communes += 1
        return near if self._from_communes % HELPED_ONE_IN == 0 else None

    def _citizen(self, filing: Filing, identifies: Identity) -> UUID:
        if self._citizens and self._chance.random() < AGAIN:
            return self._chance.choice(self._citizens)
        lives_in = self._world.before[filing.place].name
        citizen = self._bulk.identify(identifies, self._people.applicant(lives_in))
        self._citizens.append(citizen)
        return citizen

    # Acting

    def _officer(self, role: str, at: str) -> Identity:
        return Identity("officer", str(self._chance.choice(self._world.staff(role, at)).id))

    def _step(self, lived: Lived) -> None:
        anew = _received_anew(lived)
        step = anew or lived.filing.steps[lived.next]
        lived.next += anew is None
        fields = self._fields(step, lived)
        if fields is None:
            return
        who = self._who(step, lived)
        for paper in fields["components"] if step.act == "request-supplement" else ():
            found = {"component": paper, "outcome": "unusable", "reason": "Giấy tờ bị mờ"}
            self._bulk.act(who, lived.carried, "check-component", found)
        self._bulk.act(who, lived.carried, step.act, fields)

    def _who(self, step: Step, lived: Lived) -> Identity:
        if step.role == "applicant":
            return Identity("applicant", str(lived.owner))
        if step.role == "portal":
            return BANK
        return self._officer(step.role, self._identifiers[lived.carried.holder])

    def _fields(self, step: Step, lived: Lived) -> Fields | None:
        """What the caller of the act would send; None where it makes no sense any more."""
        now = self._bulk.moment.now
        dossier = lived.carried.dossier
        match step.act:
            case "assign":
                at = self._identifiers[lived.carried.holder]
                return {"officer": self._chance.choice(self._world.staff("handler", at)).id}
            case "forward":
                district = self._world.districts[lived.filing.district]
                here = self._identifiers[lived.carried.holder]
                to = district.division if here == district.desk else district.desk
                return {"to_agency": self._agencies[to], "note": None}
            case "request-supplement":
                asked = tuple(c["id"] for c in dossier.components[:1])
                until = now + timedelta(days=self._chance.randint(5, 20))
                request: Fields = {"request": "Bổ sung giấy tờ còn thiếu", "components": asked}
                again = "Vẫn thiếu giấy tờ đã hướng dẫn" if dossier.trips else None
                return request | {"until": until, "not_followed": again}
            case "submit-supplement":
                return {"components": ()}
            case "request-payment":
                amount = 1000 * self._chance.randint(10, 900)
                listed = "payment" in self._catalogue[lived.filing.procedure]
                return dict(AS_LISTED) if listed else {"amount_vnd": amount, "purpose": "charge"}
            case "confirm-payment":
                obligation, owed = next((k, o) for k, o in dossier.obligations.items() if o.open)
                reference = f"GD{self._chance.getrandbits(40):012X}"
                paid: Fields = {"obligation": obligation, "amount_vnd": owed.amount_vnd}
                return paid | {"paid_at": now, "reference": reference}
            case "extend":
                due = dossier.due
                if due is None or now > due - timedelta(days=1):
                    return None
                return {"until": due + timedelta(days=7), "reason": "Cần xác minh thêm"}
            case _:
                return dict(FIELDS[step.act](lived, self))

    @property
    def agencies(self) -> dict[str, UUID]:
        """Ids by identifier, as known in the slot lived last; those that begin by an act included."""
        return self._agencies

    def identifier(self, agency: UUID) -> str:
        """The identifier of an agency."""
        return self._identifiers[agency]

    def centre(self) -> UUID:
        """The province's service centre, whom desks consult."""
        return self._agencies[self._world.agencies[0]["identifier"]]


AGAIN_BY_STATUS = {1: Step(1, "accept", "desk"), 2: Step(1, "assign", "handler")}


def _received_anew(lived: Lived) -> Step | None:
    """What comes after papers of a procedure that is received anew, before what was planned goes on."""
    dossier = lived.carried.dossier
    once_accepted = dossier.trips and dossier.procedure_version is not None
    return AGAIN_BY_STATUS.get(dossier.status or 0) if once_accepted else None


FIELDS: dict[str, Callable[[Lived, Life], Fields]] = {
    "accept": lambda lived, life: {},
    "refuse-intake": lambda lived, life: {
        "ground": "not_in_order",
        "reason": "Hồ sơ không đủ điều kiện tiếp nhận",
    },
    "close": lambda lived, life: {"ground": "refused_at_intake"},
    "consult": lambda lived, life: {"agency": life.centre(), "question": "Đề nghị cho ý kiến", "until": None},
    "record-lookup": lambda lived, life: {"source": "population", "outcome": "found"},
    "withdraw": lambda lived, life: {"reason": "Không còn nhu cầu"},
    "stop": lambda lived, life: {"ground": "conditions_not_met", "reason": "Không đủ điều kiện giải quyết"},
    "finish": lambda lived, life: {"outcome": "granted", "result_code": None, "decision_no": None},
    "return-result": lambda lived, life: {"way": "counter", "collected_by": None},
}
