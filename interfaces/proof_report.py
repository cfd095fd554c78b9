"""What was found about a proof, as lines for people and as a document for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from application.verifying import PROVEN, Verified
from interfaces.languages import Language
from interfaces.proof_answers import ANSWERS, PROBLEMS, SIGNERS, WORDS
from interfaces.proof_words import moment, reading, rows, shown

MOST_FIELDS = 200


def told(one: Verified, languages: Sequence[Language]) -> Iterator[str]:
    """The lines for one proof."""
    answer = " / ".join(word(ANSWERS[one.answer], language) for language in languages)
    yield f"{', '.join(map(shown, one.names))}: {answer}"
    if one.problem:
        for language in languages:
            yield f"  {word(PROBLEMS[one.problem[0]], language)}."
        yield f"  [{one.problem[0]}] {shown(one.problem[1])}."
    if one.said is None:
        return
    if one.answer != PROVEN:
        yield from (f"  {word(WORDS['claimed'], language)}" for language in languages)
    for language in languages:
        yield from (f"  {label}: {text}" for label, text in rows(one.said, language))
    yield from _fields(one, languages)
    yield from _signed(one, languages)
    yield from _later(one, languages)


def _fields(one: Verified, languages: Sequence[Language]) -> Iterator[str]:
    assert one.said is not None
    yield "  " + " / ".join(word(WORDS["content"], language) for language in languages)
    sealed = {field.path for field in one.said.sealed}
    listed = [line for line in leaves(one.said.data, "data") if not _within(line[0], sealed)]
    for path, value in listed[:MOST_FIELDS]:
        yield f"    {shown(path)}: {shown(value)}"
    for opened in one.opened:
        how = "opened" if opened.text is not None else "sealed"
        says = " / ".join(word(WORDS[how], language) for language in languages)
        text = f'"{shown(opened.text)}" ' if opened.text is not None else ""
        yield f"    {shown(opened.path)}: {text}({says})"


def _signed(one: Verified, languages: Sequence[Language]) -> Iterator[str]:
    if one.checkpoint is None:
        return
    words = {name: " / ".join(word(WORDS[name], language) for language in languages) for name in WORDS}
    checkpoint = one.checkpoint
    root = checkpoint.root.hex()
    yield f"  {words['log']}: {shown(checkpoint.origin)}, {words['size']}: {checkpoint.size:,}"
    yield f"  {words['root']}: {root}"
    for signed in one.signed:
        who = " / ".join(word(SIGNERS[signed.by], language) for language in languages)
        at = f", {moment(signed.at, languages[-1])}" if signed.at else ""
        yield f"  {words['signed']}: {shown(signed.name)}+{signed.key_id} ({who}{at})"
    if one.answer == PROVEN:
        yield f"  {words['quorum' if one.quorum else 'no_policy']}"


def _later(one: Verified, languages: Sequence[Language]) -> Iterator[str]:
    if one.pledge is None or one.said is None:
        return
    said, pledge = one.said, one.pledge
    where = "where_position" if said.code is None or not said.topic.startswith("dossier.") else "where"
    for language in languages:
        yield f"  {word(WORDS['when'], language)} {moment(pledge.by, language)}."
        named = {"code": shown(said.code or ""), "version": said.version, "position": said.position}
        yield f"  {word(WORDS[where], language).format(**named)}."
        if pledge.by < datetime.now(UTC):
            yield f"  {word(WORDS['overdue'], language)}"


def word(pair: tuple[str, str], language: Language) -> str:
    """Vietnamese or English."""
    return pair[0] if language == "vi" else pair[1]


def leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The members of a fact's JSON, one by one."""
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from leaves(member, f"{path}.{name}")
    elif isinstance(value, list) and value:
        for number, member in enumerate(value):
            yield from leaves(member, f"{path}.{number}")
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)


def _within(path: str, sealed: set[str]) -> bool:
    return any(path.startswith(f"{one}.") for one in sealed)


# As JSON


def document_of(one: Verified) -> dict[str, Any]:
    """One proof's answer for programs. `says` is proven only where `answer` is `proven`."""
    document: dict[str, Any] = {"files": list(one.names), "form": one.form, "answer": one.answer}
    document["problem"] = {"code": one.problem[0], "message": one.problem[1]} if one.problem else None
    document["says"] = _says(one)
    if one.checkpoint is not None:
        document["checkpoint"] = {
            "origin": one.checkpoint.origin,
            "size": one.checkpoint.size,
            "root": one.checkpoint.root.hex(),
        }
        document["signatures"] = [
            {"name": s.name, "key_id": s.key_id, "by": s.by, "at": s.at.isoformat() if s.at else None}
            for s in one.signed
        ]
        document["quorum"] = one.quorum
    if one.pledge is not None:
        document["checkable_from"] = one.pledge.by.isoformat()
        document["origin"] = one.pledge.origin
    return document


def _says(one: Verified) -> dict[str, Any] | None:
    said = one.said
    if said is None:
        return None
    return {
        "code": said.code,
        "topic": said.topic,
        "stream": str(said.stream),
        "version": said.version,
        "position": said.position,
        "recorded_at": said.recorded_at.isoformat(),
        "occurred_at": said.occurred_at.isoformat(),
        "agency": {"name": said.agency, "identifier": said.agency_identifier, "is": said.agency_is},
        "procedure": said.procedure,
        "promised": said.promised.isoformat() if said.promised else None,
        "promised_by_version": said.promised_by,
        "data": said.data,
        "personal": {opened.path: opened.text for opened in one.opened},
        "reading": {language: list(lines) for language, lines in reading(said).items()},
    }
