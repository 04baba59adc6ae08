//! The typed values of arguments. Asking for one makes its key known.

use std::time::Duration;

use proc_macro2::Span;
use quote::ToTokens;
use syn::{
    Expr, ExprLit, ExprRange, ExprUnary, Lit, Path, RangeLimits, UnOp, ext::IdentExt,
    spanned::Spanned,
};

use super::{Arg, Args, list_of};
use crate::syntax::{duration, nearest::nearest};

impl Args {
    /// A text, and where it stands.
    pub(crate) fn string(&mut self, key: &'static str) -> Option<(String, Span)> {
        let value = self.required_value(key, "\"…\"")?;
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &value {
            return Some((text.value(), text.span()));
        }
        let message = format!("expected a text: `{key} = {}`", quoted(&value));
        self.problems.push_on(&value, message);
        None
    }

    /// Whether a switch is on: `key`, or `key = true`.
    pub(crate) fn flag(&mut self, key: &'static str) -> bool {
        let Some(arg) = self.ask(key) else { return false };
        match arg.value.clone() {
            None => true,
            Some(Expr::Lit(ExprLit { lit: Lit::Bool(on), .. })) => on.value,
            Some(other) => {
                let message = format!("expected `{key}` or `{key} = false`");
                self.problems.push_on(other, message);
                false
            }
        }
    }

