//! Profile expressions: `prod`, `!prod`, `prod & (eu | us)`, as in Spring.

/// How deep parentheses may stand in each other.
const MAX_DEPTH: usize = 32;

/// Whether an expression is true, given which profiles are. The error says what is accepted.
pub fn is_true(expression: &str, is_active: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let mut reader = Reader { rest: expression, is_active };
    let value = reader.either(0)?;
    if reader.peek().is_some() { Err(accepted()) } else { Ok(value) }
}

fn accepted() -> String {
    "expected names of profiles with !, &, | and parentheses around whatever mixes & and |"
        .to_owned()
}

struct Reader<'e> {
    rest: &'e str,
    is_active: &'e dyn Fn(&str) -> bool,
}

impl Reader<'_> {
    /// Operands with `&` or with `|` between them; both only with parentheses.
    fn either(&mut self, depth: usize) -> Result<bool, String> {
        let mut value = self.operand(depth)?;
        let mut operator = None;
        while let Some(found @ ('&' | '|')) = self.peek() {
            if operator.is_some_and(|before| before != found) {
                return Err(accepted());
            }
            operator = Some(found);
            self.accept(found);
            let next = self.operand(depth)?;
            value = if found == '&' { value & next } else { value | next };
        }
        Ok(value)
    }

    fn operand(&mut self, depth: usize) -> Result<bool, String> {
        if depth > MAX_DEPTH {
            return Err(accepted());
        }
        if self.accept('!') {
            return Ok(!self.operand(depth + 1)?);
        }
        if self.accept('(') {
            let value = self.either(depth + 1)?;
            return if self.accept(')') { Ok(value) } else { Err(accepted()) };
        }
        self.rest = self.rest.trim_start();
        let end = self.rest.find(['!', '&', '|', '(', ')']).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end).unwrap_or(("", ""));
        let name = name.trim_end();
        if name.is_empty() {
            return Err(accepted());
        }
        self.rest = rest;
        Ok((self.is_active)(name))
    }

    fn peek(&self) -> Option<char> {
        self.rest.trim_start().chars().next()
    }

    fn accept(&mut self, wanted: char) -> bool {
        match self.rest.trim_start().strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(expression: &str) -> Result<bool, String> {
        is_true(expression, &|name| matches!(name, "prod" | "eu"))
    }

    #[test]
    fn expressions_are_true_as_in_spring() {
        for (expression, expected) in [
            ("prod", true),
            (" prod ", true),
            ("dev", false),
            ("!dev", true),
            ("!!prod", true),
            ("prod & eu", true),
            ("prod&us", false),
            ("dev | eu", true),
            ("prod & (eu | us)", true),
            ("!prod & (eu | us)", false),
            ("(dev | prod) & !(us & eu)", true),
        ] {
            assert_eq!(holds(expression), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        let deep = "(".repeat(100_000);
        for bad in ["", " ", "!", "a &", "& a", "a | b & c", "(a", "a)", "()", "a (b)", &deep] {
            assert!(holds(bad).is_err(), "{}", bad.get(..20).unwrap_or(bad));
        }
    }

    proptest! {
        #[test]
        fn no_expression_panics(expression in "[a-c!&|() ]{0,40}") {
            let _ = holds(&expression);
        }
    }
}
