"""The rules of the log's own facts: who signs it under which name. See `domain.rules`."""

from __future__ import annotations

from domain.refusals import LEDGER, Rule

OPEN_ONCE = Rule(
    "log.open.once",
    "A log is opened once, and a further one only after its history was lost.",
    LEDGER,
    "one log, or nobody can say which of two is meant",
)
OPEN = Rule(
    "log.open.needed",
    "Keys are added and withdrawn, and a loss is recorded, while the log is open.",
    LEDGER,
    "there is nothing to sign otherwise",
)
ORIGIN_FORM = Rule(
    "log.origin.form",
    "An origin is 1 to 120 letters, digits, dots, hyphens, underscores, colons and slashes.",
    LEDGER,
    "C2SP signed-note: a name has no blank and no plus; a verifier shows it",
)
ORIGIN_NEW = Rule(
    "log.origin.new",
    "A further log has an origin that none before it had.",
    LEDGER,
    "what was signed under a name stays its history",
)
KEY_FORM = Rule(
    "log.key.form",
    "A key of the log is an Ed25519 key in the form of signed notes, under the log's origin.",
    LEDGER,
    "C2SP tlog-tiles: a checkpoint has an Ed25519 signature by the log",
)
KEY_ONCE = Rule(
    "log.key.once",
    "A key is added once, and no two have the same id.",
    LEDGER,
    "an id names one key for ever",
)
KEY_SIGNS = Rule(
    "log.key.signs",
    "Only a key that signs the open log is withdrawn.",
    LEDGER,
    "one end for each key",
)
KEY_LAST = Rule(
    "log.key.not_the_last",
    "The last key that signs is not withdrawn: another one is added before.",
    LEDGER,
    "an open log is signed",
)
