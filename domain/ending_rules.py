"""The rules of a dossier's dates, of its endings and of going back: see `domain.rules`."""

from __future__ import annotations

from domain.refusals import LEDGER, NOTHING_OFFICIAL, Rule

D61 = "Decree 61/2018/NĐ-CP"
SEEN = "reference section 1.2 (handlers of a one-stop system in use)"

# dates

EXTEND = Rule(
    "dossier.extend.only_running",
    "Only an accepted dossier that is not concluded has a due date to extend.",
    D61,
    "Art 19.9",
)
EXTEND_DUE = Rule(
    "dossier.extend.has_due_date", "A dossier without a due date has nothing to extend.", D61, "Art 19.9"
)
EXTEND_ONCE = Rule("dossier.extend.at_most_once", "The appointment is moved at most once.", D61, "Art 19.9")
EXTEND_EARLY = Rule(
    "dossier.extend.one_day_before",
    "An extension is asked for at the latest one day before the due date.",
    D61,
    "Art 19.9",
)
EXTEND_LATER = Rule(
    "dossier.extend.later", "The new date is later than the one it replaces.", D61, "Art 19.9"
)
APOLOGISE = Rule(
    "dossier.apologise.expected_ahead",
    "An apology goes out at any time, also for a dossier that ended; a new date that it names lies ahead.",
    D61,
    "Arts 19.9, 21",
)

# endings

DATED_BACK = Rule(
    "dossier.finish.dated_back",
    "A result is recorded when it is ready. One that is recorded after a due date and dated before it is "
    "taken all the same, and names this rule.",
    LEDGER,
    "lateness disappears by dating back: reference section 1.5, defect 10",
)
STOP = Rule(
    "dossier.stop.only_in_processing",
    "Only a dossier in processing, or one whose supplement did not come, is stopped.",
    "Decree 63/2024/NĐ-CP as amended by 301/2026",
    "Arts 6, 10",
)
STOP_LATE = Rule(
    "dossier.stop.supplement_deadline_passed",
    "While a supplement is awaited, processing is stopped only after its deadline and after acceptance.",
    "Decree 63/2024/NĐ-CP as amended by 301/2026",
    "Arts 6, 10",
)
STOP_UNPAID = Rule(
    "dossier.stop.payment_deadline_passed",
    "While a payment is awaited, processing is stopped only after its deadline.",
    NOTHING_OFFICIAL,
    "reference section 3.8 (what follows is the procedure's own)",
)
CLOSE = Rule(
    "dossier.close.only_refused_or_stopped",
    "Only a dossier refused at intake or stopped is closed on the system.",
    NOTHING_OFFICIAL,
    "reference section 1.1 (22 procedure texts)",
)
CLOSE_ONCE = Rule(
    "dossier.close.once", "A dossier is closed once.", NOTHING_OFFICIAL, "reference section 1.1"
)
WITHDRAW = Rule(
    "dossier.withdraw.not_concluded",
    "A dossier can be withdrawn until it is stopped, completed or otherwise concluded.",
    NOTHING_OFFICIAL,
    "reference section 1.2 (inferred)",
)
FINISH = Rule(
    "dossier.finish.only_at_work",
    "Only an accepted dossier, or one in processing, is finished.",
    NOTHING_OFFICIAL,
    SEEN,
)
FINISH_REASON = Rule(
    "dossier.finish.refusal_has_reason", "A refusal as result states its reason.", D61, "Art 19.8"
)
RETURN_RESULT = Rule(
    "dossier.return_result.only_finished",
    "Only a completed dossier has a result to return.",
    NOTHING_OFFICIAL,
    SEEN,
)

# going back

RECALL = Rule(
    "dossier.recall.only_sent_on",
    "Only a dossier in processing, awaiting payment, stopped or completed is recalled.",
    NOTHING_OFFICIAL,
    SEEN,
)
SEND_BACK = Rule(
    "dossier.send_back.only_processed",
    "Only a dossier in processing, stopped or completed is sent back.",
    NOTHING_OFFICIAL,
    SEEN,
)
NOT_LINKED = Rule(
    "dossier.back.never_linked",
    "A dossier of a linked group is never recalled or sent back.",
    NOTHING_OFFICIAL,
    SEEN,
)
CORRECT = Rule(
    "dossier.correct.recorded_fact",
    "A correction names a fact that this dossier has.",
    "Decree 61/2018/NĐ-CP",
    "Art 5.1 (nothing recorded is changed or deleted)",
)
