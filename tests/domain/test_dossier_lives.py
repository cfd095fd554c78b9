"""Lives of dossiers, drawn at random, against a model that knows nothing of the domain: a table of the
reference and a history list.

The model keeps the statuses as they came (a list), not a path: 'previous' is found by walking the list
back, so it does not share the aggregate's idea.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.dossier import Dossier
from domain.refusals import Refused
from tests.domain import situations as given
from tests.domain.situations import A_TEXT, DESK, DIVISION, OFFICER, START, by

GOES_ON: dict[str, tuple[set[int], int | None]] = {
    "accept": ({1}, 2),
    "assign": ({2, 4}, 4),
    "take": ({4}, None),
    "request_supplement": ({1, 2, 4}, 5),
    "consult": ({4}, None),
    "record_lookup": ({1, 2, 4, 5, 6}, None),
    "confirm_draft": ({2, 4}, None),
    "forward": ({1, 2, 4, 5, 6, 9}, None),
    "arrive": ({1, 2, 4, 5, 6, 9}, None),
    "apologise": (set(range(1, 11)), None),
    "correct": (set(range(1, 11)), None),
    "withdraw": ({1, 2, 4, 5, 6}, 7),
    "finish": ({2, 4}, 9),
    "return_result": ({9}, 10),
}
GOES_BACK = {"submit_supplement": {5}, "resume": {5, 6}, "recall": {4, 6, 8, 9}}
FIELDS: dict[str, dict[str, Any]] = {
    "accept": {
        "procedure_version": 1,
        "channel": "counter",
        "calendar_position": 1,
        "counted_from": START,
    },
    "assign": {"officer": OFFICER},
    "take": {"officer": OFFICER},
    "request_supplement": {"request": A_TEXT, "components": ()},
    "consult": {"agency": DIVISION, "question": A_TEXT},
    "record_lookup": {"source": "s", "outcome": "found"},
    "confirm_draft": {"way": "silence"},
    "forward": {"from_agency": DESK, "to_agency": DIVISION},
    "arrive": {"from_agency": DESK},
    "apologise": {"text": A_TEXT},
    "correct": {"corrects": 1, "note": A_TEXT},
    "withdraw": {},
    "finish": {"outcome": "granted"},
    "return_result": {"way": "counter"},
    "submit_supplement": {"components": ()},
    "resume": {"reason": A_TEXT},
    "recall": {"from_agency": DIVISION, "reason": A_TEXT},
}
SETS_HOLDER = {"forward", "arrive", "recall"}


def previous(entered: list[tuple[int, int]]) -> int:
    """The status that the present one was entered from: `entered` holds (status, index of the entry it came
    from)."""
    return entered[entered[-1][1]][0]


class Lives(RuleBasedStateMachine):
    @initialize(linked=st.sampled_from([False, False, True]), lead=st.integers(0, 2))
    def begin(self, linked: bool, lead: int) -> None:
        self.dossier: Dossier = given.submitted(linked_group=given.an_id(7) if linked else None)
        self.linked = linked
        self.entered: list[tuple[int, int]] = [(1, -1)]
        self.facts = 1
        self.holders = [(DESK, 1)]
        self.owed: dict[int, str] = {}
        self.asked_until: int | None = None
        self.trips = 0
        self.hour = 0
        for act in ("accept", "assign")[:lead]:
            self.do(act, DESK)

    @property
    def status(self) -> int:
        return self.entered[-1][0]

    def enter(self, status: int) -> None:
        if status != self.status:
            self._leave()
            self.entered.append((status, len(self.entered) - 1))

    def go_back(self) -> None:
        self._leave()
        origin = self.entered[-1][1]
        self.entered.append(self.entered[origin])

    def _leave(self) -> None:
        if self.status == 6:
            self.owed = {n: "lapsed" if s == "open" else s for n, s in self.owed.items()}

    def attempt(self, name: str, allowed: bool, holder: Any = DESK, **fields: Any) -> bool:
        """Do it on the aggregate; it must agree with the model on whether it is allowed."""
        self.hour += 1
        try:
            getattr(self.dossier, name)(by(self.hour, holder), **fields)
        except Refused:
            assert not allowed, f"{name} from {self.status} was refused"
            return False
        assert allowed, f"{name} from {self.status} was allowed"
        self.facts += 1
        return True

    def do(self, act: str, holder: Any) -> None:
        starts, target = GOES_ON[act]
        asks = act == "request_supplement"
        if self.attempt(act, self.status in starts and not (asks and self.trips >= 2), holder, **FIELDS[act]):
            if act in SETS_HOLDER:
                self.holders.append((holder, self.facts))
            if asks:
                self.asked_until = None
                self.trips += 1
            if target is not None:
                self.enter(target)

    @rule(data=st.data(), holder=st.sampled_from([DESK, DIVISION]))
    def go_on(self, data: st.DataObject, holder: Any) -> None:
        self.do(data.draw(st.sampled_from([a for a in GOES_ON if self.status in GOES_ON[a][0]])), holder)

    @rule(act=st.sampled_from(sorted(GOES_ON)))
    def try_anything(self, act: str) -> None:
        if self.status not in GOES_ON[act][0]:
            self.do(act, DESK)

    @rule(act=st.sampled_from(sorted(GOES_BACK)), holder=st.sampled_from([DESK, DIVISION]))
    def back(self, act: str, holder: Any) -> None:
        allowed = self.status in GOES_BACK[act] and not (act == "recall" and self.linked)
        if self.attempt(act, allowed, holder, **FIELDS[act]):
            if act in SETS_HOLDER:
                self.holders.append((holder, self.facts))
            self.go_back()

    @rule()
    def send_back(self) -> None:
        allowed = self.status in (4, 8, 9) and not self.linked
        fields = {"from_agency": DESK, "to_agency": DIVISION, "reason": A_TEXT}
        if self.attempt("send_back", allowed, DIVISION, **fields):
            self.holders.append((DIVISION, self.facts))
            if self.status != 4:
                earlier = [n for n, (status, _) in enumerate(self.entered) if status == 4]
                on_the_way, at = [], len(self.entered) - 1
                while at != -1:
                    on_the_way.append(at)
                    at = self.entered[at][1]
                found = next((n for n in on_the_way if n in earlier), None)
                self._leave()
                received = next(n for n in on_the_way if self.entered[n][0] in (1, 2))
                self.entered.append(self.entered[found] if found is not None else (4, received))

    @rule(hours=st.integers(1, 4), not_followed=st.booleans())
    def ask_supplement_until(self, hours: int, not_followed: bool) -> None:
        until = by(self.hour + 1 + hours).occurred_at
        fields = {"request": A_TEXT, "components": ("c",), "until": until}
        fields |= {"not_followed": A_TEXT} if not_followed else {}
        allowed = self.status in (1, 2, 4) and (self.trips < 2 or not_followed)
        if self.attempt("request_supplement", allowed, **fields):
            self.trips += 1
            self.asked_until = self.hour + hours
            self.enter(5)

    def _late(self, at_intake: bool) -> bool:
        passed = self.asked_until is not None and self.hour + 1 >= self.asked_until
        return passed and (previous(self.entered) == 1) == at_intake

    @rule()
    def refuse_intake(self) -> None:
        allowed = self.status == 1 or (self.status == 5 and self._late(at_intake=True))
        if self.attempt("refuse_intake", allowed, ground="other", reason=A_TEXT):
            self.enter(3)

    @rule()
    def stop(self) -> None:
        allowed = self.status == 4 or (self.status == 5 and self._late(at_intake=False))
        if self.attempt("stop", allowed, ground="other", reason=A_TEXT):
            self.enter(8)

    @rule(number=st.integers(500, 504))
    def ask_payment(self, number: int) -> None:
        allowed = self.status == 4 and number not in self.owed
        fields = {"obligation": given.an_id(number), "amount_vnd": number, "purpose": "fee"}
        if self.attempt("request_payment", allowed, **fields):
            self.owed[number] = "open"
            self.enter(6)

    @precondition(lambda self: self.owed)
    @rule(data=st.data(), short=st.booleans())
    def pay(self, data: st.DataObject, short: bool) -> None:
        number = data.draw(st.sampled_from(sorted(self.owed)))
        allowed = self.owed[number] != "paid" and not short
        fields = {"amount_vnd": number - short, "paid_at": START, "reference": f"r{number}"}
        if self.attempt("confirm_payment", allowed, obligation=given.an_id(number), **fields):
            awaited, self.owed[number] = self.owed[number] == "open", "paid"
            if awaited:
                self.go_back()

    @invariant()
    def the_aggregate_agrees_with_the_model(self) -> None:
        assert self.dossier.status == self.status
        assert self.dossier.version == self.facts == len(self.dossier.pending_events)
        assert self.dossier.holder_sets == self.holders
        shown = {
            key.int: "paid" if owed.reference else "lapsed" if owed.lapsed else "open"
            for key, owed in self.dossier.obligations.items()
        }
        assert shown == self.owed

    @invariant()
    def replay_gives_the_same_dossier(self) -> None:
        assert given.state(given.replayed(self.dossier)) == given.state(self.dossier)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
