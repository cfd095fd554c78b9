"""What an inspection looks for, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from interfaces.languages import LANGUAGES, Language

CHECKS: Final[dict[str, tuple[str, str]]] = {
    "recorded_late": ("Ghi nhận muộn so với lúc thực hiện", "recorded long after it was done"),
    "extended": ("Gia hạn ngày hẹn trả", "due date extended"),
    "asked_often": ("Yêu cầu bổ sung quá hai lần", "papers asked for more than twice"),
    "held_long": ("Hồ sơ nằm lâu ở một cơ quan", "held long at one agency"),
    "asked_for_held": ("Yêu cầu giấy tờ đã có", "asked for what was held"),
    "without_posting": (
        "Cán bộ không giữ vị trí công tác vào lúc đó",
        "by an officer without the posting at the time",
    ),
    "outside_hours": ("Thao tác ngoài giờ làm việc", "recorded outside office hours"),
    "rule_not_kept": ("Không tuân thủ quy định, đã ghi nhận", "on record although a rule was not kept"),
}


def of_check(check: str, language: Language) -> str:
    return CHECKS[check][LANGUAGES.index(language)]
