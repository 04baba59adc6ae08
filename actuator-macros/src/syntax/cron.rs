//! Cron expressions as Spring writes them: enough of their syntax to say what is wrong while
//! compiling.

/// The macros, and what each would be in fields.
const MACROS: [&str; 7] =
    ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 8] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// A field: its name, its bounds, and its words, the first of which is the least value.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    words: &'static [&'static str],
}

const FIELDS: [Field; 6] = [
    Field { name: "second", least: 0, most: 59, words: &[] },
    Field { name: "minute", least: 0, most: 59, words: &[] },
    Field { name: "hour", least: 0, most: 23, words: &[] },
    Field { name: DAY_OF_MONTH, least: 1, most: 31, words: &[] },
    Field { name: "month", least: 1, most: 12, words: &MONTHS },
    Field { name: DAY_OF_WEEK, least: 0, most: 7, words: &DAYS },
];
const DAY_OF_MONTH: &str = "day of month";
const DAY_OF_WEEK: &str = "day of week";

/// All that is wrong with an expression, and what to write; nothing if it is one.
pub(crate) fn complaints(expression: &str) -> Vec<String> {
    let expression = expression.trim();
    if expression.starts_with('@') {
        let is_known = MACROS.iter().any(|known| known.eq_ignore_ascii_case(expression));
        let complaint = || format!("`{expression}` is no macro: known are {}", MACROS.join(", "));
        return if is_known { Vec::new() } else { vec![complaint()] };
    }
    let parts: Vec<&str> = expression.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        let meant = match parts.len() {
            5 => format!("0 {}", parts.join(" ")),
            _ => "0 0 3 * * MON-FRI".to_owned(),
        };
        return vec![format!(
            "a cron expression has 6 fields (second, minute, hour, day of month, month, day of \
             week), and this {}: `cron = \"{meant}\"`",
            parts.len()
        )];
    }
    FIELDS.iter().zip(parts).flat_map(|(field, text)| field.complaints(text)).collect()
}

impl Field {
    fn complaints(&self, text: &str) -> impl Iterator<Item = String> {
        let is_wrong = |part: &&str| !self.is_special(part) && !self.is_range_with_step(part);
        text.split(',').filter(is_wrong).map(|part| self.complaint(part))
    }

    fn complaint(&self, part: &str) -> String {
        let Self { name, least, most, words } = self;
        let words = match (words.first(), words.get(6)) {
            (Some(first), Some(_)) => format!(", {first} and the like"),
            _ => String::new(),
        };
        let special = match *name {
            DAY_OF_MONTH => ", ?, L, LW, 15W",
            DAY_OF_WEEK => ", ?, 5L, 5#2",
            _ => "",
        };
        format!(
            "`{part}` is no {name}: expected {least} to {most}{words}, *, a range such as \
             {least}-{most}, a step such as */2{special}, or several with commas"
        )
    }

    /// What is not a range: `?`, the last days, the nearest weekday, the second Friday.
    fn is_special(&self, part: &str) -> bool {
        let upper = part.to_ascii_uppercase();
        let is_value = |text: &str| self.value(text).is_some();
        match self.name {
            DAY_OF_MONTH => {
                matches!(upper.as_str(), "?" | "L" | "LW")
                    || upper.strip_suffix('W').is_some_and(is_value)
            }
            DAY_OF_WEEK => {
                let nth = upper.split_once('#');
                let is_nth = |nth: &str| matches!(nth, "1" | "2" | "3" | "4" | "5" | "L");
                upper == "?"
                    || upper.strip_suffix('L').is_some_and(is_value)
                    || nth.is_some_and(|(day, nth)| is_value(day) && is_nth(nth))
            }
            _ => false,
        }
    }

    fn is_range_with_step(&self, part: &str) -> bool {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let is_step =
            |step: &str| step.parse().is_ok_and(|step: u32| (1..=self.most).contains(&step));
        step.is_none_or(is_step) && self.is_range(range)
    }

    fn is_range(&self, range: &str) -> bool {
        if range == "*" {
            return true;
        }
        match range.split_once('-') {
            Some((from, to)) => {
                let (from, to) = (self.value(from), self.value(to));
                // A week that ends with SUN ends with 7.
                let to = to.map(|to| if self.name == DAY_OF_WEEK && to == 0 { 7 } else { to });
                from.zip(to).is_some_and(|(from, to)| from <= to)
            }
            None => self.value(range).is_some(),
        }
    }

    fn value(&self, text: &str) -> Option<u32> {
        let word = self.words.iter().position(|word| word.eq_ignore_ascii_case(text));
        let word = word.and_then(|at| u32::try_from(at).ok()).map(|at| at + self.least);
        let number = || text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok());
        let value = word.or_else(|| number().flatten())?;
        (self.least..=self.most).contains(&value).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn springs_expressions_are_known() {
        for good in [
            "0 0 3 * * MON-FRI",
            "*/10 * * * * *",
            "0 0/15 8-18 ? * 1,3,fri",
            "0 0 0 L * *",
            "0 0 0 LW * ?",
            "0 0 0 15W JAN-MAR ?",
            "0 0 0 ? * 5#2",
            "0 0 0 ? * MON#1",
            "0 0 0 * * FRIL",
            "0 0 0 * * SAT-SUN",
            "@daily",
            "@Midnight",
        ] {
            assert_eq!(complaints(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_the_field() {
        for (wrong, told) in [
            ("0 3 * * *", "has 6 fields"),
            ("0 3 * * *", "`cron = \"0 0 3 * * *\"`"),
            ("", "and this 0"),
            ("60 * * * * *", "`60` is no second: expected 0 to 59"),
            ("0 0 24 * * *", "`24` is no hour"),
            ("0 0 0 0 * *", "`0` is no day of month"),
            ("0 0 0 * 13 *", "`13` is no month"),
            ("0 0 0 * * MOON", "`MOON` is no day of week"),
            ("0 0 0 * * 5#6", "`5#6` is no day of week"),
            ("0 30-10 * * * *", "`30-10` is no minute"),
            ("0 */0 * * * *", "`*/0` is no minute"),
            ("? * * * * *", "`?` is no second"),
            ("0 , * * * *", "`` is no minute"),
            ("@fortnightly", "is no macro"),
        ] {
            let complaints = complaints(wrong);
            assert!(complaints[0].contains(told), "{wrong}: {complaints:?}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let complaints = complaints("0 61,99 3 * * MOON");
        let culprits = ["`61` is no minute", "`99` is no minute", "`MOON` is no day of week"];
        assert_eq!(complaints.len(), culprits.len(), "{complaints:?}");
        for (complaint, culprit) in complaints.iter().zip(culprits) {
            assert!(complaint.starts_with(culprit), "{complaint}");
        }
    }
}
