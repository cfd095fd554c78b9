"""The audit of who acted: every fact of an officer names a posting that was the officer's own, or delegated
to the officer, and stood when the fact was recorded.

Judged while the log is read in its order, against the organisation as known just then: what was ended later
takes nothing back. A decision is made a little before it is recorded, so a posting that ended within the last
minutes still counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from application.audit_findings import Findings
from application.organisation import Organisation
from domain.facts import Envelope, Fact, Recorded

GRACE = timedelta(minutes=10)


def check_posting(recorded: Recorded[Fact], organisation: Organisation, findings: Findings) -> None:
    """`organisation`: as known before this fact."""
    envelope = recorded.fact.envelope
    if envelope.actor.kind != "officer" or envelope.posting_id is None:
        return
    if any(posted(envelope, organisation, recorded.recorded_at - ago) for ago in (timedelta(0), GRACE)):
        return
    findings.add(
        "posting",
        f"position {recorded.position} is by {envelope.actor.id} through a posting that was neither theirs"
        " nor delegated to them then",
        position=recorded.position,
        stream=recorded.fact.originator_id,
    )


def posted(envelope: Envelope, organisation: Organisation, at: datetime) -> bool:
    """Whether the posting through which an officer acts was theirs, or delegated to them, at an instant."""
    try:
        officer = UUID(envelope.actor.id)
    except ValueError:
        return False
    return any(posting.posting_id == envelope.posting_id for posting, _ in organisation.acting(officer, at))
