"""How far a part of a handover, or an amendment of it, has come."""

from __future__ import annotations

from collections.abc import Sized
from enum import StrEnum

APPROVALS = 2


class PartState(StrEnum):
    DRAFTED = "drafted"
    SIMULATED = "simulated"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    EFFECTIVE = "effective"
    TRANSFERRING = "transferring"
    TRANSFERRED = "transferred"
    RECONCILED = "reconciled"
    CLOSED = "closed"
    CANCELLED = "cancelled"


def draft_state(simulated: bool, approvals: Sized) -> PartState:
    """Of a version that is not scheduled."""
    if len(approvals) >= APPROVALS:
        return PartState.APPROVED
    return PartState.SIMULATED if simulated else PartState.DRAFTED
