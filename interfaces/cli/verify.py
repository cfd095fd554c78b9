"""`hoso verify`: is it proven? The small program that an outsider runs: no database, no network, no settings,
nothing of a ledger is read or even loaded.

Exit codes: 0 proven · 1 not proven · 2 wrong usage, nothing was judged · 3 not checkable yet. Of several
proofs the worst counts: 1 before 3 before 0.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Literal

import typer

from application.proof_file import MOST_BYTES
from application.proof_trust import Trust, trust_of
from application.refusals import BadRequest
from application.verifying import NOT_PROVEN, NOT_YET, PROVEN, Tools, Verified, verify
from interfaces import proof_page
from interfaces.languages import LANGUAGES, Language
from interfaces.proof_answers import ANSWERS
from interfaces.proof_report import document_of, told, word
from interfaces.proof_words import reading, shown
from interfaces.sealed_fields import open_field
from interfaces.signatures import verify_note

CODES = {PROVEN: 0, NOT_PROVEN: 1, NOT_YET: 3}
MOST_KEY_FILE = 64 * 1024
STANDARD_INPUT = "-"
TOOLS = Tools(verify_note, open_field, reading, proof_page.page, proof_page.lines_of)


def run(
    files: Annotated[
        list[str],
        typer.Argument(
            help="Proof files, texts of QR codes (one line each, in any order), pages; - is standard input.",
            metavar="FILE...",
        ),
    ],
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="A key that you trust, of a log or a witness; a file with one on each line, or what the "
            "agency's /tlog/key answered. Repeatable.",
            metavar="VKEY",
        ),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="Whom you trust, as a file (C2SP tlog-policy): logs, witnesses and their quorum."),
    ] = None,
    lang: Annotated[
        Literal["vi", "en"] | None, typer.Option(help="One language; without it both.", metavar="vi|en")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")
    ] = False,
) -> None:
    """Check proofs, offline: proven, not proven (why), or not checkable yet (when)."""
    _readable_anywhere()
    trust = _trust(key or [], policy)
    found = verify([(name, _content(name)) for name in files], trust, TOOLS)
    answer = overall(found)
    if as_json:
        document = {"answer": answer, "proofs": [document_of(one) for one in found]}
        text = json.dumps(document, ensure_ascii=False, indent=2)
        # Half a letter, which JSON in a fact may name, is written as JSON names it.
        sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "backslashreplace"))
    else:
        languages: Sequence[Language] = LANGUAGES if lang is None else (lang,)
        for one in found:
            print("\n".join(told(one, languages)))
        print(_sentence(found, answer, languages))
    raise typer.Exit(CODES[answer])


def _readable_anywhere() -> None:
    """A terminal without Vietnamese letters shows question marks; the answer is said all the same."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _trust(keys: Sequence[str], policy: Path | None) -> Trust:
    named: list[str] = []
    documents: list[bytes] = []
    for each in keys:
        if not _is_file(each):
            named.append(each)
        elif (content := _read(each, "--key", MOST_KEY_FILE)).lstrip().startswith(b"{"):
            documents.append(content)
        else:
            lines = content.decode("utf-8", "replace").splitlines()
            named += [line for line in map(str.strip, lines) if line and not line.startswith("#")]
    asked = None if policy is None else _read(str(policy), "--policy", MOST_BYTES)
    try:
        return trust_of(named, asked, documents)
    except BadRequest as bad:
        hint = "--policy" if bad.code == "bad_policy" else "--key"
        raise typer.BadParameter(shown(str(bad)), param_hint=hint) from None


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _content(name: str) -> bytes:
    if name == STANDARD_INPUT:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    return _read(name, "FILE", MOST_BYTES)


def _read(name: str, hint: str, most: int) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as error:
        says = f"{name} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise typer.BadParameter(shown(says), param_hint=hint) from None


def overall(found: Sequence[Verified]) -> str:
    """The answer for all of them."""
    answers = {one.answer for one in found}
    return next((answer for answer in (NOT_PROVEN, NOT_YET) if answer in answers), PROVEN)


def _sentence(found: Sequence[Verified], answer: str, languages: Sequence[Language]) -> str:
    said = " / ".join(word(ANSWERS[answer], language) for language in languages)
    proven = sum(one.answer == PROVEN for one in found)
    return f"{said}: {proven}/{len(found)}."
