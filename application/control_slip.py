"""The control slip of a dossier (phiếu kiểm soát quá trình giải quyết): who handed it to whom, and whether
that one took it, step by step, made from its history and from nothing else (reference section 3.5).

Handing and taking are two facts. A hand to an agency is taken when that agency says that it arrived, or gives
it to somebody; one to an officer when that officer takes it or acts on it. What is handed on, called back or
given to somebody else before that is over without having been taken.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from application.history import History

Json = dict[str, Any]

TO_AGENCY: Final = (
    "dossier.forwarded",
    "dossier.sent_back",
    "dossier.recalled",
    "handover.dossier_handed_over",
)
ASSIGNED: Final = "dossier.assigned"
TAKES: Final = ("dossier.arrived", "dossier.taken", "handover.dossier_acknowledged")
OTHERS: Final = (
    "dossier.submitted",
    "dossier.opened",
    "dossier.imported",
    "dossier.consulted",
    "dossier.consultation_answered",
    "dossier.intake_refused",
    "dossier.withdrawn",
    "dossier.stopped",
    "dossier.finished",
    "dossier.result_returned",
)
STEPS: Final = frozenset((*TO_AGENCY, ASSIGNED, *TAKES, *OTHERS))
OPEN, TAKEN, OVER = "open", "taken", "over"


def control_slip(found: History) -> list[Json]:
    """One line per step, by position: position, at, step (the fact's name), from_agency, to_agency (who is
    asked, or has it afterwards), by (the actor), to_officer, and of a hand `state` with taken_at and
    taken_by: `taken`, `over` (no longer that one's to take) or `open`."""
    lines: list[Json] = []
    hands = _Hands()
    for entry in found.entries:
        name = entry["type"].rpartition(".v")[0]
        hands.see(name, entry)
        if name in STEPS:
            line = _line(name, entry)
            lines.append(line)
            hands.add(name, line)
    return lines


def _line(name: str, entry: Json) -> Json:
    data = entry["data"]
    return {
        "position": entry["position"],
        "at": data.get("effective_at") or entry["occurred_at"],
        "step": name.partition(".")[2],
        "from_agency": data.get("from_agency") or entry["acting_agency"],
        "to_agency": data.get("to_agency") or data.get("agency") or entry["holder"],
        "by": entry["actor"],
        "to_officer": data.get("officer"),
        "state": OPEN if name in TO_AGENCY or name == ASSIGNED else None,
        "taken_at": None,
        "taken_by": None,
    }


class _Hands:
    """The last hand to an agency and the last to an officer, while they wait to be taken."""

    def __init__(self) -> None:
        self._agency: Json | None = None
        self._officer: Json | None = None

    def see(self, name: str, entry: Json) -> None:
        """Whether a fact takes what was handed."""
        receiver = entry["data"].get("agency") or entry["holder"]
        if self._agency and name in (ASSIGNED, *TAKES) and receiver == self._agency["to_agency"]:
            _take(self._agency, entry["occurred_at"], entry["actor"])
            self._agency = None
        if self._officer and name.startswith("dossier.") and _is(self._officer["to_officer"], entry["actor"]):
            _take(self._officer, entry["occurred_at"], entry["actor"])
            self._officer = None

    def add(self, name: str, line: Json) -> None:
        """A step after which something else waits."""
        if name in TO_AGENCY:
            _let_go(self._officer, self._agency)
            self._agency, self._officer = line, None
        elif name in (ASSIGNED, "dossier.taken"):
            _let_go(self._officer)
            self._officer = line if name == ASSIGNED else None
            if name == ASSIGNED and _is(line["to_officer"], line["by"]):
                _take(line, line["at"], line["by"])
                self._officer = None


def _is(officer: Any, actor: Json) -> bool:
    return bool(actor["id"] == str(officer))


def _take(hand: Json, at: datetime, by: Json) -> None:
    hand.update(state=TAKEN, taken_at=at, taken_by=by)


def _let_go(*hands: Json | None) -> None:
    for hand in hands:
        if hand is not None:
            hand["state"] = OVER
