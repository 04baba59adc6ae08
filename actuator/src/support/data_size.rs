//! Sizes in the spelling of Spring's settings: `10MB` is 10 × 1024 × 1024 bytes.

/// Bytes, from a number with or without one of the units B, KB, MB, GB, TB (or KiB and so on,
/// which are the same). The error says what is
/// accepted.
pub fn parse_data_size(text: &str) -> Result<u64, String> {
    let accepted = || "expected a size such as 10485760, 512KB or 10MB".to_owned();
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end).ok_or_else(accepted)?;
    let shift = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "KB" | "KIB" => 10,
        "MB" | "MIB" => 20,
        "GB" | "GIB" => 30,
        "TB" | "TIB" => 40,
        _ => return Err(accepted()),
    };
    let number: u64 = number.parse().map_err(|_| accepted())?;
    number.checked_mul(1 << shift).ok_or_else(accepted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_a_unit() {
        for (text, bytes) in
            [("10MB", 10_485_760), ("7", 7), ("1 kb", 1024), ("2TB", 2 << 40), ("3MiB", 3 << 20)]
        {
            assert_eq!(parse_data_size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "MB", "-1", "1XB", "99999999999TB"] {
            assert!(parse_data_size(bad).is_err(), "{bad}");
        }
    }
}
