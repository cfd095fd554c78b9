"""What each act needs of whoever does it: one line per act.

`application.policy.allow` judges by these lines; an act that has none is nobody's to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

OWNER: Final = "owner"


@dataclass(frozen=True, slots=True)
class Grant:
    """What an act needs. `roles`: an officer's posting must have one of them. `holder`: it must be in the
    agency that holds the dossier, or in one of those that `allow` is given as having held it. `anywhere`:
    roles that no agency is asked of. `closing`: the officer whom an act names to close the agency's books
    may, until the part is closed. `citizen`: "party" lets the dossier's owner and submitter do it, "owner"
    (OWNER) the owner and whoever has a mandate of theirs in force, "self" a citizen about themself. `others`:
    further kinds of identity."""

    roles: frozenset[str] = frozenset()
    holder: bool = False
    citizen: str = ""
    others: frozenset[str] = field(default_factory=frozenset)
    anywhere: frozenset[str] = field(default_factory=frozenset)
    closing: bool = False


EVERY_ROLE = frozenset({"desk", "handler", "decider", "operator", "registrar", "importer", "auditor"})


def _grant(
    *roles: str,
    holder: bool = False,
    citizen: str = "",
    others: tuple[str, ...] = (),
    anywhere: tuple[str, ...] = (),
    closing: bool = False,
) -> Grant:
    return Grant(
        frozenset(roles) | frozenset(anywhere),
        holder,
        citizen,
        frozenset(others),
        frozenset(anywhere),
        closing,
    )


_DESK = _grant("desk", holder=True)
_HANDLER = _grant("handler", "decider", holder=True)
_DECIDER = _grant("decider", holder=True)
_OPERATOR = _grant("operator")
# What is needed before there is an officer who could do it, and looking at what was set up (decision 0006).
_REGISTRAR = _grant("registrar", others=("system",))
_READER = _grant("auditor", "operator", "registrar", others=("portal", "system"))

GRANTS: dict[str, Grant] = {
    # acts on a dossier
    "submit": _grant("desk", citizen="party", others=("portal",)),
    "open": _grant("desk"),  # without a submission, at the agency that receives
    "name-code": _grant("desk", "importer", others=("portal",)),
    "name-linked-group": _grant("desk", others=("portal",)),
    "accept": _DESK,
    "refuse-intake": _DESK,
    "arrive": _DESK,
    "assign": _grant("desk", "handler", "decider", holder=True),
    "forward": _grant("desk", "handler", "decider", holder=True),
    "take": _HANDLER,
    "request-supplement": _grant("desk", "handler", "decider", holder=True),
    "submit-supplement": _grant("desk", holder=True, citizen="party", others=("portal",)),
    "request-payment": _HANDLER,
    "charge": _grant("desk", "handler", "decider", holder=True),
    "confirm-payment": _grant("desk", holder=True, others=("portal",)),
    "consult": _HANDLER,
    "answer-consultation": _HANDLER,
    "begin-inspection": _HANDLER,
    "end-inspection": _HANDLER,
    "resume": _HANDLER,
    "record-lookup": _grant("desk", "handler", "decider", holder=True, others=("portal",)),
    "upload-component": _grant("desk", "handler", holder=True, citizen="party", others=("portal",)),
    "digitise-component": _grant("desk", "handler", "decider", holder=True),
    "reuse-component": _grant("desk", "handler", "decider", holder=True, citizen=OWNER, others=("portal",)),
    "check-component": _grant("desk", "handler", "decider", holder=True),
    "confirm-draft": _grant("desk", holder=True, citizen="party", others=("portal",)),
    "stop": _DECIDER,
    "time-passed": _DECIDER,
    "close": _DESK,
    "withdraw": _grant("desk", holder=True, citizen="party", others=("portal",)),
    "extend": _DECIDER,
    "apologise": _grant("desk", "decider", holder=True),
    "finish": _DECIDER,
    "issue-result": _DECIDER,
    "check-signature": _grant("desk", "handler", "decider", holder=True, others=("portal", "system")),
    "link-result": _grant("desk", "handler", "decider", holder=True),
    "return-result": _DESK,
    "recall": _DECIDER,
    "send-back": _grant("desk", "handler", "decider", holder=True),
    "correct": _grant("desk", "handler", "decider", holder=True),
    "rate": _grant(citizen="party", others=("portal",)),
    "receive-voice": _grant("desk", "handler", "decider", citizen="self", others=("portal",)),
    "pass-on-voice": _grant("desk", "handler", "decider", anywhere=("operator",)),
    "answer-voice": _grant("desk", "handler", "decider"),
    "withdraw-voice": _grant("desk", citizen="self", others=("portal",)),
    "read-voice": _grant("desk", "handler", "decider", citizen="self"),
    # linked groups
    "declare-linked": _grant("desk", others=("portal",)),
    "begin-linked-step": _grant("desk", others=("portal", "system")),
    "return-to-issuer": _grant("desk", "handler", "decider", holder=True, others=("portal",)),
    "verify-linked": _grant("handler", "decider", holder=True),
    # applicants
    "identify-citizen": _grant("desk", others=("portal", "system")),
    "change-citizen": _grant("desk", citizen="self", others=("portal",)),
    "give-mandate": _grant("desk", citizen="self", others=("portal",)),  # and end it
    "read-mandates": _grant("desk", "handler", "decider", citizen="self", others=("portal",)),
    "list-own-dossiers": _grant(citizen="self", others=("portal",)),
    "merge-citizens": _grant("registrar"),  # and separate them: it opens one's dossiers to the other
    "search-citizens": _grant("desk", "handler", "decider", others=("portal",)),
    "index-citizens": _REGISTRAR,
    # erasing them (docs/erasure.md): two officers, since what is erased never comes back
    "erase-citizen": _grant("registrar"),
    "read-erasures": _grant("registrar", "auditor"),
    "finish-erasures": _grant("registrar", "operator", others=("system",)),
    "place-hold": _grant("registrar", "auditor"),  # and lift it
    "load-retention": _grant("registrar"),
    "run-retention": _grant("registrar"),
    "verify-citizen": _grant("desk", others=("portal",)),
    "read-citizen": _grant("desk", "handler", "decider", holder=True, citizen="self"),
    "read-documents": _grant(
        "desk", "handler", "decider", holder=True, citizen="self", anywhere=("auditor",)
    ),
    "read-needed": _grant("desk", "handler", "decider", citizen="self", others=("portal",)),
    "read-readings": _grant(citizen="self", anywhere=("auditor",)),
    "withdraw-document": _grant("desk", "decider"),
    # territory, organisation, catalogue, import
    "load-units": _REGISTRAR,
    "load-agencies": _REGISTRAR,
    "load-officers": _REGISTRAR,
    "load-procedures": _REGISTRAR,
    "decide-limit": _grant("registrar"),
    "load-calendar": _REGISTRAR,
    "announce-outage": _grant("registrar"),
    "post-officer": _grant("registrar"),
    "end-posting": _grant("registrar"),
    "suspend-officer": _grant("registrar"),
    "reinstate-officer": _grant("registrar"),
    "set-absence": _grant("registrar"),
    "set-absence-own": _grant(*EVERY_ROLE),
    "delegate": _grant("registrar"),
    "delegate-own": _grant(*EVERY_ROLE),
    "name-key": _REGISTRAR,
    "withdraw-key": _grant("registrar"),
    "rename-unit": _grant("registrar"),
    "dissolve-unit": _grant("registrar"),
    "change-agency": _grant("registrar"),
    "dissolve-agency": _grant("registrar"),
    "import": _grant("importer"),
    "compare": _grant("importer", "auditor"),
    "move-clock": _grant("operator", "registrar", others=("system",)),
    # the log's name and keys (decision 0006: a ledger is opened, or opened again, before anybody is posted)
    "open-log": _grant("registrar", "operator", others=("system",)),
    "recover-log": _grant("registrar", "operator", others=("system",)),
    "rotate-log-key": _grant("registrar", "operator"),
    "withdraw-log-key": _grant("registrar", "operator"),
    "prune-log": _grant("registrar", "operator"),
    # handovers
    "draft-handover": _OPERATOR,
    "simulate-handover": _OPERATOR,
    "approve-handover": _OPERATOR,
    "schedule-handover": _OPERATOR,
    "cancel-handover": _OPERATOR,
    "rehearse-handover": _OPERATOR,
    "transfer-handover": _OPERATOR,
    "reconcile-handover": _OPERATOR,
    "place-dossier": _OPERATOR,
    "name-coordinator": _OPERATOR,
    "coordinate": _grant(*EVERY_ROLE),  # for whoever is named coordinator (application/coordinating.py)
    "read-coordination": _grant("operator", "auditor"),
    "remind-receivers": _OPERATOR,
    "report-obstacle": _grant(*EVERY_ROLE, closing=True),  # at the agency concerned
    "steer-obstacle": _OPERATOR,
    "list-papers": _grant("desk", closing=True),  # where the papers are, or the heir
    "check-papers": _grant("desk", holder=True),
    "read-papers": _grant(*EVERY_ROLE),
    "acknowledge-transfer": _grant("desk", "operator"),
    "refuse-transfer": _grant("desk", "operator"),
    "issue-certificate": _OPERATOR,
    "sign-handing": _grant(closing=True),
    "sign-receiving": _grant("decider", "operator"),
    "close-handover": _OPERATOR,
    "read-closing": _grant(anywhere=("operator", "auditor"), closing=True),
    "put-file": _grant("desk", "handler", "decider", citizen="self", others=("portal",)),
    "sweep-files": _grant("operator", others=("system",)),
    # reading
    "read-file": _grant("desk", "handler", "decider", holder=True, citizen=OWNER, anywhere=("auditor",)),
    "read-dossier": _grant(
        "desk", "handler", "decider", "operator", "auditor", citizen="party", others=("portal", "system")
    ),
    "read-history": _grant("desk", "handler", "decider", holder=True, citizen=OWNER, anywhere=("auditor",)),
    "read-queue": _grant(*EVERY_ROLE, others=("system",)),
    "read-officers": _grant(*EVERY_ROLE, others=("system",)),
    "read-handover": _grant(*EVERY_ROLE, others=("portal", "system")),
    "read-events": _READER,
    "read-views": _READER,
    "audit": _grant("auditor", "operator", others=("system",)),
    "read-flow": _grant("auditor", "operator", others=("system",)),
    "export": _grant("auditor"),
    "read-anomalies": _grant("auditor", "operator", others=("system",)),
}
