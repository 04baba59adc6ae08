//! The table of deliberate differences, `docs/differences.md`: read, applied, and held to be true.

use std::{fs, path::Path};

use super::comparison::Mismatch;

/// The rows of the table.
pub struct Differences {
    rows: Vec<Row>,
}

struct Row {
    line: usize,
    /// Globs over `4.1.0/health/get`, and whether a case was forgiven by them.
    cases: Vec<(String, bool)>,
    /// Globs over aspects of mismatches, and whether one was forgiven.
    aspects: Vec<(String, bool)>,
}

impl Differences {
    /// Reads the rows below the heading `## Table`.
    pub fn read() -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/differences.md");
        let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        Self::parse(&text)
    }

    fn parse(text: &str) -> Self {
        let rows = text
            .lines()
            .enumerate()
            .skip_while(|(_, line)| *line != "## Table")
            .filter(|(_, line)| line.starts_with("| `"))
            .map(|(index, line)| Row::parse(index + 1, line))
            .collect();
        Self { rows }
    }

    /// Whether the table has this mismatch of the case.
    pub fn has(&mut self, case: &str, mismatch: &Mismatch) -> bool {
        let mut found = false;
        for row in &mut self.rows {
            let aspects =
                row.aspects.iter_mut().filter(|(aspect, _)| glob(aspect, &mismatch.aspect));
            let aspects: Vec<_> = aspects.collect();
            if aspects.is_empty() {
                continue;
            }
            let mut matched = false;
            for (_, used) in row.cases.iter_mut().filter(|(pattern, _)| glob(pattern, case)) {
                *used = true;
                matched = true;
            }
            if matched {
                for (_, used) in aspects {
                    *used = true;
                }
                found = true;
            }
        }
        found
    }

    /// What the table says and no case showed.
    pub fn stale(&self) -> Vec<String> {
        let mut stale = Vec::new();
        for row in &self.rows {
            for (what, _) in row.cases.iter().chain(&row.aspects).filter(|(_, used)| !used) {
                stale.push(format!(
                    "docs/differences.md:{}: `{what}` matches no difference; remove it",
                    row.line
                ));
            }
        }
        stale
    }
}

impl Row {
    fn parse(line: usize, text: &str) -> Self {
        let mut cells = text.trim_matches('|').split('|').map(str::trim);
        let mut list = |what: &str| -> Vec<(String, bool)> {
            let cell =
                cells.next().unwrap_or_else(|| panic!("docs/differences.md:{line}: no {what}"));
            cell.split(',').map(|item| (item.trim().trim_matches('`').to_owned(), false)).collect()
        };
        let (cases, aspects) = (list("cases"), list("aspects"));
        let rest: Vec<_> = cells.collect();
        assert!(
            rest.len() == 3 && rest.iter().all(|cell| !cell.is_empty()),
            "docs/differences.md:{line}: a row is | cases | differs in | Spring | here | why |"
        );
        Self { line, cases, aspects }
    }
}

/// `*` is any text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            (0..=text.len())
                .filter(|at| text.is_char_boundary(*at))
                .any(|at| glob(rest, &text[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mismatch(aspect: &str) -> Mismatch {
        Mismatch { aspect: aspect.to_owned(), what: String::new() }
    }

    #[test]
    fn a_row_forgives_its_cases_in_its_aspects_only() {
        let text = "| `not/yet` | body | a | b | c |\n## Table\n\n| Cases | Differs in |\n|---|---|\n\
            | `*/logfile/f26-*`, `x/y` | status, accept | a | b | c |\n";
        let mut table = Differences::parse(text);
        assert!(table.has("4.1.0/logfile/f26-get", &mismatch("status")));
        assert!(!table.has("4.1.0/logfile/f26-get", &mismatch("body")));
        assert!(!table.has("4.1.0/logfile/get", &mismatch("status")));
        assert_eq!(
            table.stale(),
            [
                "docs/differences.md:6: `x/y` matches no difference; remove it",
                "docs/differences.md:6: `accept` matches no difference; remove it"
            ]
        );
    }

    #[test]
    #[should_panic(expected = "a row is | cases | differs in | Spring | here | why |")]
    fn a_row_without_a_reason_is_refused() {
        Differences::parse("## Table\n| `a` | body | x | y | |\n");
    }
}
