//! Names of time zones: those of the IANA database, and offsets.

use super::nearest::nearest;

/// All names of the database, one in a line.
const NAMES: &str = include_str!("zones.txt");

/// Whether the name is one; else what to write.
pub(crate) fn check(name: &str) -> Result<(), String> {
    let name = name.trim();
    let is_named = NAMES.lines().any(|known| known.eq_ignore_ascii_case(name));
    if is_named || name == "Z" || is_offset(name) {
        return Ok(());
    }
    let meant = nearest(name, NAMES.lines()).unwrap_or("Europe/Zurich");
    Err(format!("`{name}` is no known time zone: `zone = \"{meant}\"`"))
}

/// `+02:00`, `-0330`, `+01`.
fn is_offset(name: &str) -> bool {
    let Some(digits) = name.strip_prefix(['+', '-']) else { return false };
    let digits = digits.replacen(':', "", 1);
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let hours = digits.get(..2).and_then(|hours| hours.parse::<u8>().ok());
    let minutes = digits.get(2..).filter(|minutes| !minutes.is_empty());
    let minutes = minutes.map_or(Some(0), |minutes| minutes.parse::<u8>().ok());
    is_digits
        && matches!(digits.len(), 2 | 4)
        && hours.is_some_and(|hours| hours <= 23)
        && minutes.is_some_and(|minutes| minutes <= 59)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_name_or_offset() {
        for zone in ["Europe/Zurich", "UTC", "Z", "+02:00", "-0330", "+01", "America/New_York"] {
            assert_eq!(check(zone), Ok(()), "{zone}");
        }
        for wrong in ["", "CH", "+2", "+25:00", "+01:60", "Mars/Olympus", "+0200x"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_misspelt_zone_is_told_the_right_one() {
        let told = check("Europe/Zuerich").unwrap_err();
        assert!(told.ends_with("`zone = \"Europe/Zurich\"`"), "{told}");
    }
}
