//! Days of the proleptic Gregorian calendar, without a time zone library: the learner's offset comes with the request.

const DAY_MS: i64 = 86_400_000;
/// Nobody stays offline longer than this: 60 days.
const BELIEVED_MS: i64 = 60 * DAY_MS;

/// An instant of somebody's clock as far as that clock is believable: not in the future, and not longer ago than somebody
/// stays offline. Unix milliseconds.
pub fn believed_ms(at_ms: i64, now_ms: i64) -> i64 {
    at_ms.clamp(now_ms.saturating_sub(BELIEVED_MS), now_ms)
}

/// Days since 1970-01-01 of an instant in local time. `offset_minutes`: to add to UTC.
pub fn local_day_number(at_ms: i64, offset_minutes: i32) -> i64 {
    at_ms.saturating_add(i64::from(offset_minutes) * 60_000).div_euclid(DAY_MS)
}

/// ISO 8601 date of a day number. After Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
pub fn iso_date(day_number: i64) -> String {
    let z = day_number.saturating_add(719_468);
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_calendar_over_leap_days_and_centuries() {
        for (day, date) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (19_782, "2024-02-29"),
            (19_783, "2024-03-01"),
            (20_640, "2026-07-06"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(iso_date(day), date, "{day}");
        }
    }

    #[test]
    fn the_local_day_begins_at_local_midnight() {
        let midnight_ms = 20_640 * DAY_MS;
        assert_eq!(local_day_number(midnight_ms - 1, 0), 20_639);
        assert_eq!(local_day_number(midnight_ms - 1, 1), 20_640);
        assert_eq!(local_day_number(midnight_ms, -1), 20_639);
    }
}
