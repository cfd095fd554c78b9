"""What a citizen learns by the code on the slip, in Vietnamese and English, before the hour and after it."""

from __future__ import annotations

from dataclasses import dataclass

from application.policy import Identity
from interfaces.demo.api import Api, ok


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `desks`: where the public is sent; `holder`: what the applicant sees after sign-in."""

    status: dict[str, str]
    desks: tuple[str, ...]
    holder: str
    due: str | None


async def look(api: Api, code: str, owner: str) -> Look:
    """As anybody with the code, and as the applicant."""
    status: dict[str, str] = {}
    desks: tuple[str, ...] = ()
    for language in ("vi", "en"):
        tracked = ok("the look-up", await api.get(None, f"/v1/track/{code}", language=language))
        status[language] = tracked["degree_of_completion"]["text"]
        desks = tuple(f"{d['name']}, {d['address']}" for d in tracked["desks"])
    state = ok("the dossier", await api.get(Identity("applicant", owner), f"/v1/dossiers/{code}"))
    due = state["due"]["at"] if state["due"] else None
    return Look(status, desks, state["holder"]["agency"], due)
