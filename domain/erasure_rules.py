"""The rules of lawful erasure, legal holds and retention. See `domain.rules`.

The exact text of Law 91/2025 Art 14 was not found; its predecessor Decree 13/2023 Art 16 is quoted, whose
exceptions it continues (reference section 6). No source gives the period for which dossiers are kept, so
periods are data with their source, never code.
"""

from __future__ import annotations

from domain.refusals import LEDGER, Rule

D13 = "Decree 13/2023"
LAW = "Law 91/2025/QH15; Decree 13/2023"
ARCHIVES = "Archives Law 33/2024"

# who asks, and who decides

REQUESTED_ONCE = Rule(
    "erase.requested_once",
    "An erasure of this person is decided already: carry it out, or withdraw it.",
    LEDGER,
    "one erasure of a person at a time",
)
REQUESTED = Rule(
    "erase.requested",
    "Only an erasure that was requested, and is not withdrawn or carried out, can go on.",
    LEDGER,
    "an erasure is requested by one officer and carried out by another",
)
FOUR_EYES = Rule(
    "erase.four_eyes",
    "Who requested an erasure does not carry it out: what is erased never comes back.",
    LEDGER,
    "four eyes",
)
ALREADY = Rule(
    "erase.already",
    "The personal data were erased already: nothing more is recorded about this person under this record.",
    LAW,
    "Art 16",
)
BEING_DECIDED = Rule(
    "erase.being_decided",
    "An erasure of this person is being decided: nothing new begins for them until it is carried out or "
    "withdrawn.",
    LAW,
    "Art 16.5: within 72 hours",
)
OF_PERSON = Rule(
    "erase.dossier_of_nobody",
    "Only an imported dossier that no citizen owns or filed is erased by its code: else erase its owner.",
    LEDGER,
    "what a dossier says is sealed under its owner's key",
)
SAME_PEOPLE = Rule(
    "erase.same_records",
    "Since it was requested the person got or lost a record: withdraw the request and make it anew.",
    LEDGER,
    "every record of one person is erased together",
)
AT_MOST = Rule(
    "erase.at_most",
    "One erasure covers at most 1,000 dossiers: an organisation with more is no natural person.",
    LEDGER,
    "what one fact holds is bounded",
)

# what stands in the way

PROCEDURE_OPEN = Rule(
    "erase.procedure_open",
    "A dossier of this person is not concluded: what an authority still needs is not erased.",
    LAW,
    "Art 16.2: processed by a competent state agency for its functions",
)
VOICE_OPEN = Rule(
    "erase.complaint_open",
    "Feedback or a complaint of this person is not answered yet: answer it first.",
    LAW,
    "Art 16.2: processed by a competent state agency for its functions",
)
GROUP_OPEN = Rule(
    "erase.linked_group_open",
    "A linked group that concerns this person still goes on.",
    LAW,
    "Art 16.2: processed by a competent state agency for its functions",
)
HELD = Rule(
    "erase.legal_hold",
    "A legal hold stands on this person or on a dossier of theirs: it has to be lifted first.",
    LAW,
    "Art 16.2: the law forbids deletion",
)
PERIOD_UNKNOWN = Rule(
    "erase.period_known",
    "No retention period is loaded for a procedure of this person: nobody can say that it is over.",
    ARCHIVES,
    "periods are set by the competent ministers; none was found for dossiers",
)
PERIOD_RUNS = Rule(
    "erase.period_over",
    "The retention period of a dossier of this person is not over.",
    f"{ARCHIVES}; {D13}",
    "Art 16.2: the law forbids deletion",
)
FOR_EVER = Rule(
    "erase.statutory_register",
    "A dossier of this person is kept for ever, as statutory registers are.",
    f"{ARCHIVES}; {D13}",
    "Art 16.2: processed by a competent state agency for its functions",
)

# holds and retention

HOLD_ONCE = Rule("hold.once", "A hold is placed once.", LEDGER, "one stream for each hold")
HOLD_STANDS = Rule(
    "hold.stands", "Only a hold that stands can be lifted.", LEDGER, "one stream for each hold"
)
PERIOD_WHOLE = Rule(
    "retention.period_whole",
    "A period has an amount and a unit of months or years, or neither: for ever.",
    LEDGER,
    "a period is data",
)
PERIOD_ORDER = Rule(
    "retention.period_in_order",
    "Periods of one procedure are set in the order of the days from which they hold.",
    LEDGER,
    "what was judged under a period stays judged",
)
RUN_ONE = Rule(
    "retention.run_one",
    "A retention run goes on already: it is finished by running it again with its decision.",
    LEDGER,
    "one retention run at a time",
)
RUN_DECISION = Rule(
    "retention.run_decision_once",
    "Each decision on a destruction is for one run: this one was used.",
    LEDGER,
    "one decision, one run",
)
RUN_ENDED = Rule(
    "retention.run_goes_on",
    "Only a retention run that goes on can end.",
    LEDGER,
    "one stream for each run",
)
RUN_FOUR_EYES = Rule(
    "retention.run_four_eyes",
    "Who loaded a retention period does not run the destruction by it.",
    LEDGER,
    "four eyes",
)
