//! Whether a table `[target.'cfg(…)'.dependencies]` is for the target that is compiled for. What is
//! not known here counts as true, so that nothing is left out by mistake.

/// How deep expressions are looked into.
const DEEPEST: usize = 64;

/// What is known of the target.
#[derive(Debug, Default)]
pub(super) struct Target {
    triple: String,
    /// What the compiler was told besides: `tokio_unstable`.
    flags: Vec<String>,
    /// Empty for a target that is not known well enough.
    facts: Vec<(&'static str, String)>,
}

impl Target {
    /// The target with this triple, compiled for with these arguments.
    pub(super) fn new(triple: &str, args: &[String]) -> Self {
        let flags = args.windows(2).filter(|pair| pair.first().is_some_and(|arg| arg == "--cfg"));
        let flags = flags.filter_map(|pair| pair.get(1).cloned());
        let glued = args.iter().filter_map(|arg| arg.strip_prefix("--cfg=")).map(str::to_owned);
        let flags = flags.chain(glued).collect();
        Self { triple: triple.to_owned(), flags, facts: facts(triple).unwrap_or_default() }
    }

    /// Whether a table of dependencies under this name is for the target.
    pub(super) fn takes(&self, name: &str) -> bool {
        match name.strip_prefix("cfg(").and_then(|rest| rest.strip_suffix(')')) {
            Some(expression) => self.is_so(expression.trim(), DEEPEST).unwrap_or(true),
            None => self.triple.is_empty() || name == self.triple,
        }
    }

    /// The value of an expression, looked so deep into; `None` if it is not known.
    fn is_so(&self, expression: &str, deep: usize) -> Option<bool> {
        if let Some((name, inner)) = call(expression) {
            let deep = deep.checked_sub(1)?;
            let parts = parts(inner).into_iter().map(|part| self.is_so(part, deep));
            let parts: Vec<Option<bool>> = parts.collect();
            return match name {
                "all" if parts.contains(&Some(false)) => Some(false),
                "any" if parts.contains(&Some(true)) => Some(true),
                "all" if !parts.contains(&None) => Some(true),
                "any" if !parts.contains(&None) => Some(false),
                "not" => parts.first().copied().flatten().map(|value| !value),
                _ => None,
            };
        }
        if let Some((key, value)) = expression.split_once('=') {
            let (key, value) = (key.trim(), value.trim().trim_matches('"'));
            let mut known = self.facts.iter().filter(|(name, _)| *name == key).peekable();
            known.peek()?;
            return Some(known.any(|(_, fact)| fact == value));
        }
        match expression {
            "unix" | "windows" => {
                let family = self.facts.iter().find(|(name, _)| *name == "target_family")?;
                Some(family.1 == expression)
            }
            "debug_assertions" | "panic" | "overflow_checks" => None,
            flag => Some(self.flags.iter().any(|known| known == flag)),
        }
    }
}

/// What a triple says; `None` for one that is not known here.
fn facts(triple: &str) -> Option<Vec<(&'static str, String)>> {
    let words: Vec<&str> = triple.split('-').collect();
    let arch =
        match *words.first()? {
            "i586" | "i686" => "x86",
            known @ ("x86_64" | "aarch64" | "riscv64gc" | "s390x" | "powerpc64le" | "armv7"
            | "arm") => match known {
                "riscv64gc" => "riscv64",
                "powerpc64le" => "powerpc64",
                "armv7" => "arm",
                other => other,
            },
            _ => return None,
        };
    let last = *words.last()?;
    let (os, family) = match words.as_slice() {
        [_, _, "linux", ..] | [_, "linux", ..] if last.starts_with("android") => {
            ("android", "unix")
        }
        [_, _, "linux", ..] => ("linux", "unix"),
        [_, _, "windows", ..] => ("windows", "windows"),
        [_, _, "darwin", ..] => ("macos", "unix"),
        [_, _, "freebsd", ..] => ("freebsd", "unix"),
        _ => return None,
    };
    let env = ["gnu", "musl", "msvc"].into_iter().find(|env| last.starts_with(env)).unwrap_or("");
    let width = if matches!(arch, "x86" | "arm") { "32" } else { "64" };
    let mut facts = vec![
        ("target_arch", arch.to_owned()),
        ("target_os", os.to_owned()),
        ("target_family", family.to_owned()),
        ("target_env", env.to_owned()),
        ("target_pointer_width", width.to_owned()),
    ];
    if os == "macos" {
        facts.push(("target_vendor", "apple".to_owned()));
    }
    Some(facts)
}

/// `name(inner)`.
fn call(expression: &str) -> Option<(&str, &str)> {
    let (name, rest) = expression.split_once('(')?;
    Some((name.trim(), rest.trim_end().strip_suffix(')')?))
}

/// The parts between top-level commas.
fn parts(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_i32, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(list.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(list.get(start..).unwrap_or_default().trim());
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_for_other_targets_are_left_out_and_those_that_are_not_known_are_not() {
        let target = Target::new("x86_64-unknown-linux-gnu", &["--cfg".into(), "mine".into()]);
        for (name, takes) in [
            ("cfg(unix)", true),
            ("cfg(windows)", false),
            ("cfg(not(windows))", true),
            ("cfg(target_os = \"macos\")", false),
            ("cfg(any(target_os = \"linux\", target_os = \"android\"))", true),
            ("cfg(all(unix, not(target_os = \"linux\")))", false),
            ("cfg(all(target_arch = \"wasm32\", target_os = \"unknown\"))", false),
            ("cfg(tokio_unstable)", false),
            ("cfg(mine)", true),
            ("cfg(target_has_atomic = \"64\")", true),
            ("cfg(not(target_has_atomic = \"64\"))", true),
            ("x86_64-unknown-linux-gnu", true),
            ("x86_64-pc-windows-msvc", false),
        ] {
            assert_eq!(target.takes(name), takes, "{name}");
        }
    }

    #[test]
    fn of_a_target_that_is_not_known_everything_is_taken() {
        for triple in ["", "wasm32-unknown-unknown", "tiny"] {
            let target = Target::new(triple, &[]);
            assert!(target.takes("cfg(windows)") && target.takes("cfg(unix)"), "{triple}");
        }
        assert!(Target::new("aarch64-apple-darwin", &[]).takes("cfg(target_vendor = \"apple\")"));
        assert!(!Target::new("aarch64-linux-android", &[]).takes("cfg(target_os = \"linux\")"));
    }
}
