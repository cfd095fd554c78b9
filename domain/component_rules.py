"""The rules of papers: what is held is not asked for, what is connected is looked up, what is re-used belongs
to whoever it is re-used for. See `domain.rules`."""

from __future__ import annotations

from typing import Final

from domain.refusals import LEDGER, NOTHING_OFFICIAL, Rule

D118: Final = "Decree 118/2025/NĐ-CP as amended by Decree 309/2026/NĐ-CP"

PAPERS_ONCE = Rule(
    "procedure.papers.once",
    "A version says one thing of a paper for each case.",
    LEDGER,
    "what is asked for is the same for everybody",
)
PAPERS_ONCE_OF_OWNER = Rule(
    "procedure.papers.once_of_owner",
    "A version asks once for each kind of document of the owner; a paper of the same kind about somebody "
    "else is said to be so.",
    LEDGER,
    "one document of the owner would stand for both papers",
)
HANDLED = Rule(
    "component.only_handled",
    "Papers are provided and checked while the dossier is being handled.",
    NOTHING_OFFICIAL,
    "Decree 61/2018/NĐ-CP Art 17.1 has the desk check and scan at receipt",
)
HELD = Rule(
    "component.held",
    "What is held already is not asked for again: what was provided here, what is in the owner's store and "
    "valid, and what a database answered.",
    "Decision 06/QĐ-TTg; Law on Electronic Transactions 2023",
    "data held already is not asked for again (reference sections 0.2, 0.4)",
)
NAMED = Rule(
    "component.named",
    "Where the procedure says which papers belong to it, what is asked for is named by them.",
    D118,
    "Art 17.2a (content, reason and complete guidance in one go)",
)
LOOK_UP_FIRST = Rule(
    "component.look_up_first",
    "A paper whose data a published, connected database has is asked for only after the database was asked "
    "and was down, had nothing, or was wrong.",
    D118,
    "Art 4.2a (309/2026 Art 2.1), in force 5 August 2026",
)
NO_LONGER = Rule(
    "component.no_longer",
    "A paper that the procedure no longer asks for is not asked for.",
    "Decree 63/2010/NĐ-CP",
    "Arts 8.2, 20.4 (what is not published may be refused by the applicant)",
)
COMPLETE = Rule(
    "component.complete",
    "A dossier is accepted as complete when every paper that its procedure requires is provided or held.",
    "Decree 118/2025/NĐ-CP",
    "Art 17.3 (the limit runs from complete receipt)",
)
REUSE_OWN = Rule(
    "component.reuse.own",
    "Only a document of the dossier's owner is re-used.",
    LEDGER,
    "a store is its owner's",
)
REUSE_VALID = Rule(
    "component.reuse.valid",
    "Only a document that was not withdrawn and is valid that day is re-used.",
    LEDGER,
    "what does not count proves nothing",
)
REUSE_KIND = Rule(
    "component.reuse.kind",
    "A document is re-used for a paper of its own kind.",
    LEDGER,
    "the procedure's version says of which kind its papers are",
)
CHECK_PROVIDED = Rule(
    "component.check.provided",
    "What is checked was provided before, in this dossier and for this paper.",
    LEDGER,
    "a check names the fact that it is of",
)
CHECK_REASON = Rule(
    "component.check.reason",
    "What is found unusable is so for a reason that the applicant is told.",
    D118,
    "Art 17.2a (content, reason and complete guidance in one go)",
)
TIME_PAST = Rule(
    "component.time_past",
    "A look-up or a scan is recorded when it was made.",
    LEDGER,
    "a fact has happened already",
)
AT_MOST = Rule(
    "component.at_most",
    "One paper is provided to one dossier at most 20 times.",
    LEDGER,
    "what a dossier holds is read whole by each act; no source gives a number",
)
AWAITED = Rule(
    "component.awaited",
    "After acceptance an applicant brings what was asked for, or a paper that nobody has provided.",
    LEDGER,
    "a dossier that was accepted as complete does not move under the officer who works on it",
)
LOOKED_UP_SINCE = Rule(
    "component.looked_up_since",
    "A look-up counts for a dossier from the day on which the dossier was begun.",
    D118,
    "Art 4.2a (the database is asked for the dossier in hand)",
)
LOOKED_UP_FOR = Rule(
    "component.looked_up_for",
    "An answer that is kept as a file is what a database said of one paper: one that is down says nothing.",
    "Procedures 1.001193, 1.003198",
    "the result is stored as at the time of the look-up and attached",
)
