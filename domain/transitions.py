"""From which status to which: the ten official statuses and what each act does to them.

No official matrix of transitions was found. The table holds those of reference section 1.2 that have
evidence, as docs/events.md names the acts. (none) → 2, filing at the counter, is `submit` and `accept`
recorded together.

Two rows of section 1.2 are not here. 5 → 2 with a recount of the time limit is one vendor's way: the law
recounts (a fact of its own, `dossier.clock_set`), and the dossier goes on where it was. Withdrawing into 9,
as one vendor does, is a defect: the applicant's will is 7. And sending back leads to 4 at the earlier agency,
from 6 not at all, where section 1.2 has "previous" for all. A confirmed payment leads from 6 to where the
dossier was if it waited for that payment; whatever it waits for, a payment that was made is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from domain import component_rules, ending_rules, result_rules, rules, voice_rules, waiting_rules
from domain.refusals import Refused, Rule

SUBMITTED: Final = 1
ACCEPTED: Final = 2
REFUSED_AT_INTAKE: Final = 3
IN_PROCESSING: Final = 4
SUPPLEMENT_REQUESTED: Final = 5
PAYMENT_REQUESTED: Final = 6
WITHDRAWN: Final = 7
STOPPED: Final = 8
COMPLETED: Final = 9
RESULT_RETURNED: Final = 10

STATUSES: Final = frozenset(range(1, 11))
FINAL: Final = frozenset({REFUSED_AT_INTAKE, WITHDRAWN, RESULT_RETURNED})
CONCLUDED: Final = FINAL | {STOPPED}
"""No longer held but kept: whoever held it, or the heir, is custodian. 9 is not concluded, since the result
is still to be returned."""
HANDLED: Final = frozenset({1, 2, 4, 5, 6})
AFTER_ACCEPTANCE: Final = HANDLED - {1}
NOT_CONCLUDED: Final = STATUSES - CONCLUDED

SAME: Final = "same"
BEFORE: Final = "before"


@dataclass(frozen=True, slots=True)
class Transition:
    """What one act does. `to`: a status, `same` (the status stays) or `before` (the one that the present
    status was entered from)."""

    start: frozenset[int]
    to: int | Literal["same", "before"]
    rule: Rule


TRANSITIONS: Final[Mapping[str, Transition]] = {
    "accept": Transition(frozenset({1}), ACCEPTED, rules.ACCEPT),
    "refuse_intake": Transition(frozenset({1, 5}), REFUSED_AT_INTAKE, rules.REFUSE_INTAKE),
    "arrive": Transition(NOT_CONCLUDED, SAME, rules.ARRIVE),
    "assign": Transition(frozenset({2, 4}), IN_PROCESSING, rules.ASSIGN),
    "forward": Transition(NOT_CONCLUDED, SAME, rules.FORWARD),
    "take": Transition(frozenset({4}), SAME, rules.TAKE),
    "request_supplement": Transition(
        frozenset({1, 2, 4}), SUPPLEMENT_REQUESTED, waiting_rules.REQUEST_SUPPLEMENT
    ),
    "submit_supplement": Transition(frozenset({5}), BEFORE, waiting_rules.SUBMIT_SUPPLEMENT),
    "request_payment": Transition(frozenset({4}), PAYMENT_REQUESTED, waiting_rules.REQUEST_PAYMENT),
    "charge": Transition(NOT_CONCLUDED, SAME, waiting_rules.CHARGE),
    "confirm_payment": Transition(STATUSES, SAME, waiting_rules.CONFIRM_PAYMENT),
    "consult": Transition(frozenset({4}), SAME, waiting_rules.CONSULT),
    "answer_consultation": Transition(AFTER_ACCEPTANCE, SAME, waiting_rules.ANSWER),
    "begin_inspection": Transition(frozenset({4}), SAME, waiting_rules.BEGIN_INSPECTION),
    "end_inspection": Transition(AFTER_ACCEPTANCE, SAME, waiting_rules.END_INSPECTION),
    "resume": Transition(frozenset({5, 6}), BEFORE, waiting_rules.RESUME),
    "record_lookup": Transition(HANDLED, SAME, waiting_rules.LOOKUP),
    "upload_component": Transition(HANDLED, SAME, component_rules.HANDLED),
    "digitise_component": Transition(HANDLED, SAME, component_rules.HANDLED),
    "reuse_component": Transition(HANDLED, SAME, component_rules.HANDLED),
    "check_component": Transition(HANDLED, SAME, component_rules.HANDLED),
    "confirm_draft": Transition(frozenset({2, 4}), SAME, waiting_rules.CONFIRM_DRAFT),
    "stop": Transition(frozenset({4, 5, 6}), STOPPED, ending_rules.STOP),
    "close": Transition(frozenset({3, 8}), SAME, ending_rules.CLOSE),
    "withdraw": Transition(HANDLED, WITHDRAWN, ending_rules.WITHDRAW),
    "extend": Transition(frozenset({2, 4, 5, 6}), SAME, ending_rules.EXTEND),
    "apologise": Transition(STATUSES, SAME, ending_rules.APOLOGISE),
    "finish": Transition(frozenset({2, 4}), COMPLETED, ending_rules.FINISH),
    "issue_result": Transition(frozenset({2, 4, 9, 10}), SAME, result_rules.ISSUE),
    "check_signature": Transition(frozenset({2, 4, 9, 10}), SAME, result_rules.CHECK),
    "link_result": Transition(frozenset({9, 10}), SAME, result_rules.LINK),
    "return_result": Transition(frozenset({9}), RESULT_RETURNED, ending_rules.RETURN_RESULT),
    "recall": Transition(frozenset({4, 6, 8, 9}), BEFORE, ending_rules.RECALL),
    "send_back": Transition(frozenset({4, 8, 9}), IN_PROCESSING, ending_rules.SEND_BACK),
    "correct": Transition(STATUSES, SAME, ending_rules.CORRECT),
    "rate": Transition(frozenset({3, 7, 8, 9, 10}), SAME, voice_rules.RATE),
}

ALLOWED_WHEN_UNKNOWN: Final = frozenset({"accept", "withdraw", "correct"})
"""The acts open to an imported dossier whose status nobody knows: they hold whatever it was."""

BEFORE_WHEN_UNKNOWN: Final[Mapping[int, int]] = {4: 2, 5: 4, 6: 4, 8: 4, 9: 4}
"""Where an imported dossier goes back to when the earlier system did not say what came before: nobody stays
waiting for ever, and a dossier that had waited for papers is processed, not received a second time with a
new clock."""


def judge_status(status: int | None) -> None:
    """Refuse a status that is none of the ten; None is unknown."""
    if status is not None and status not in STATUSES:
        raise Refused(rules.STATUS_OFFICIAL, status=status)
