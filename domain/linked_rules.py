"""The rules of linked groups: see `domain.rules`."""

from __future__ import annotations

from domain.refusals import LEDGER, Rule

LINKED = "Decree 63/2024/NĐ-CP as amended by 301/2026"

RULES_ORDER = Rule(
    "linked.rules_in_order",
    "Rules of one kind replace those before from a later day on.",
    LEDGER,
    "what held when something was declared stays",
)
RULES_WHOLE = Rule(
    "linked.rules_whole",
    "A kind has steps, each once, that come only after steps which stand before them; a limit has amount and "
    "unit, the one with verification is no shorter, and times are above 0.",
    LEDGER,
    "rules say something",
)
DECLARED_ONCE = Rule("linked.declared_once", "A group is declared once.", LEDGER, "one stream for each group")
GROUP_KNOWN = Rule(
    "linked.known", "Nothing goes on in a group that was not declared.", LEDGER, "one stream each"
)
STEPS = Rule(
    "linked.steps_of_kind",
    "A declaration has the steps of its kind, without those that are optional and not wanted, each once.",
    LINKED,
    "Arts 5, 6, 10 (reference section 3.6)",
)
STEP_PROCEDURE = Rule(
    "linked.step_procedure",
    "Of each step it is known by which procedure it is done: the rules or the declaration say so.",
    LEDGER,
    "a dossier has a procedure",
)
STEP_ONCE = Rule(
    "linked.step_once", "Each step of a declaration begins once.", LINKED, "Art 7 (one declaration)"
)
STEP_WAITS = Rule(
    "linked.step_waits",
    "A step begins when those that it needs are done, with the result that is passed on in the store.",
    LINKED,
    "Arts 5, 6, 10 (an electronic result is passed on as a component of the next)",
)
STEP_BLOCKED = Rule(
    "linked.step_blocked",
    "What needs a step that was rejected does not begin.",
    LINKED,
    "Arts 6, 10 (reference section 3.6)",
)
PASSED_ON = Rule(
    "linked.passed_on",
    "Passed on is the result of a step to one that comes after it, each document once.",
    LINKED,
    "Arts 5, 6",
)
RETURN = Rule(
    "linked.return_to_issuer",
    "An error goes back to the step that passed its result on, once until it is corrected.",
    LINKED,
    "Arts 6.5, 10.4",
)
VERIFY_ONCE = Rule(
    "linked.verification_once",
    "A group that has a due date is verified once.",
    LINKED,
    "Art 6 (five working days with verification)",
)
