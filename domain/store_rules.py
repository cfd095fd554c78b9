"""The rules of the store of electronic documents. See `domain.rules`."""

from __future__ import annotations

from domain.refusals import LEDGER, Rule

KEPT_ONCE = Rule(
    "store.kept_once",
    "What one fact of a dossier provided is kept once.",
    LEDGER,
    "a document's id follows from the fact that it was made of",
)
OWN_STORE = Rule(
    "store.owner",
    "A document stands in the store of its owner, and what it says is sealed under the owner's key.",
    "Decision 06/QĐ-TTg",
    "electronic store of organisations and individuals (reference section 0.2)",
)
FILE_WHOLE = Rule(
    "store.file_whole",
    "A file has its name, its kind, its size and what it contains, or there is none of them.",
    LEDGER,
    "what is kept can be found and compared",
)
VALIDITY = Rule(
    "store.validity",
    "A document is valid until a day after the day from which it is.",
    LEDGER,
    "validity is half-open",
)
KNOWN = Rule(
    "store.document_known",
    "Only a document of this store is withdrawn or read.",
    LEDGER,
    "one store for each owner",
)
WITHDRAWN_ONCE = Rule(
    "store.withdrawn_once",
    "A document is withdrawn once.",
    LEDGER,
    "one end for each document",
)
