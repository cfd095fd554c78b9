"""The rules of what a dossier waits for: papers, money, others' opinions, an inspection; and of its clock
meanwhile. See `domain.rules`."""

from __future__ import annotations

from domain.ending_rules import D61, SEEN
from domain.refusals import LEDGER, NOTHING_OFFICIAL, Rule

REQUEST_SUPPLEMENT = Rule(
    "dossier.request_supplement.only_at_work",
    "A supplement is requested at intake, after acceptance or in processing.",
    D61,
    "Arts 17.1, 19.4",
)
SUBMIT_SUPPLEMENT = Rule(
    "dossier.submit_supplement.only_requested",
    "A supplement is submitted only when one was requested.",
    D61,
    "Art 19.4",
)
SUPPLEMENT_TRIPS = Rule(
    "dossier.request_supplement.trips",
    "Papers are asked for twice at most, or once where the procedure says so, unless the guidance was not"
    " followed; then it is said in what.",
    "Decree 63/2010/NĐ-CP",
    "Arts 20.4, 21.2",
)
SUPPLEMENT_ANEW = Rule(
    "dossier.submit_supplement.new_submission",
    "This procedure takes no papers afterwards: it is refused or closed, and the applicant files anew.",
    NOTHING_OFFICIAL,
    "reference section 3.3 (procedure 2.002841)",
)
SUPPLEMENT_UNTIL = Rule(
    "dossier.request_supplement.until_of_procedure",
    "Where the procedure says how long the applicant has, that is the deadline.",
    "Decree 63/2010/NĐ-CP",
    "Art 8.2 (the order of steps)",
)
CLOCK_RUNS = Rule(
    "dossier.clock.runs", "Only a clock that runs is stopped.", LEDGER, "a clock stops and goes on in turn"
)
CLOCK_STANDS = Rule(
    "dossier.clock.stands",
    "Only a clock that stands still goes on, and only one that has not run begins.",
    LEDGER,
    "a clock stops and goes on in turn",
)
UNTIL_AHEAD = Rule(
    "dossier.until.ahead",
    "A deadline lies after the act that sets it.",
    LEDGER,
    "a deadline that has passed cannot be met",
)
REQUEST_PAYMENT = Rule(
    "dossier.request_payment.only_in_processing",
    "A payment is requested only in processing.",
    NOTHING_OFFICIAL,
    SEEN,
)
PAYMENT_NEW = Rule(
    "dossier.payment.new_obligation",
    "Each obligation is requested once and for more than 0 VND.",
    LEDGER,
    "one fact for each obligation",
)
PAYMENT_LISTED = Rule(
    "dossier.payment.as_listed",
    "Where the procedure lists a fee, that is what is asked for, by case, channel, province and day.",
    "Decree 63/2010/NĐ-CP",
    "Arts 8.2, 20.4",
)
CHARGE = Rule(
    "dossier.charge.not_concluded",
    "Nothing is asked for a concluded dossier.",
    LEDGER,
    "what is owed is known before the end",
)
CONFIRM_PAYMENT = Rule(
    "dossier.confirm_payment.only_requested",
    "A payment is confirmed only when one was requested.",
    NOTHING_OFFICIAL,
    SEEN,
)
PAYMENT_OPEN = Rule(
    "dossier.payment.only_open_obligation",
    "Only an obligation of this dossier that is not paid yet can be confirmed.",
    LEDGER,
    "no payment counts twice",
)
PAYMENT_AMOUNT = Rule(
    "dossier.payment.amount_as_requested",
    "The amount confirmed is the amount requested.",
    LEDGER,
    "an obligation is met in full or not at all",
)
PAYMENT_REPEATED = Rule(
    "dossier.payment.already_confirmed",
    "This payment is confirmed already.",
    LEDGER,
    "no payment counts twice",
)
CONSULT = Rule(
    "dossier.consult.only_in_processing", "Another agency is consulted only in processing.", D61, "Art 19.5"
)
ANSWER = Rule(
    "dossier.answer_consultation.only_handled",
    "An opinion is recorded while the dossier is being handled.",
    D61,
    "Art 19.5",
)
ANSWER_OPEN = Rule(
    "dossier.answer_consultation.open",
    "An answer names a consultation of this dossier that has none yet.",
    LEDGER,
    "one answer for each consultation",
)
BEGIN_INSPECTION = Rule(
    "dossier.begin_inspection.only_in_processing",
    "An inspection begins in processing, and one at a time.",
    NOTHING_OFFICIAL,
    "reference section 3.3 (procedure 1.005399)",
)
END_INSPECTION = Rule(
    "dossier.end_inspection.only_begun",
    "Only an inspection that has begun ends, while the dossier is being handled.",
    NOTHING_OFFICIAL,
    "reference section 3.3 (procedure 1.005399)",
)
RESUME = Rule(
    "dossier.resume.only_waiting",
    "Only a dossier that waits for a supplement or a payment is resumed.",
    NOTHING_OFFICIAL,
    SEEN,
)
TIME_PASSED = Rule(
    "dossier.time_passed.only_then",
    "What follows when the applicant's time has passed follows only then, and only where a time was set.",
    "Decree 301/2026/NĐ-CP",
    "Arts 6, 10 (reference section 3.3)",
)
THEN_SAID = Rule(
    "dossier.time_passed.procedure_says",
    "After acceptance the procedure says what follows when papers or a payment do not come; where it is "
    "silent an officer decides.",
    NOTHING_OFFICIAL,
    "reference section 3.3 (procedures differ)",
)
THEN_OTHER = Rule(
    "dossier.stop.as_procedure_says",
    "Where the procedure says that a matter is refused when papers do not come, it is not stopped for that: "
    "the applicant gets a result.",
    "Decree 63/2010/NĐ-CP",
    "Art 8.2 (the order of steps)",
)
FIRST_NOTICE = Rule(
    "dossier.first_notice.in_time",
    "Whoever filed hears within 8 working hours online, within 1 working day otherwise, whether it is "
    "accepted or what it lacks. What comes later is recorded all the same, and names this rule.",
    "Procedures 1.003198, 1.004757, 2.000424, 2.000829",
    "order of steps (reference section 3.1)",
)
FORWARD_BY = Rule(
    "dossier.forward.same_day",
    "What is received for another agency is forwarded on the same working day, after 15:00 when the next one "
    "begins. What is forwarded later is recorded all the same, and names this rule.",
    D61,
    "Arts 18.2, 18.3; Decree 118/2025 as amended by 309/2026 Art 9",
)
LOOKUP = Rule(
    "dossier.record_lookup.not_concluded",
    "A lookup is recorded only while the dossier is being handled.",
    "Decree 118/2025/NĐ-CP",
    "Art 4.2a (reference section 3.1)",
)
CONFIRM_DRAFT = Rule(
    "dossier.confirm_draft.only_at_work",
    "A draft is confirmed after acceptance or in processing.",
    "Procedure 1.001193 (civil status)",
    "order of steps (reference section 3.3)",
)
