//! Measured variants side by side.

/// The middle one of several measurements.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints one row for each variant, with its ratio to the first.
pub fn print(title: &str, unit: &str, rows: &[(&str, f64)]) {
    let base = rows.first().map_or(f64::NAN, |(_, value)| *value);
    println!("\n{title:<58} {unit:>14}  ratio");
    for (name, value) in rows {
        println!("{name:<58} {value:>14.1}  {:>5.2}", value / base);
    }
}