    /// `true` or `false`, spelt out.
    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let value = self.required_value(key, "false")?;
        if let Expr::Lit(ExprLit { lit: Lit::Bool(said), .. }) = &value {
            return Some(said.value);
        }
        let meant = text_of(&value).parse().unwrap_or(false);
        let message = format!("expected `true` or `false`: `{key} = {meant}`");
        self.problems.push_on(&value, message);
        None
    }

    /// A whole number of at least `least`.
    pub(crate) fn count(&mut self, key: &'static str, least: u32) -> Option<u32> {
        let value = self.required_value(key, "3")?;
        if let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = &value
            && let Some(number) = number.base10_parse().ok().filter(|number| *number >= least)
        {
            return Some(number);
        }
        let meant = text_of(&value).trim().parse().unwrap_or(0).max(least);
        let message =
            format!("expected a whole number from {least} to {}: `{key} = {meant}`", u32::MAX);
        self.problems.push_on(&value, message);
        None
    }

    /// A value as a setting would have it, and where it stands: `3`, `-0.5`, `true`, `"2s"`.
    pub(crate) fn literal(&mut self, key: &'static str) -> Option<(String, Span)> {
        let value = self.required_value(key, "\"2s\"")?;
        let text = match &value {
            Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => {
                digits(expr).map(|digits| format!("-{digits}"))
            }
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            Expr::Lit(ExprLit { lit: Lit::Bool(said), .. }) => Some(said.value.to_string()),
            other => digits(other),
        };
        if text.is_none() {
            let message = format!(
                "expected a number, `true`, `false`, or a text as a setting has it: \
                 `{key} = {}`",
                quoted(&value)
            );
            self.problems.push_on(&value, message);
        }
        Some((text?, value.span()))
    }

    /// How many there may be: `1..=64`, `1..` or `..=64`.
    pub(crate) fn range(&mut self, key: &'static str) -> Option<(Option<usize>, Option<usize>)> {
        let value = self.required_value(key, "1..=64")?;
        let bound = |bound: &Option<Box<Expr>>| match bound.as_deref().map(digits) {
            None => Some(None),
            Some(digits) => digits?.parse().ok().map(Some),
        };
        let is_closed = |range: &ExprRange| {
            matches!(range.limits, RangeLimits::Closed(_)) || range.end.is_none()
        };
        let bounds = match &value {
            Expr::Range(range) if is_closed(range) => bound(&range.start).zip(bound(&range.end)),
            _ => None,
        };
        let bounds =
            bounds.filter(|(least, most): &(Option<usize>, Option<usize>)| match (least, most) {
                (Some(least), Some(most)) => least <= most,
                (None, None) => false,
                _ => true,
            });
        if bounds.is_none() {
            let message = format!("expected a range of whole numbers: `{key} = 1..=64`");
            self.problems.push_on(&value, message);
        }
        bounds
    }

    /// A list of texts, and where each of them stands.
    pub(crate) fn texts(&mut self, key: &'static str) -> Option<Vec<(String, Span)>> {
        self.lists.push(key);
        let value = self.required_value(key, "[\"…\"]")?;
        let Expr::Array(list) = &value else {
            let message = format!("expected a list of texts: `{key} = {}`", as_list(&value));
            self.problems.push_on(&value, message);
            return None;
        };
        if list.elems.is_empty() {
            self.problems
                .push_on(list, format!("`{key}` is empty: remove it, or say what is in it"));
        }
        let mut texts = Vec::new();
        for element in &list.elems {
            if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = element {
                texts.push((text.value(), text.span()));
            } else {
                let message = format!("expected a text: `{}`", quoted(element));
                self.problems.push_on(element, message);
            }
        }
        Some(texts)
    }

    /// A duration with its unit (`"2s"`), and where it stands.
    pub(crate) fn duration(&mut self, key: &'static str) -> Option<(Duration, Span)> {
        let value = self.required_value(key, "\"2s\"")?;
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &value
            && let Some(duration) = duration::parse(&text.value())
        {
            return Some((duration, text.span()));
        }
        let message = match &value {
            Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
                format!("a duration needs its unit: `{key} = \"{}s\"`", number.base10_digits())
            }
            _ => format!("expected {}: `{key} = \"2s\"`", duration::EXPECTED),
        };
        self.problems.push_on(&value, message);
        None
    }

    /// A duration as [`Self::duration`] reads it, or a text that settings complete (`${…}`), whose
    /// duration is not known here; as it is written, and where it stands.
    pub(crate) fn duration_text(
        &mut self,
        key: &'static str,
    ) -> Option<(String, Option<Duration>, Span)> {
        let text = match self.find(key).and_then(|arg| arg.value.as_ref()) {
            Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => text.value(),
            _ => String::new(),
        };
        if text.contains("${") {
            return self.string(key).map(|(text, place)| (text, None, place));
        }
        self.duration(key).map(|(duration, place)| (text, Some(duration), place))
    }

    /// One word out of a fixed choice (`git = full`; in quotes too).
    pub(crate) fn choice<'c>(&mut self, key: &'static str, choices: &[&'c str]) -> Option<&'c str> {
        let first = choices.first().copied().unwrap_or_default();
        let value = self.required_value(key, first)?;
        let word = match &value {
            Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        }
        .unwrap_or_default();
        if let Some(choice) = choices.iter().find(|choice| **choice == word) {
            return Some(choice);
        }
        let meant = nearest(&word, choices.iter().copied()).unwrap_or(first);
        let message =
            format!("expected one of {}, for example `{key} = {meant}`", list_of(choices));
        self.problems.push_on(&value, message);
        None
    }

    /// A path (`crate = ::path::to`; in quotes too).
    pub(crate) fn path(&mut self, key: &'static str) -> Option<Path> {
        let value = self.required_value(key, "::path")?;
        let parsed = match &value {
            Expr::Path(path) if path.qself.is_none() => Some(path.path.clone()),
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                text.parse_with(Path::parse_mod_style).ok()
            }
            _ => None,
        };
        if parsed.is_none() {
            self.problems.push_on(&value, format!("expected a path: `{key} = ::path`"));
        }
        parsed
    }

    /// A type (`on = Shop`), and nothing else.
    pub(crate) fn type_(&mut self, key: &'static str) -> Option<syn::Type> {
        let value = self.required_value(key, "Type")?;
        let parsed = syn::parse2(value.to_token_stream());
        if parsed.is_err() {
            self.problems.push_on(&value, format!("expected a type: `{key} = Type`"));
        }
        parsed.ok()
    }

    pub(super) fn find(&self, key: &str) -> Option<&Arg> {
        self.given.iter().find(|arg| arg.key.unraw() == key)
    }

    fn ask(&mut self, key: &'static str) -> Option<&Arg> {
        self.known.push(key);
        self.find(key)
    }

    pub(super) fn required_value(&mut self, key: &'static str, example: &str) -> Option<Expr> {
        let arg = self.ask(key)?;
        if let Some(value) = &arg.value {
            return Some(value.clone());
        }
        let place = arg.key.span();
        self.problems.push(place, format!("`{key}` needs a value: `{key} = {example}`"));
        None
    }
}

/// The digits of a number.
fn digits(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            number.base10_parse::<u128>().ok().map(|number| number.to_string())
        }
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => {
            number.base10_parse::<f64>().ok().map(|number| number.to_string())
        }
        _ => None,
    }
}

/// What the value looks like as a list of texts: `"a, b"` becomes `["a", "b"]`.
pub(super) fn as_list(value: &Expr) -> String {
    if let Expr::Array(list) = value {
        return list.to_token_stream().to_string();
    }
    let text = text_of(value);
    let words = text.split(|c: char| !c.is_alphanumeric() && !"-_./".contains(c));
    let words = words.filter(|word| !word.is_empty()).map(|word| format!("\"{word}\""));
    format!("[{}]", words.collect::<Vec<_>>().join(", "))
}

/// `db` becomes `"db"`: the corrected text for a text without its quotes.
fn quoted(value: &Expr) -> String {
    format!("\"{}\"", value.to_token_stream().to_string().replace('"', "'"))
}

/// The text of a literal text; else what is written.
fn text_of(value: &Expr) -> String {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value(),
        other => other.to_token_stream().to_string(),
    }
}
