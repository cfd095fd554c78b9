"""The rules of dossiers, each by name, with where it comes from.

Those of dates, endings and going back stand in `domain.ending_rules`, those of papers, money and other waits
in `domain.waiting_rules`, those of imports, codes, deadlines, the catalogue, the calendar and citizens in
`domain.record_rules`, those of what citizens say of an agency's work, and of rating, in `domain.voice_rules`,
those of people, their numbers and mandates in `domain.citizen_rules`, those of results in
`domain.result_rules`, those of linked groups in `domain.linked_rules`.
Decree 61/2018 is quoted in its 2018 wording, which is what was found; Decree 118/2025 replaced it on 1 July
2025, and its full consolidated text was not found (reference, introduction). "Reference" is the collection
of sourced facts on Vietnamese dossiers that the project works from.
"""

from __future__ import annotations

from domain import (
    citizen_rules,
    component_rules,
    ending_rules,
    linked_rules,
    record_rules,
    result_rules,
    store_rules,
    voice_rules,
    waiting_rules,
)
from domain.ending_rules import D61, SEEN
from domain.refusals import LEDGER, NOTHING_OFFICIAL, Rule

# a dossier's beginning and what it is

BEGINS_ONCE = Rule("dossier.begins_once", "A dossier begins once.", D61, "Art 26")
BEGUN = Rule(
    "dossier.begun",
    "Nothing can be done on a dossier that does not exist.",
    LEDGER,
    "one stream for each dossier",
)
QUARANTINED = Rule(
    "dossier.quarantined",
    "A dossier in quarantine is acted on by nobody: its code is another dossier's.",
    D61,
    "Art 26",
)
STATUS_KNOWN = Rule(
    "dossier.status.unknown_imported",
    "An imported dossier of unknown status can only be accepted, withdrawn or corrected.",
    LEDGER,
    "an unknown status is never guessed",
)
STATUS_OFFICIAL = Rule(
    "dossier.status.official",
    "A status is one of the ten official ones, 1 to 10.",
    NOTHING_OFFICIAL,
    "reference section 1.1",
)
FINAL = Rule(
    "dossier.status.final",
    "Refused at intake, withdrawn and result returned are final.",
    NOTHING_OFFICIAL,
    "reference section 1.2",
)

NOT_BEFORE_FILING = Rule(
    "dossier.time.not_before_filing",
    "Nothing is done on a dossier, and nothing is paid for it, before it was filed.",
    LEDGER,
    "what lies before the first fact of a dossier cannot be one of its facts",
)
CODE_NOT_OURS = Rule(
    "dossier.code.not_ours",
    "A code that begins with the identifier of an agency of this ledger is given by this ledger alone.",
    "Circular 01/2018/TT-VPCP",
    "Art 19",
)
SUBMIT_ABOLISHED = Rule(
    "dossier.submit.procedure_abolished",
    "Nothing new is filed under a procedure that was abolished.",
    LEDGER,
    "an abolished procedure has nobody who decides it",
)
KEYED_BY_ONESELF = Rule(
    "dossier.submit.keyed_by_oneself",
    "What an applicant files as themself was typed in by them or at a kiosk, by nobody else.",
    LEDGER,
    "whoever helped files under a token of their own",
)
PAPER_REASON = Rule(
    "dossier.submit.paper_reason",
    "Since 1 July 2025 dossiers are electronic: where only papers are filed, it is said why. What is filed "
    "without a reason is recorded all the same, and names this rule.",
    "Plan 02-KH/BCĐTW",
    "100 % of dossiers electronic from 1 July 2025 (reference section 0.3)",
)
SERVICE_LEVEL = Rule(
    "dossier.open.level",
    "An agency opens a dossier by itself as a proactive service of a level from 1 to 4, which there are since"
    " 1 July 2026.",
    "Decree 224/2026/NĐ-CP",
    "Arts 14-16",
)

# intake

ACCEPT = Rule("dossier.accept.only_submitted", "Only a submitted dossier can be accepted.", D61, "Art 17.1")
ACCEPT_CLOCK = Rule(
    "dossier.accept.clock_from_receipt",
    "The time limit runs from complete receipt, which is not before the dossier was submitted.",
    "Decree 118/2025/NĐ-CP",
    "Art 17.3",
)
ACCEPT_LIMIT = Rule(
    "dossier.accept.limit_whole",
    "A time limit has an amount, a unit and a due date, or none of them; due is after the start.",
    "Decree 63/2010/NĐ-CP",
    "Art 8.2",
)
REFUSE_INTAKE = Rule(
    "dossier.refuse_intake.only_at_intake",
    "Only a dossier not yet accepted can be refused at intake.",
    D61,
    "Art 17.1-17.2",
)
REFUSE_INTAKE_LATE = Rule(
    "dossier.refuse_intake.supplement_deadline_passed",
    "While a supplement is awaited, intake is refused only after its deadline and before acceptance.",
    NOTHING_OFFICIAL,
    SEEN,
)

# passing on

ARRIVE = Rule(
    "dossier.arrive.not_concluded",
    "A concluded dossier arrives nowhere.",
    "Decree 118/2025/NĐ-CP",
    "Art 17.3",
)
ASSIGN = Rule(
    "dossier.assign.only_accepted",
    "Only an accepted dossier, or one in processing, is assigned to an officer.",
    D61,
    "Art 18",
)
OFFICER_AT_HOLDER = Rule(
    "dossier.officer.posted_at_holder",
    "A dossier is given to an officer who is posted at the agency that holds it.",
    LEDGER,
    "an officer acts only through a posting at the holder",
)
FORWARD = Rule("dossier.forward.not_concluded", "A concluded dossier is not forwarded.", D61, "Art 18.2-18.3")
MOVE_TO_ANOTHER = Rule(
    "dossier.move.to_another_agency",
    "A dossier passes from one agency to another, not to the same.",
    D61,
    "Art 18",
)
TAKE = Rule(
    "dossier.take.only_in_processing",
    "Only a dossier in processing is taken over by an officer.",
    NOTHING_OFFICIAL,
    SEEN,
)


def all_rules() -> tuple[Rule, ...]:
    """Every rule of this module and of the eight others, in the order in which they stand there."""
    values = (
        *globals().values(),
        *vars(waiting_rules).values(),
        *vars(ending_rules).values(),
        *vars(record_rules).values(),
        *vars(voice_rules).values(),
        *vars(component_rules).values(),
        *vars(store_rules).values(),
        *vars(citizen_rules).values(),
        *vars(result_rules).values(),
        *vars(linked_rules).values(),
    )
    return tuple(value for value in values if isinstance(value, Rule))
