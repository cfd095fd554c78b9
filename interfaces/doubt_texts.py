"""Why a published limit is in doubt, in Vietnamese and English: see `domain.procedure_facts.REASONS`."""

from __future__ import annotations

from typing import Final

from interfaces.texts import Language

DOUBTS: Final[dict[str, tuple[str, str]]] = {
    "unit_missing": ("có số mà không có đơn vị thời gian", "a number without a unit"),
    "not_whole": ("số không nguyên hoặc bằng 0", "a number that is not whole, or 0"),
    "unit_contradicted": ("đơn vị khác với phần diễn giải", "the text has the number in another unit"),
    "number_contradicted": ("số khác với phần diễn giải", "the text has another number"),
    "counted_otherwise": (
        "phần diễn giải tính theo đơn vị khác và không có số này",
        "the text counts in another unit, and has not this number",
    ),
    "time_and_fee": ("thời gian và phí viết liền nhau", "time and fee stand run together"),
    "district_named": ("nêu cấp huyện, cấp này không còn", "it names a district, which no longer exists"),
    "code_disagrees": ("một trang ghi dưới nhiều mã", "the page is listed under several codes"),
    "several_limits": (
        "một hình thức có nhiều thời hạn không phân biệt được",
        "several limits in one channel that nothing tells apart",
    ),
    "case_not_named": (
        "hồ sơ không nêu trường hợp mà mỗi trường hợp có thời hạn khác",
        "no case is named, and the cases have different limits",
    ),
}

UNITS: Final = {
    "working_day": "ngày làm việc",
    "calendar_day": "ngày",
    "hour": "giờ",
    "working_hour": "giờ làm việc",
    "month": "tháng",
}
CHANNELS: Final = {"counter": "trực tiếp", "online": "trực tuyến", "post": "bưu chính"}


def of_doubt(reason: str, vietnamese: bool) -> str:
    """The reason in words; one that is not known here stays as it is written."""
    return DOUBTS.get(reason, (reason, reason))[0 if vietnamese else 1]


def columns(language: Language) -> tuple[str, ...]:
    """Of the table of limits in doubt."""
    if language == "vi":
        return ("Mã", "Phiên bản", "Hình thức", "Trường hợp", "Công bố", "Nghi vấn", "Diễn giải")
    return ("Code", "Version", "Channel", "Case", "Listed", "Doubt", "Text")


def to_decide(limits: int, procedures: int, language: Language) -> str:
    """How much is left to decide."""
    if language == "vi":
        left = f"{limits:,} thời hạn của {procedures:,} thủ tục cần quyết định."
        return left if limits else "Không có thời hạn nào còn nghi vấn."
    left = f"{_count(limits, 'limit')} of {_count(procedures, 'procedure')} to decide."
    return left if limits else "No limit is in doubt."


def decided(
    code: str, version: int, channel: str, amount: int | None, unit: str | None, language: Language
) -> str:
    """What was decided of one limit."""
    said = amount_of(amount, unit, language)
    if language == "vi":
        return f"{code} phiên bản {version}, {CHANNELS.get(channel, channel)}: {said}."
    return f"{code} version {version}, {channel}: {said}."


def decided_before(language: Language) -> str:
    """That exactly this was decided already, and nothing was recorded."""
    return "Trước đây đã quyết định đúng như vậy." if language == "vi" else "Decided exactly so before."


def amount_of(amount: int | None, unit: str | None, language: Language) -> str:
    """A limit, or that there is none."""
    if language == "vi":
        return f"{amount} {UNITS.get(unit or '', unit)}" if amount else "không có thời hạn"
    return f"{amount} {unit}" if amount else "no limit"


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"
