"""What may be done next with a dossier, seen from outside: by its state as read, by whom, with what body."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from application.policy import Identity
from interfaces.demo.life import AS_LISTED, BANK
from interfaces.demo.world import CENTRE_AFTER, OfficerPlan, World

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """A dossier as the client knows it. `receiver`: the desk (identifier) to which it goes at the hour."""

    code: str
    district: str
    owner: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Deed:
    """A command to be. `revision`: the one read, None for facts from outside. `role`: the officer's."""

    who: Identity
    act: str
    body: Json
    revision: int | None
    role: str = ""


class Deeds:
    """Chooses by chance among what is lawful. `levels`: of procedures after the hour; `listed`: those that
    list their fees; `centre`: the id of the province's service centre, whom desks consult, also when it is
    no more."""

    def __init__(
        self,
        world: World,
        levels: Mapping[str, str],
        listed: Collection[str],
        centre: str,
        chance: Random,
    ) -> None:
        self._world = world
        self._listed = listed
        self._centre = centre
        self._levels = levels
        self._chance = chance

    def receiver(self, procedure: str, place: str) -> str:
        """The desk that receives a dossier of this procedure from this old commune."""
        if self._levels[procedure] == "commune":
            return self._world.after[self._world.before[place].heir].desk
        return CENTRE_AFTER

    def next(self, known: Known, state: Json, *, fits_both: bool) -> Deed | None:
        """A lawful next step. `fits_both`: only by somebody who may do it before the hour and after it."""
        choose = CHOICES.get(state["status"])
        if choose is None:
            return None
        act, role, body = choose(self._chance, state)
        if act == "request-payment" and state["procedure"] in self._listed:
            body = dict(AS_LISTED)
        if role == "applicant":
            return Deed(Identity("applicant", known.owner), act, body, None)
        if role == "portal":
            return Deed(BANK, act, body, None)
        officer = self._officer(role, known, state, fits_both)
        if officer is None:
            return None
        if act == "assign":
            body = {"officer": str(officer.id)}
        elif act == "consult":
            body = body | {"agency": self._centre}
        revision = None if act == "record-lookup" else state["revision"]
        return Deed(Identity("officer", str(officer.id)), act, body, revision, role)

    def _officer(self, role: str, known: Known, state: Json, fits_both: bool) -> OfficerPlan | None:
        staff = self._world.staff(role, state["holder"]["identifier"])
        if fits_both:
            staff = [o for o in staff if o.after == known.receiver]
        return self._chance.choice(staff) if staff else None

    def stranger(self, role: str, state: Json) -> Identity:
        """An officer with the role, but posted elsewhere, before the hour and after it."""
        at = state["holder"]["identifier"]
        near = {at, self._world.heirs.get(at)} | {o.after for o in self._world.staff(role, at)}
        far = [o for o in self._world.officers if role in o.roles and not near & {o.at, o.after}]
        return Identity("officer", str(self._chance.choice(far).id))


def _accept(chance: Random, state: Json) -> tuple[str, str, Json]:
    return "accept", "desk", {}


def _assign(chance: Random, state: Json) -> tuple[str, str, Json]:
    return "assign", "handler", {}


def _process(chance: Random, state: Json) -> tuple[str, str, Json]:
    draw = chance.random()
    if draw < 0.2:
        return "record-lookup", "handler", {"source": "population", "outcome": "found"}
    if draw < 0.55:
        return "consult", "handler", {"question": "Đề nghị cho ý kiến"}
    if draw < 0.75:
        asked: Json = {"request": "Bổ sung giấy tờ còn thiếu", "components": []}
        if state["supplements_requested"]:
            asked["not_followed"] = "Vẫn thiếu giấy tờ đã hướng dẫn"
        return "request-supplement", "handler", asked
    if draw < 0.9:
        return "request-payment", "handler", {"amount_vnd": 20_000, "purpose": "charge"}
    return "finish", "decider", {"outcome": "granted"}


def _supplement(chance: Random, state: Json) -> tuple[str, str, Json]:
    return "submit-supplement", "applicant", {"components": []}


def _pay(chance: Random, state: Json) -> tuple[str, str, Json]:
    owed = next(o for o in state["obligations"] if o["open"])
    body = {
        "obligation": owed["obligation"],
        "amount_vnd": owed["amount_vnd"],
        "paid_at": state["as_of"],
        "reference": f"GD{chance.getrandbits(40):012X}",
    }
    return "confirm-payment", "portal", body


def _return(chance: Random, state: Json) -> tuple[str, str, Json]:
    return "return-result", "desk", {"way": "counter"}


CHOICES: dict[int, Callable[[Random, Json], tuple[str, str, Json]]] = {
    1: _accept,
    2: _assign,
    4: _process,
    5: _supplement,
    6: _pay,
    9: _return,
}
