//! Measured variants side by side.

/// The middle one of several measurements.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints one row for each variant, with its ratio to the first.
pub fn print(title: &str, unit: &str, rows: &[(&str, f64)]) {
    let rows: Vec<_> = rows.iter().map(|(name, value)| (*name, vec![*value])).collect();
    print_columns(title, &[unit], &rows);
}

/// Prints one row for each variant, with several figures, and the ratio of the last of them to that
/// of the first row.
pub fn print_columns(title: &str, columns: &[&str], rows: &[(&str, Vec<f64>)]) {
    let last = |row: &[f64]| row.last().copied().unwrap_or(f64::NAN);
    let base = rows.first().map_or(f64::NAN, |(_, row)| last(row));
    print!("\n{title:<58}");
    for column in columns {
        print!(" {column:>14}");
    }
    println!("  ratio");
    for (name, row) in rows {
        print!("{name:<58}");
        for figure in row {
            print!(" {figure:>14.1}");
        }
        println!("  {:>5.2}", last(row) / base);
    }
}
