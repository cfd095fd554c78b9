"""Read the national list of procedures as it is: a folder with tthc_procedures.csv and tthc_channels.csv,
packed (.csv.gz) or not.

Each procedure comes out as a version that can be published, with what the list does not say left unknown:
components, results, terms and the place that decides. The first fault raises FileProblem.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from infra.national_doubts import (
    DISTRICT,
    RUN_TOGETHER,
    UNITS,
    amount_in,
    doubts_of,
    in_order,
    several_limits,
    told_apart,
)
from infra.procedure_documents import CODE_FORM
from infra.reference_input import FileProblem, table_rows

PROCEDURES, CHANNELS = "tthc_procedures.csv", "tthc_channels.csv"
PROCEDURE_COLUMNS = (
    *("code", "name", "field", "level", "kind", "decision_no", "subjects", "executor_detail_page"),
    *("issuer_list", "executor_list", "n_channels", "n_document_lines", "portal_url", "agency_folder"),
    "source",
)
CHANNEL_COLUMNS = (
    *("code", "channel", "time_value", "time_unit", "time_flag", "fee_text", "fee_value", "fee_currency"),
    "description",
)
CHANNEL_WORDS = {"Trực tiếp": "counter", "Trực tuyến": "online", "Dịch vụ bưu chính": "post"}
LEVEL_WORDS = {
    "Cấp bộ": "ministry",
    "Cấp tỉnh": "province",
    "Cấp huyện": "district",
    "Cấp xã": "commune",
    "Cơ quan khác": "other",
}
DECIDING = ("province", "commune")
DONG = ("Việt Nam Đồng", "VNĐ")
FREE = "Miễn phí"
MOST_VND = 10**12
"""No fee is more: a larger number is a fault of the list."""
MAX_CASE = 120  # characters of a case's text
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_MONEY = re.compile(r"(\d{1,3}(?:[.,]\d{3})+|\d+)\s*(?:đồng|đ\b|vnđ|việt nam đồng)", re.IGNORECASE)
_NOT_PLAIN = re.compile(
    r"phí|đồng|hội đồng nhân dân|tối đa|/\s*(trang|bản|tờ|hồ sơ|lần|người)", re.IGNORECASE
)
_PER_PART = re.compile(r"hội đồng nhân dân|tối đa|/\s*(trang|bản|tờ|m2|km|ha|người)|%", re.IGNORECASE)

Row = Mapping[str, str]


class Listed(NamedTuple):
    """One procedure of the list. `version`: the fields of a version; `rows`: each as listed: channel, amount
    (text), unit (empty: none), together (time and fee), fee (text), working_days (the text counts in them),
    doubts; `district`: somewhere a district is named; `shares_page`: its page is that of other codes too."""

    code: str
    version: dict[str, Any]
    rows: tuple[dict[str, Any], ...]
    district: bool
    shares_page: bool


def is_national(path: Path) -> bool:
    """Whether a folder has the two tables."""
    return path.is_dir() and all(_table(path, name) is not None for name in (PROCEDURES, CHANNELS))


def read_national(path: Path) -> Iterator[Listed]:
    """Every procedure, by code. A code that comes a second time, a channel or level that is not known, or a
    row of no procedure is refused."""
    rows, first = _rows(path)
    procedures: dict[str, Row] = {}
    table = _table(path, PROCEDURES) or path / PROCEDURES
    for line, row in table_rows(table, PROCEDURE_COLUMNS):
        _texts(table, line, row)
        code = row["code"]
        if not re.fullmatch(CODE_FORM, code):
            raise FileProblem(table, line, f"{code[:40]!r} is no procedure code.")
        if code in procedures:
            raise FileProblem(table, line, f"procedure {code}: the code stands already above.")
        _levels(table, line, row["level"])
        procedures[code] = row
    if unknown := next((code for code in rows if code not in procedures), None):
        raise FileProblem(
            _table(path, CHANNELS) or path,
            first[unknown],
            f"{unknown[:40]} stands in no row of {PROCEDURES}.",
        )
    if not procedures:
        raise FileProblem(table, None, "the table has no procedure under its first line.")
    pages = Counter(row["portal_url"] for row in procedures.values() if row["portal_url"])
    for code in sorted(procedures):
        shares = pages[procedures[code]["portal_url"]] > 1
        yield _listed(procedures[code], rows.get(code, []), shares)


def _table(path: Path, name: str) -> Path | None:
    return next((path / n for n in (f"{name}.gz", name) if (path / n).is_file()), None)


def _rows(path: Path) -> tuple[dict[str, list[Row]], dict[str, int]]:
    """The rows of each code, and the line where it stands first."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    first: dict[str, int] = {}
    table = _table(path, CHANNELS) or path / CHANNELS
    for line, row in table_rows(table, CHANNEL_COLUMNS):
        _texts(table, line, row)
        _known(table, line, "channel", row["channel"], CHANNEL_WORDS)
        if row["time_unit"]:
            _known(table, line, "unit", row["time_unit"], UNITS)
        found[row["code"]].append(row)
        first.setdefault(row["code"], line)
    return found, first


