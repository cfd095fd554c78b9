"""The rules of what citizens say of an agency's work: of a voice, of the limits for answering one, and of the
rating of a dossier.

No official text that lays these down was found: that complaints are answered on time and that satisfaction is
measured is counted by Decision 766/QĐ-TTg, and each indicator scored 2, 1 or 0 by Circular 01/2018 Art 13
(reference sections 4.1 and 4.3). The limits themselves are data.
"""

from __future__ import annotations

from domain.refusals import LEDGER, NOTHING_OFFICIAL, Rule

D766 = "Decision 766/QĐ-TTg"
_ANSWERED = "reference section 4.1: complaints are answered, and on time"

VOICE_ONCE = Rule(
    "voice.received_once", "A voice is received once.", LEDGER, "one stream for each feedback or complaint"
)
VOICE_KNOWN = Rule(
    "voice.known",
    "Only what was received is passed on, answered or withdrawn.",
    LEDGER,
    "one stream for each feedback or complaint",
)
VOICE_OPEN = Rule(
    "voice.open", "What was answered or withdrawn goes no further.", NOTHING_OFFICIAL, _ANSWERED
)
VOICE_LIMIT_WHOLE = Rule(
    "voice.limit_whole",
    "The limit of a voice has an amount, a unit and a due date after its start, or none of them.",
    LEDGER,
    "a date is counted or unknown, never guessed",
)
VOICE_SAID_NOW = Rule(
    "voice.said_now",
    "Whoever says something themself says it now: an earlier day is stated by who received it.",
    LEDGER,
    "nobody makes their own complaint late",
)
VOICE_TO_ANOTHER = Rule(
    "voice.to_another_agency",
    "A voice is passed on from the agency that has to answer it to another one.",
    NOTHING_OFFICIAL,
    _ANSWERED,
)
VOICE_BY_SOMEBODY = Rule(
    "voice.withdrawn_by_somebody",
    "What nobody is named for is withdrawn by nobody: it is answered.",
    LEDGER,
    "an office does not withdraw what was said of it",
)
VOICE_TAKEN_BACK_FOR = Rule(
    "voice.withdrawn_with_a_reason",
    "An officer who withdraws a voice for whoever said it says why.",
    LEDGER,
    "an office does not withdraw without a word what was said of it",
)
VOICE_LIMIT_ORDER = Rule(
    "voice.limit_in_order",
    "A limit is for one kind, and replaces the one before from a later day on.",
    LEDGER,
    "limits for answering are data, which no text found gives",
)

# rating

RATE = Rule(
    "dossier.rate.only_ended",
    "A dossier is rated once its matter has ended: refused, withdrawn, stopped, completed or returned.",
    D766,
    "reference section 4.1, satisfaction",
)
RATE_SCORE = Rule(
    "dossier.rate.two_one_nought",
    "A rating is 2, 1 or 0.",
    "Circular 01/2018/TT-VPCP",
    "Art 13 (each indicator is scored 2, 1 or 0)",
)
RATE_PARTY = Rule(
    "dossier.rate.by_a_party",
    "A dossier is rated by its owner or its submitter.",
    D766,
    "reference section 4.1",
)
RATE_ONCE = Rule(
    "dossier.rate.once",
    "Each party rates a dossier once.",
    LEDGER,
    "one person's satisfaction is counted once",
)
