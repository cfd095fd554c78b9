"""That a version of a procedure was promulgated (công bố) and publicly posted (công khai): what is recorded
beside the version on the procedure's stream, and changes nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from domain.facts import Category, Fact

MINISTRY, PROVINCE = "ministry", "province"
ISSUERS = (MINISTRY, PROVINCE)


@dataclass(frozen=True, kw_only=True)
class ProcedurePromulgated(Fact):
    """The decision that promulgates a version. `issuer`: whose decision it is; `in_force_on`: the day on
    which the law that lays the procedure down enters into force; `shortened`: that law was made in the
    shortened procedure. Days are local."""

    TOPIC: ClassVar[str] = "procedure.promulgated.v1"
    CATEGORY: ClassVar[int] = Category.PROCEDURE

    version: int
    decision_no: str
    issuer: str
    decided_on: date
    in_force_on: date
    shortened: bool


@dataclass(frozen=True, kw_only=True)
class ProcedurePosted(Fact):
    """The version was entered into the national database of procedures and stands there for everybody to
    read, from this local day on."""

    TOPIC: ClassVar[str] = "procedure.posted.v1"
    CATEGORY: ClassVar[int] = Category.PROCEDURE

    version: int
    posted_on: date
