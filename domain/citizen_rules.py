"""Rules of what is known about people: their numbers, who acts for whom, and who is the same as whom."""

from __future__ import annotations

from domain.refusals import LEDGER, Rule

MANDATES = "owner, submitter and account are three: reference (b) 12"
MERGES = "no old fact changes: a mistake is put right by a further fact"

CHECK_DIGIT = Rule(
    "citizen.enterprise_code.check_digit",
    "The tenth digit of an enterprise code follows from the nine before it; one digit is mistyped here.",
    "Circular 86/2024/TT-BTC",
    "reference section 2.5",
)

# who acts for whom

MANDATE_TO_ANOTHER = Rule(
    "mandate.give.to_another",
    "A mandate is given to somebody else, not to oneself under any record.",
    LEDGER,
    MANDATES,
)
MANDATE_DAYS = Rule(
    "mandate.give.half_open",
    "A mandate holds for one day at least: it ends after it begins.",
    LEDGER,
    MANDATES,
)
MANDATES_AT_MOST = Rule(
    "mandate.give.at_most",
    "One person has at most 500 mandates that are not over: end those that are no longer needed.",
    LEDGER,
    "what is read at each act is bounded",
)
MANDATE_KNOWN = Rule("mandate.end.known", "Only a mandate that was given can be ended.", LEDGER, MANDATES)
MANDATE_END_AHEAD = Rule(
    "mandate.end.not_before_today",
    "A mandate ends today or later: what was done under it stays done.",
    LEDGER,
    MANDATES,
)
MANDATE_END_EARLIER = Rule(
    "mandate.end.earlier", "Ending a mandate moves its end forward, never back.", LEDGER, MANDATES
)
MANDATE_FROM_OWNER = Rule(
    "mandate.file.from_owner",
    "The mandate that a submission names is one that its owner gave to its submitter.",
    LEDGER,
    MANDATES,
)
MANDATE_IN_FORCE = Rule(
    "mandate.file.in_force",
    "A dossier is filed under a mandate that is in force on the day: wait for its first day, or have a new "
    "one recorded.",
    LEDGER,
    MANDATES,
)
MANDATE_COVERS = Rule(
    "mandate.file.covers",
    "The mandate does not cover this procedure: the owner files, or gives one that does.",
    LEDGER,
    MANDATES,
)
MANDATE_OVER = Rule(
    "mandate.act.over",
    "The dossier was filed under a mandate that is over: the owner acts and reads, or gives a new mandate.",
    LEDGER,
    MANDATES,
)
LEVEL_OF_ACCOUNT = Rule(
    "dossier.submit.level_of_account",
    "The level of an applicant's own account is said by the token, not by the applicant.",
    LEDGER,
    "the level of authentication is a fact of each submission: reference section 0.1",
)

# who is the same as whom

MERGE_ITSELF = Rule("citizen.merge.another", "Nobody is merged into themself.", LEDGER, MERGES)
MERGE_SAME_KIND = Rule(
    "citizen.merge.same_kind",
    "A person is merged into a person, an organisation into an organisation, a household business into one.",
    LEDGER,
    MERGES,
)
MERGE_ONCE = Rule(
    "citizen.merge.once",
    "Who is merged already is not merged again: separate the two first.",
    LEDGER,
    MERGES,
)
MERGE_CIRCLE = Rule(
    "citizen.merge.no_circle",
    "Who is merged into another does not take that one up: they are the same already.",
    LEDGER,
    MERGES,
)
MERGE_NUMBERS = Rule(
    "citizen.merge.numbers",
    "Two different numbers of one kind are two different people, unless one number was recorded wrongly.",
    LEDGER,
    "one person has one personal number: Law on Identity 2023 Art 12",
)
MERGED_TWO_NUMBERS = Rule(
    "citizen.merge.two_numbers",
    "A merge of records with two different numbers of one kind is on record, for an auditor to look at.",
    LEDGER,
    "one person has one personal number: Law on Identity 2023 Art 12",
)
MERGE_AT_MOST = Rule(
    "citizen.merge.at_most",
    "At most 50 records stand for one person: something else is wrong here.",
    LEDGER,
    "what is read at each act is bounded",
)
SEPARATE_MERGED = Rule(
    "citizen.separate.merged", "Only who is merged can be separated again.", LEDGER, MERGES
)
