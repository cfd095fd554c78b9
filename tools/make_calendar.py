"""Write infra/reference/calendar.json: days off and worked Saturdays of 2015 to 2027 (development time).

    python -m venv calendar-env && calendar-env/bin/pip install holidays==0.109
    calendar-env/bin/python tools/make_calendar.py

Source: holidays 0.109 (PyPI, MIT, named in NOTICE), its data for Vietnam. Two things it does not say plainly:

- a day off that is "substituted from" a Saturday makes that Saturday a working day; one before the first year
  (27 December 2014) is not written;
- 2 January 2026 was off and Saturday 10 January 2026 worked, by letter 12729/VPCP-KGVX of 25 December 2025,
  after the package's data; both are added with the day from which they were known.

From 2027 on the days are a forecast: swaps and the second day of the National Day are decided year by year.
Where `known_from` is null it is not known when the day became known. Saturdays and Sundays are listed only
when they are holidays or worked; the weekly rest of an agency is the agency's own matter.
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import holidays

TARGET = Path(__file__).resolve().parent.parent / "infra" / "reference" / "calendar.json"
YEARS = range(2015, 2028)
FIRST_FORECAST = 2027
SUBSTITUTED = re.compile(r"\(thay cho ngày (\d\d)/(\d\d)/(\d{4})\)")
LATE_SWAP = (date(2026, 1, 2), date(2026, 1, 10), date(2025, 12, 25))  # off, worked, known

Day = dict[str, Any]


def days_by_year() -> tuple[dict[int, list[Day]], dict[int, list[Day]]]:
    """Return the days off and the worked days of each year, unsorted."""
    vietnamese = holidays.country_holidays("VN", years=YEARS, language="vi")
    english = holidays.country_holidays("VN", years=YEARS, language="en_US")
    off: dict[int, list[Day]] = {year: [] for year in YEARS}
    worked: dict[int, list[Day]] = {year: [] for year in YEARS}
    for day, name in vietnamese.items():
        off[day.year].append(day_off(day, name, english[day], None))
        if found := SUBSTITUTED.search(name):
            saturday = date(int(found[3]), int(found[2]), int(found[1]))
            if saturday.year in worked:
                worked[saturday.year].append(worked_day(saturday, day, None))
    rest, saturday, known = LATE_SWAP
    if rest in vietnamese:
        raise SystemExit("The package knows 2 January 2026 now; take the exception out of this script.")
    names = (
        f"Ngày nghỉ (thay cho ngày {saturday:%d/%m/%Y})",
        f"Day off (substituted from {saturday:%m/%d/%Y})",
    )
    off[rest.year].append(day_off(rest, *names, known))
    worked[saturday.year].append(worked_day(saturday, rest, known))
    return off, worked


def day_off(day: date, name_vi: str, name_en: str, known: date | None) -> Day:
    known_from = known.isoformat() if known else None
    return {"date": day.isoformat(), "name_vi": name_vi, "name_en": name_en, "known_from": known_from}


def worked_day(day: date, instead_of: date, known: date | None) -> Day:
    known_from = known.isoformat() if known else None
    return {"date": day.isoformat(), "instead_of": instead_of.isoformat(), "known_from": known_from}


def main() -> None:
    off, worked = days_by_year()
    years = [
        {
            "year": year,
            "forecast": year >= FIRST_FORECAST,
            "days_off": sorted(off[year], key=lambda day: str(day["date"])),
            "worked_days": sorted(worked[year], key=lambda day: str(day["date"])),
        }
        for year in YEARS
    ]
    source = "holidays 0.109 (PyPI, MIT); 2 and 10 January 2026 by 12729/VPCP-KGVX"
    content = {"format": "hoso.calendar.v1", "country": "VN", "source": source, "years": years}
    TARGET.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{sum(map(len, off.values()))} days off and {sum(map(len, worked.values()))} worked days written.")


if __name__ == "__main__":
    main()
