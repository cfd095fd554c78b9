"""A proven fact in words, from what the application reads in it: the lines of the file and of the page.

Deterministic and versioned with `interfaces.proof_texts`: whoever verifies makes them again and compares them
letter by letter.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from application.proof_file import Reading
from application.proof_reading import ACTING, HOLDING, LOCAL_TIME, RECEIVING, Said, base
from interfaces.languages import LANGUAGES, Language
from interfaces.proof_texts import FACTS

LABELS: dict[str, tuple[str, str]] = {
    "code": ("Mã số hồ sơ", "Dossier code"),
    "fact": ("Sự kiện", "Fact"),
    ACTING: ("Cơ quan thực hiện", "Agency that acted"),
    HOLDING: ("Cơ quan giữ hồ sơ", "Agency that holds it"),
    RECEIVING: ("Cơ quan nhận", "Agency that receives it"),
    "procedure": ("Thủ tục", "Procedure"),
    "recorded_at": ("Ghi vào sổ cái lúc", "Recorded at"),
    "occurred_at": ("Thực hiện lúc", "Done at"),
    "promised": ("Ngày hẹn trả", "Promised date"),
    "promised_by": ("Ngày hẹn trả, theo sự kiện số", "Promised date, by fact no."),
    "place": ("Vị trí trong sổ cái", "Position in the ledger"),
    "number": ("Sự kiện số", "Fact no."),
}
BEYOND = "\ufffd"
"""For a time that is in no calendar of Vietnam: the first and the last hours that UTC can tell."""
NOBODY_OF = ("không thuộc hồ sơ nào", "of no dossier")


def reading(said: Said) -> Reading:
    """The lines of both languages. Raises nothing: what cannot be shown is replaced."""
    return {language: [f"{label}: {text}" for label, text in rows(said, language)] for language in LANGUAGES}


def rows(said: Said, language: Language) -> list[tuple[str, str]]:
    """Label and text of each line."""
    at = 0 if language == "vi" else 1
    found = [
        ("code", shown(said.code) if said.code is not None else NOBODY_OF[at]),
        ("fact", fact_name(said.topic, language)),
    ]
    if said.agency is not None and said.agency_is is not None:
        found.append((said.agency_is, f"{shown(said.agency)} ({shown(said.agency_identifier or '')})"))
    if said.procedure is not None:
        found.append(("procedure", shown(said.procedure)))
    found += [("recorded_at", moment(said.recorded_at, language))]
    found += [("occurred_at", moment(said.occurred_at, language))]
    if said.promised is not None and said.promised_by is None:
        found.append(("promised", day_of(said.promised, language)))
    elif said.promised is not None:
        found.append(("promised_by", f"{said.promised_by}: {day_of(said.promised, language)}"))
    found += [("number", f"{said.version} ({said.stream})"), ("place", str(said.position))]
    return [(LABELS[name][at], text) for name, text in found]


def fact_name(topic: str, language: Language) -> str:
    """What happened; a topic that has no words yet stands for itself."""
    vi, en = FACTS.get(base(topic), (shown(topic), shown(topic)))
    return vi if language == "vi" else en


def moment(instant: datetime, language: Language) -> str:
    """Date and time in Vietnam, to the second."""
    try:
        local = instant.astimezone(LOCAL_TIME)
    except OverflowError:
        return BEYOND
    if language == "vi":
        return f"{local:%H:%M:%S} ngày {local:%d/%m/%Y} (giờ Việt Nam)"
    return f"{local:%Y-%m-%d %H:%M:%S} (Vietnam, UTC+7)"


def day_of(due: datetime, language: Language) -> str:
    """A due date, which is exclusive: the last day, or the instant where it does not end with a day."""
    try:
        local, last = due.astimezone(LOCAL_TIME), (due - timedelta(days=1)).astimezone(LOCAL_TIME)
    except OverflowError:
        return BEYOND
    if (local.hour, local.minute, local.second, local.microsecond) != (0, 0, 0, 0):
        return moment(due, language)
    return f"hết ngày {last:%d/%m/%Y}" if language == "vi" else f"{last:%Y-%m-%d}, the whole day"


def shown(text: str) -> str:
    """A recorded text on a screen or a page: letters that command, turn or hide what is read are replaced."""
    return "".join("\ufffd" if unicodedata.category(letter)[0] == "C" else letter for letter in text)
