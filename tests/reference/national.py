"""The sixteen sample procedures of the reference on dossiers (section 3.10) as the national list has them,
and the second code of one page: facts of the national portal as of July 2026, texts shortened to what they
say of time and money."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.procedure import Procedure
from infra.national_list import Listed, read_national
from tests.domain.situations import by

SAMPLE = Path(__file__).parent / "national_sample"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "procedures"


@cache
def sample() -> dict[str, Listed]:
    return {listed.code: listed for listed in read_national(SAMPLE)}


def published(code: str, **changed: Any) -> Procedure:
    """A sample procedure, published from the beginning."""
    procedure = Procedure.empty(UUID(int=int(code.replace(".", ""))))
    version = {"valid_from": None, **sample()[code].version, **changed}
    procedure.publish(by(), code=code, number=1, **version)
    return procedure
