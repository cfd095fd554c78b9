"""Which read takes which time: one line for every route that reads. docs/time-travel.md says it to people,
and a test holds both, and the routes' own parameters, against this.

What is a single object or a small register is read from the log as of then. A list of many comes from a read
model, which shows what is so now: docs/decisions/0022-lists-as-of-then.md.
"""

from __future__ import annotations

from typing import Final

VALID, KNOWN = "valid_at", "known_at"
BOTH: Final = (VALID, KNOWN)
AS_OF: Final = {
    "/v1/dossiers/{code:path}": BOTH,
    "/v1/dossiers/{code:path}/history": BOTH,
    "/v1/dossiers/{code:path}/control-slip": BOTH,
    "/v1/dossiers/{code:path}/holder": BOTH,
    "/v1/units": BOTH,
    "/v1/units/{code}": BOTH,
    "/v1/units/{code}/heirs": BOTH,
    "/v1/agencies": BOTH,
    "/v1/agencies/{identifier}/keys": (KNOWN,),
    "/v1/officers": BOTH,
    "/v1/procedures": BOTH,
    "/v1/procedures/{code}": BOTH,
    "/v1/procedures/{code}/papers": BOTH,
    "/v1/procedure-doubts": BOTH,
    "/v1/citizens/{id}": BOTH,
    "/v1/citizens/{id}/mandates": BOTH,
    "/v1/citizens/{id}/documents": BOTH,
    "/v1/citizens/{id}/documents/{document}": BOTH,
    "/v1/handovers": BOTH,
    "/v1/handovers/{id}": BOTH,
    "/v1/linked-groups/{id}": (KNOWN,),
    "/v1/anomalies": (KNOWN,),
}
"""Read from the log, as of then."""

REPLAY: Final = "`hoso replay --to POSITION --keep` makes its tables as of then, to be read with SQL"
SHOWN_NOW: Final = {
    "/v1/dossiers": REPLAY,
    "/v1/queues/{agency}": REPLAY,
    "/v1/views/{name}": REPLAY,
    "/v1/citizens/{id}/dossiers": REPLAY,
    "/v1/linked-groups": REPLAY,
    "/v1/voice": REPLAY,
    "/v1/handovers/{id}/queue": REPLAY,
    "/v1/handovers/{id}/silent": REPLAY,
    "/v1/handovers/{id}/obstacles": REPLAY,
    "/v1/handovers/{id}/parts/{part}/papers": REPLAY,
    "/v1/handovers/{id}/parts/{part}/papers/boxes": REPLAY,
    "/v1/handovers/{id}/parts/{part}/closings/{agency}": REPLAY,
    "/v1/on-time": "`hoso on-time --from DAY --until DAY --known-at POSITION` makes it as of then",
    "/v1/flow": "`hoso flow --from DAY --until DAY --known-at POSITION` counts it from the log",
}
"""Read from a read model: what to do instead."""

NO_TIME: Final = frozenset(
    (
        "/v1/events",  # by position
        "/v1/schemas",
        "/v1/schemas/{topic}",
        "/v1/dossiers/{code:path}/facts/{number}/proof",  # of one fact, for ever the same
        "/v1/facts/{position}/proof",
        "/v1/dossiers/{code:path}/files/{file}",  # the bytes of its name
        "/v1/citizens/{id}/documents/{document}/content",
        "/v1/citizens/{id}/documents/{document}/readings",  # in order, each with its time
        "/v1/handovers/{id}/parts/{part}/certificate",  # what is signed; each signature with its time
        "/v1/handovers/{id}/parts/{part}/lateness",  # of what a part moved at its hour, by all that is known
        "/v1/handovers/{id}/compare",  # what was promised, beside what came
        "/v1/track/{code:path}",  # for who asks at the desk: how far it is
        "/v1/voice/{id}",  # texts of what is answered now; its list says when
        "/v1/views",  # how far they are
        "/healthz",
        "/readyz",
        "/metrics",
        "/",
        "/docs",
        "/tlog/checkpoint",  # the log: by size and index
        "/tlog/{number}/checkpoint",
        "/tlog/tile/entries/{index:path}",
        "/tlog/{number}/tile/entries/{index:path}",
        "/tlog/tile/{level}/{index:path}",
        "/tlog/{number}/tile/{level}/{index:path}",
        "/tlog/minimum",
        "/tlog/{number}/minimum",
        "/tlog/key",
    )
)
"""What has no other time: nothing of it changes, it says its times itself, or it is about now."""