def _texts(table: Path, line: int, row: Row) -> None:
    """Refuse a cell that cannot be recorded as text."""
    for column, value in row.items():
        if found := _NO_TEXT.search(value):
            code = f"U+{ord(found.group()):04X}"
            raise FileProblem(table, line, f"{column} has the character {code}, which no text has.")


def _known(table: Path, line: int, what: str, word: str, words: Iterable[str]) -> None:
    if word not in words:
        known = ", ".join(words)
        raise FileProblem(table, line, f"the {what} {word[:40]!r} is not known; known are: {known}.")


def _levels(table: Path, line: int, text: str) -> None:
    for word in text.split(", "):
        _known(table, line, "level", word, LEVEL_WORDS)


def _listed(row: Row, rows: Sequence[Row], shares: bool) -> Listed:
    levels = tuple(LEVEL_WORDS[word] for word in row["level"].split(", "))
    district = any(DISTRICT in value.lower() for value in row.values())
    doubts = [doubts_of(one, code_disagrees=shares, district_named=district) for one in rows]
    lines = tuple(line for channel in CHANNEL_WORDS for line in _lines(channel, rows, doubts))
    several = {channel for channel in CHANNEL_WORDS if several_limits(_of(channel, rows))}
    version = {
        "name": row["name"],
        "field": row["field"],
        "decision_no": row["decision_no"],
        "level": levels[0] if len(levels) == 1 and levels[0] in DECIDING else None,
        "levels": levels,
        "place_basis": None,
        "channels": lines,
        "components": (),
        "results": (),
        "terms": {},
        "source": row["source"],
        "origin": {
            "levels": "sourced",
            "page": row["portal_url"],
            "kind": row["kind"],
            "issuer": row["issuer_list"],
        },
    }
    told = tuple(
        {
            "channel": CHANNEL_WORDS[one["channel"]],
            "amount": one["time_value"],
            "unit": UNITS.get(one["time_unit"], ""),
            "together": one["time_flag"] == RUN_TOGETHER,
            "fee": one["fee_text"],
            "working_days": "ngày làm việc" in one["description"].lower(),
            "doubts": in_order(reasons, several=one["channel"] in several),
        }
        for one, reasons in zip(rows, doubts, strict=True)
    )
    somewhere = district or any(DISTRICT in one["description"].lower() for one in rows)
    return Listed(row["code"], version, told, somewhere, shares)


def _of(channel: str, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["channel"] == channel]


def _lines(channel: str, rows: Sequence[Row], doubts: Sequence[set[str]]) -> Iterator[dict[str, Any]]:
    """The lines of one channel: one without a case, or cases by what each row says of itself, or numbered
    as they are listed where the texts do not say. Rows that are wholly the same are one."""
    own: list[tuple[Row, set[str]]] = []
    for row, reasons in zip(rows, doubts, strict=True):
        if row["channel"] == channel and all(row != other for other, _ in own):
            own.append((row, reasons))
    alone = [row for row, _ in own]
    cases = _cases(alone)
    several = several_limits(alone)
    for (row, reasons), case in zip(own, cases, strict=True):
        limit = _limit(row)
        yield {
            "channel": CHANNEL_WORDS[channel],
            "case": case,
            "limit_amount": limit[0] if limit else None,
            "limit_unit": limit[1] if limit else None,
            "fee_vnd": _fee(row),
            "doubts": in_order(reasons, several=several),
            "listed_time": row["time_value"] or row["time_flag"] or None,
            "listed_unit": row["time_unit"] or None,
            "listed_fee": row["fee_text"] or None,
            "text": row["description"] or None,
        }


def _cases(rows: Sequence[Row]) -> list[str | None]:
    if len(rows) < 2:
        return [None] * len(rows)
    texts = [_short(row["description"]) for row in rows]
    if told_apart(rows) and len(set(texts)) == len(texts):
        return list(texts)
    return [str(number) for number in range(1, len(rows) + 1)]


def _short(text: str) -> str:
    plain = " ".join(text.split()).lstrip("-+*•. ")
    return plain if len(plain) <= MAX_CASE else plain[: MAX_CASE - 1].rstrip() + "…"


def _limit(row: Row) -> tuple[int, str] | None:
    amount, unit = amount_in(row["time_value"]), row["time_unit"]
    return (amount, UNITS[unit]) if amount is not None and unit in UNITS else None


def _fee(row: Row) -> int | None:
    """In VND where the list gives one plain amount, or says that it is free and the text does not speak of
    money; unknown where the text leaves it to somebody, counts by parts or has other amounts."""
    text, value = row["description"], row["fee_value"]
    if row["fee_text"] == FREE:
        return None if _NOT_PLAIN.search(text) else 0
    if row["fee_currency"] not in DONG or not (value.isascii() and value.isdigit()):
        return None
    others = {int(re.sub(r"[.,]", "", amount)) for amount in _MONEY.findall(text)} - {int(value)}
    too_much = int(value) > MOST_VND
    return None if others or too_much or _PER_PART.search(text) else int(value)
