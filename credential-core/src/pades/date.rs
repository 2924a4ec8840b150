//! Dates of PDF documents: `D:20260203120000+02'00'` (ISO 32000-1, 7.9.4).

use chrono::{DateTime, FixedOffset, NaiveDate};

/// A date with its time and zone; what leaves the zone out says no point in time.
pub(super) fn read(text: &[u8]) -> Option<DateTime<FixedOffset>> {
    let text = std::str::from_utf8(text).ok()?.strip_prefix("D:")?;
    let part = |from: usize, length: usize| -> Option<u32> {
        let digits = text.get(from..from + length)?;
        let is_number = digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    };
    let year = i32::try_from(part(0, 4)?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, part(4, 2)?, part(6, 2)?)?;
    let moment = day.and_hms_opt(part(8, 2)?, part(10, 2)?, part(12, 2)?)?;
    moment.and_local_timezone(zone(text.get(14..)?)?).single()
}

fn zone(text: &str) -> Option<FixedOffset> {
    if text == "Z" {
        return FixedOffset::east_opt(0);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    let seconds = (hours * 60 + minutes) * 60;
    match text.chars().next()? {
        '+' => FixedOffset::east_opt(seconds),
        '-' => FixedOffset::west_opt(seconds),
        _ => None,
    }
}
