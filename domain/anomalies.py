"""Rules that refuse nothing and are found afterwards: a fact that was recorded although one of them was not
kept names it in its envelope. What the applicant does must not fail for what an office left undone.

Whoever adds such a rule adds it to ANOMALIES, and it is found by `hoso anomalies` and `GET /v1/anomalies`.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from domain import citizen_rules, ending_rules, record_rules, result_rules, rules, waiting_rules
from domain.procedure import Procedure
from domain.refusals import Rule, on_record

POSTED_BEFORE_RECEIPT = Rule(
    "procedure.posted_before_receipt",
    "A procedure is publicly posted before dossiers are received under it.",
    "Decree 63/2010/NĐ-CP",
    "Arts 20.4, 21.2 (what is not published may be refused by the applicant; reference section 3.1)",
)

ANOMALIES: Final[tuple[Rule, ...]] = (
    waiting_rules.SUPPLEMENT_TRIPS,
    waiting_rules.FIRST_NOTICE,
    waiting_rules.FORWARD_BY,
    rules.PAPER_REASON,
    ending_rules.DATED_BACK,
    POSTED_BEFORE_RECEIPT,
    result_rules.SIGNED_FOR_HOLDER,
    citizen_rules.MERGED_TWO_NUMBERS,
    record_rules.PAST_REPORTED,
)
"""Those that stand in an envelope only where they were not kept."""


def of_receipt(procedure: Procedure, version: int, day: date) -> tuple[str, ...]:
    """The ids of the rules that receiving a dossier under this version on a local day does not keep. Nothing
    where no promulgation is recorded: what nobody said of a procedure is no omission."""
    if version not in procedure.promulgations or procedure.posted_by(version, day):
        return ()
    return tuple(rule.id for rule in on_record(POSTED_BEFORE_RECEIPT))
