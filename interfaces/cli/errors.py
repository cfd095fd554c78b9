"""Errors as sentences: what is wrong, where, and what to do. The one place where failure gets words.

What is not in here is a defect of ours, and is shown with its traceback (interfaces/cli/run.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout

from application.lookup import CalendarUnknown
from application.ports import LedgerError, Overloaded, Unavailable
from application.refusals import Refusal, Refused
from application.tlog_ports import TlogUnavailable
from interfaces import texts, wiring
from interfaces.cli.output import cell
from interfaces.doubt_texts import of_doubt
from interfaces.json_lines import Place
from interfaces.tokens import BadToken
from projections.shown import NotShownYet

ISSUE = "Issue one with `hoso tokens issue` and set HOSO_TOKEN to it."


class CommandError(Exception):
    """A command cannot go on; the text is the sentence. `code`: stable, for programs."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class InFile(Exception):
    """What is wrong stands in a file: where, and the error that says what. `pointer`: RFC 6901."""

    def __init__(self, path: Path, place: Place, pointer: str, error: Exception) -> None:
        super().__init__(f"{path}:{place.line}: {error}")
        self.path, self.place, self.pointer, self.error = path, place, pointer, error


@dataclass(frozen=True, slots=True)
class Told:
    """An error in words. `code`: stable, for programs; `details`: primitives without personal data."""

    code: str
    sentence: str
    details: Mapping[str, Any] = field(default_factory=dict)


def told(error: BaseException, language: texts.Language) -> Told | None:
    """The error as an operator reads it, or None for a defect of ours."""
    if isinstance(error, InFile):
        return _in_file(error, language)
    if isinstance(error, CommandError):
        return Told(error.code, str(error))
    if isinstance(error, Refusal):
        if error.code == "no_identity":
            return Told(error.code, f"This needs an identity, and HOSO_TOKEN is empty. {ISSUE}")
        sentence = _sentence(error).replace("?dossier=CODE", "--dossier CODE")  # as commands take it
        return Told(error.code, _in(language, error.code, sentence))
    if isinstance(error, Refused):
        return _refused(error, language)
    if isinstance(error, BadToken):
        return Told("bad_token", f"HOSO_TOKEN cannot be used: {error}. {ISSUE}")
    if isinstance(error, wiring.SAID_ALREADY):
        return Told(_code_of(error), " ".join(str(error).split()))
    if isinstance(error, LedgerError | NotShownYet):
        return _ledger(error)
    if isinstance(error, TlogUnavailable):
        return Told("tlog_unavailable", _sentence(error))
    if isinstance(error, CalendarUnknown):
        return Told("calendar_unknown", f"{_sentence(error)} Load it with `hoso calendar load`.")
    return _system(error)


def _in_file(error: InFile, language: texts.Language) -> Told | None:
    """`act.json:1234: ` before what is said of the error itself."""
    known = told(error.error, language)
    if known is None:
        return None
    line, column = error.place.line, error.place.column
    where = {"file": str(error.path), "line": line, "column": column, "pointer": error.pointer}
    prefix = f"{error.path}:{line}: "
    return Told(known.code, prefix + known.sentence.removeprefix(prefix), {**known.details, **where})


def _refused(error: Refused, language: texts.Language) -> Told:
    rule = error.rule
    says = texts.of_rule(rule.id, language)
    source = f" ({rule.act}, {rule.article})" if rule.official else ""
    about = ", ".join(
        f"{name} {_about(name, value, language)}"
        for name, value in error.details.items()
        if not _is_id(value)
    )
    sentence = f"Refused by the rule {rule.id}: {says.rstrip('.')}{source}{f' [{about}]' if about else ''}."
    return Told(rule.id, sentence, {"act": rule.act, "article": rule.article, **error.details})


def _about(name: str, value: Any, language: texts.Language) -> str:
    """Doubts of a limit in words; anything else as it is read."""
    if name == "doubts":
        return "; ".join(of_doubt(reason, language == "vi") for reason in value)
    return _read(value)


def _read(value: Any) -> str:
    """An instant as people read it; anything else as it is."""
    text = str(value)
    if len(text) < 20 or text[10] != "T":
        return text
    try:
        return f"{cell(datetime.fromisoformat(text))} in Vietnam"
    except ValueError:
        return text


def _is_id(value: Any) -> bool:
    """Ids stand in the details for programs; nobody reads them in a sentence."""
    try:
        return bool(UUID(str(value)))
    except ValueError:
        return False


def _ledger(error: LedgerError | NotShownYet) -> Told:
    if isinstance(error, Unavailable):
        text = f"{_capital(_first_line(error))}. Start the database, or correct HOSO_DATABASE_URL."
        return Told("database_unreachable", text)
    if isinstance(error, NotShownYet):
        text = f"{_sentence(error)} Is `hoso serve` or `hoso views run` at work?"
        return Told("not_shown_yet", text, {"position": error.position, "shown": error.shown})
    details = {"retry_after": error.retry_after} if isinstance(error, Overloaded) else {}
    return Told(_code_of(error), _sentence(error), details)


def _system(error: BaseException) -> Told | None:
    """What the database's driver or the operating system says."""
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        text = f"The database refuses this to our role: {_first_line(error)}. Run `hoso schema check`."
        return Told("database_rights", text)
    if isinstance(error, psycopg.OperationalError | PoolTimeout):
        text = f"The database cannot be reached: {_first_line(error)}."
        return Told("database_unreachable", f"{text} Start it, or correct HOSO_DATABASE_URL.")
    if isinstance(error, OSError) and error.filename:
        text = f"{error.filename}: {error.strerror or error}. Put that right, then run the command again."
        return Told("file", text)
    return None


def _in(language: texts.Language, code: str, sentence: str) -> str:
    """In Vietnamese the text of the code stands before the English detail."""
    if language == "en" or code not in texts.CODES:
        return sentence
    return f"{texts.sentence(texts.of_code(code, language))} {sentence}"


def _code_of(error: BaseException) -> str:
    """`FileProblem` becomes `file_problem`."""
    name = type(error).__name__.removesuffix("Error")
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _sentence(error: BaseException) -> str:
    text = _capital(" ".join(str(error).split()))
    return text if text.endswith(".") else text + "."


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
