"""The rules of results: see `domain.rules`."""

from __future__ import annotations

from domain.refusals import LEDGER, NOTHING_OFFICIAL, Rule

ISSUE = Rule(
    "result.issue.only_decided",
    "A result is issued by whoever decides an accepted dossier, or corrected once it is completed.",
    "Decree 301/2026/NĐ-CP",
    "Arts 6.5, 10.4 (a wrong result is corrected by a new act)",
)
NOT_A_COMPONENT = Rule(
    "result.not_a_component",
    "A file that was filed with this dossier is not its result.",
    LEDGER,
    "what came in is no outcome: reference section 1.5, defect 5",
)
ELECTRONIC_FILE = Rule(
    "result.electronic_file",
    "An electronic result has its file.",
    LEDGER,
    "an electronic result is what can be opened",
)
RESULT_VALIDITY = Rule(
    "result.validity", "A result is valid until a day after the day from which it is.", LEDGER, "half-open"
)
REPLACES = Rule(
    "result.replaces_standing",
    "A corrected result replaces one of this dossier that was issued and not replaced yet.",
    "Decree 301/2026/NĐ-CP",
    "Arts 6.5, 10.4",
)
REPLACES_NAMED = Rule(
    "result.replaces_named",
    "Once a dossier is completed, a further result names the one that was wrong.",
    "Decree 301/2026/NĐ-CP",
    "Arts 6.5, 10.4",
)
REFUSAL_CODED = Rule(
    "result.refusal_coded",
    "Where the procedure lists its refusals, a refusal as result is one of these, and a grant is none.",
    "Decree 61/2018/NĐ-CP",
    "Art 19.8 (a refusal is a result; its codes: reference section 1.2)",
)
CHECK = Rule(
    "result.check.only_issued",
    "A signature is checked of a result of this dossier, signed no later than it is checked.",
    LEDGER,
    "a check says what it checked",
)
CHECK_ELECTRONIC = Rule(
    "result.check.electronic",
    "Only an electronic result has a digital signature to check.",
    "Law on E-Transactions 2023",
    "reference section 0.1",
)
SIGNED_FOR_HOLDER = Rule(
    "result.signed_for_holder",
    "A result is signed with a certificate of the agency that held the dossier and existed then. What was "
    "signed otherwise is recorded, and names this rule.",
    "Dispatch 111/CĐ-TTg",
    "signatures of dissolved units (reference section 5.3)",
)
LINK = Rule(
    "result.link.only_standing",
    "Only an issued result that was not replaced is linked, once its dossier is completed.",
    NOTHING_OFFICIAL,
    "reference section 0.2 (electronic store of organisations and individuals)",
)
LINK_ONCE = Rule("result.link.once", "A result is linked once.", LEDGER, "one document for each result")
LINK_INVALID = Rule(
    "result.link.not_invalid",
    "A result whose signature was found invalid is not put into a store from which others take it.",
    LEDGER,
    "what is re-used is relied on",
)
LINK_OWNER = Rule(
    "result.link.owner_known",
    "A result is linked to the store of the dossier's owner, so the owner must be known.",
    LEDGER,
    "one store for each owner",
)
