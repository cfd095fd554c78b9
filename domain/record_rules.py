"""The rules of imports, codes, deadlines, the catalogue, the calendar and citizens.

`domain.rules` has those of dossiers, and `all_rules()`.
"""

from __future__ import annotations

from domain.refusals import LEDGER, Rule

CIVIL_CODE = "Civil Code 2015"
CIRCULAR_01 = "Circular 01/2018/TT-VPCP"

ONE_OF = Rule("value.one_of", "The value is not one of those that exist.", LEDGER, "docs/events.md")
CODE_FORM = Rule(
    "value.code_form",
    "What stays readable for ever is a code of its form, not a text: a text may name somebody.",
    LEDGER,
    "docs/events.md",
)
OF_PROCEDURE = Rule(
    "procedure.lists",
    "The case, paper or result is not one that this version of the procedure lists.",
    "Decree 63/2010/NĐ-CP",
    "Art 8.2",
)
CODE_ACCEPTABLE = Rule(
    "dossier.code.acceptable",
    "A dossier code is 1 to 64 printable characters without blanks.",
    CIRCULAR_01,
    "Art 19 (its form is not enforced: reference section 2.1)",
)
CODE_ISSUABLE = Rule(
    "dossier.code.issuable",
    "A code has an identifier of 1 to 35 letters A-Z, digits and dots, and a number from 1 to 9,999,999.",
    CIRCULAR_01,
    "Art 19",
)
IMPORT_STEP_ONLY_IMPORTED = Rule(
    "dossier.import_step.only_imported",
    "Steps are imported only into an imported dossier.",
    LEDGER,
    "reports of the past are facts of their own",
)
IMPORT_STEP_IN_ORDER = Rule(
    "dossier.import_step.in_order",
    "Imported steps come in the order of the log, each once.",
    LEDGER,
    "a repeated import adds nothing",
)
IMPORT_STEP_BEFORE_ACTS = Rule(
    "dossier.import_step.status_before_acts",
    "Once the dossier has been acted on here, an imported step no longer sets its status.",
    LEDGER,
    "reports of the past undo nothing",
)
PAST_REPORTED = Rule(
    "dossier.imported.past_stands",
    "What an earlier system reported of a past is not reported otherwise afterwards.",
    LEDGER,
    "a past may be corrected, not rewritten: reference section 1.5, defect 10",
)
EXPORT_COMPARED_ONLY_IMPORTED = Rule(
    "dossier.export_compared.only_imported",
    "A later export of an earlier system is compared with what was imported from it.",
    LEDGER,
    "a comparison changes no history",
)

# catalogue, calendar, deadlines, citizens

VERSION_NEXT = Rule(
    "procedure.version.next",
    "Versions of a procedure are numbered 1, 2, 3 and keep its code.",
    LEDGER,
    "a published version never changes",
)
VERSION_DAY = Rule(
    "procedure.version.day",
    "A version that says something else does not hold before the day of the one that it follows.",
    LEDGER,
    "a later list does not undo a later day",
)
LIMIT_WHOLE = Rule(
    "procedure.limit.whole",
    "A time limit is a whole number above 0 with its unit of time, or none.",
    "Decree 63/2010/NĐ-CP",
    "Art 8.2",
)
TERMS = Rule(
    "procedure.terms.whole",
    "A fresh period after a supplement stands with its pattern, and requests are counted from 1.",
    LEDGER,
    "terms say something",
)
FEE = Rule(
    "procedure.fee.not_negative",
    "A fee is 0 VND or more, no more than its most, and holds on a day at least.",
    "Decree 63/2010/NĐ-CP",
    "Art 8.2",
)
FEE_ONCE = Rule(
    "procedure.fee.one_at_a_time",
    "Of two fees for the same channel, case and province one ends before the other begins.",
    LEDGER,
    "one fee holds at a time",
)
PROMULGATE_KNOWN = Rule(
    "procedure.promulgate.version_known",
    "What is promulgated is a version that the catalogue has.",
    LEDGER,
    "a promulgation says of which version it is",
)
PROMULGATE_ONCE = Rule(
    "procedure.promulgate.once",
    "The promulgation of a version is recorded once and stays as it was recorded.",
    LEDGER,
    "one decision for each version",
)
POST_PROMULGATED = Rule(
    "procedure.post.promulgated",
    "What is publicly posted was promulgated, no later than the day of its posting.",
    "Decree 63/2010/NĐ-CP",
    "Art 24.2",
)
POST_ONCE = Rule(
    "procedure.post.once",
    "The public posting of a version is recorded once and stays as it was recorded.",
    LEDGER,
    "one posting for each version",
)
PUBLICATION_PAST = Rule(
    "procedure.publication.past",
    "A promulgation or a public posting is recorded on its day or later, never ahead of it.",
    LEDGER,
    "a plan is no fact",
)
CALENDAR_YEAR = Rule(
    "calendar.year.own_days",
    "A calendar year lists days of that year only, none both off and worked, and keeps its year.",
    "Labour Code 2019",
    "Art 112",
)
DEADLINE_AMOUNT = Rule(
    "deadline.amount", "A time limit is between 1 and 10,000 units.", CIVIL_CODE, "Arts 145-148"
)
HOURS_WEEK = Rule(
    "hours.week",
    "A week of hours has seven days, Monday first, and opens on one of them; an office closes after it opens "
    "and opens again only after it has closed.",
    LEDGER,
    "an office's hours are data: reference section 3.2",
)
OUTAGE = Rule(
    "outage.half_open",
    "An outage of one system ends after it begins.",
    LEDGER,
    "an interval of no length moves nothing: reference section 1.3",
)
HOURS_ORDER = Rule(
    "hours.in_order",
    "A schedule has hours, and each of them replaces those before from a later day on.",
    LEDGER,
    "an office's hours are data: reference section 3.2",
)
HOURS_KNOWN = Rule(
    "deadline.hours_known",
    "Working hours are counted only where it is known when the office is open.",
    LEDGER,
    "an office's hours are data: reference section 3.2",
)
CLOCK_ORDER = Rule(
    "deadline.clock_in_order",
    "A clock stops no earlier than it began to run, and goes on no earlier than it stopped.",
    LEDGER,
    "a stop is an interval of time",
)
CITIZEN_ONCE = Rule(
    "citizen.identified_once", "A citizen is identified once.", LEDGER, "one stream for each citizen"
)
CITIZEN_KNOWN = Rule(
    "citizen.identified", "The citizen is not identified yet.", LEDGER, "one stream for each citizen"
)
CITIZEN_SUBJECT = Rule(
    "citizen.own_subject",
    "What is stored about a citizen is sealed under that citizen's own key.",
    LEDGER,
    "personal data names its subject",
)
CITIZEN_NUMBER = Rule(
    "citizen.number.kind", "A number is given with its kind; `none` has no number.", LEDGER, "docs/events.md"
)
PERSONAL_NUMBER = Rule(
    "citizen.personal_number", "A personal number has 12 digits.", "Law on Identity 2023", "Art 12"
)
ENTERPRISE_CODE = Rule(
    "citizen.enterprise_code",
    "An enterprise code has 10 digits, or 10 and 3 with a dash.",
    "Circular 86/2024/TT-BTC",
    "reference section 2.5",
)
CONTACT_GIVEN = Rule(
    "citizen.contact_given",
    "A change of contact names a phone or an address.",
    LEDGER,
    "a fact says something",
)
