//! The one reader of attribute arguments: `name = "db", timeout = "2s", dirty, crate = ::path`.
//!
//! Getters hand out typed values and remember what was wrong; [`Args::finish`] adds the keys that
//! nobody knows. So all mistakes of one attribute are reported together, each on its tokens.

use std::time::Duration;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Expr, ExprLit, Ident, Lit, Path, Token, ext::IdentExt, parse::ParseStream, parse::Parser,
    spanned::Spanned,
};

use super::{duration, nearest::nearest};
use crate::problem::Problems;

/// The argument that every macro takes: where the runtime crate is found.
const CRATE: &str = "crate";

/// The arguments of one attribute.
#[derive(Debug)]
pub(crate) struct Args {
    given: Vec<Arg>,
    problems: Problems,
    place: Span,
}

/// One argument: a key alone, or a key with its value.
#[derive(Debug)]
struct Arg {
    key: Ident,
    value: Option<Expr>,
}

impl Args {
    /// Reads arguments separated by commas. What cannot be read is remembered, and the rest is
    /// read all the same.
    pub(crate) fn parse(tokens: TokenStream) -> Self {
        let mut args =
            Self { given: Vec::new(), problems: Problems::default(), place: tokens.span() };
        args.extend(tokens);
        args
    }

    /// Adds the arguments of another attribute of the same macro on the same item.
    pub(crate) fn extend(&mut self, tokens: TokenStream) {
        for part in split_at_commas(tokens) {
            match parse_arg.parse2(part) {
                Ok(arg) => self.add(arg),
                Err(error) => self.problems.push_error(error),
            }
        }
    }

    /// Where the arguments stand as a whole; the attribute itself if there are none.
    pub(crate) fn span(&self) -> Span {
        self.place
    }

    /// Whether the key is given, or something that was meant to be it: a near miss, a value
    /// without its key.
    pub(crate) fn tries(&self, key: &str) -> bool {
        let near = |arg: &Arg| nearest(&arg.key.unraw().to_string(), [key]).is_some();
        !self.problems.is_empty() || self.given.iter().any(near)
    }

    /// A text, and where it stands.
    pub(crate) fn string(&mut self, key: &str) -> Option<(String, Span)> {
        let value = self.required_value(key, "\"…\"")?;
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &value {
            return Some((text.value(), text.span()));
        }
        let example = quoted(&value);
        self.problems.push_on(&value, format!("expected a text: `{key} = {example}`"));
        None
    }

    /// Whether a switch is on: `key`, or `key = true`.
    pub(crate) fn flag(&mut self, key: &str) -> bool {
        let Some(arg) = self.find(key) else { return false };
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

    /// A duration with its unit (`"2s"`), and where it stands.
    pub(crate) fn duration(&mut self, key: &str) -> Option<(Duration, Span)> {
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

    /// One word out of a fixed choice (`git = full`; in quotes too).
    pub(crate) fn choice<'c>(&mut self, key: &str, choices: &[&'c str]) -> Option<&'c str> {
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
    pub(crate) fn path(&mut self, key: &str) -> Option<Path> {
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
    pub(crate) fn type_(&mut self, key: &str) -> Option<syn::Type> {
        let value = self.required_value(key, "Type")?;
        let parsed = syn::parse2(value.to_token_stream());
        if parsed.is_err() {
            self.problems.push_on(&value, format!("expected a type: `{key} = Type`"));
        }
        parsed.ok()
    }

    /// Where generated code finds the runtime crate: `crate = …`, else `::actuator`.
    pub(crate) fn krate(&mut self) -> Path {
        self.path(CRATE).unwrap_or_else(|| syn::parse_quote!(::actuator))
    }

    /// Gives up the mistakes: those found so far, and every key that is not `known`. `crate` is
    /// always known.
    pub(crate) fn finish(mut self, known: &[&str], problems: &mut Problems) {
        for arg in &self.given {
            let key = arg.key.unraw().to_string();
            if key == CRATE || known.contains(&key.as_str()) {
                continue;
            }
            let remedy = match nearest(&key, known.iter().copied()) {
                Some(meant) => match &arg.value {
                    Some(value) => format!("did you mean `{meant} = {}`?", value.to_token_stream()),
                    None => format!("did you mean `{meant}`?"),
                },
                None if known.is_empty() => "there is only `crate = ::path`".to_owned(),
                None => format!("known are {}", list_of(known)),
            };
            self.problems.push(arg.key.span(), format!("unknown argument `{key}`; {remedy}"));
        }
        problems.append(self.problems);
    }

    fn add(&mut self, arg: Arg) {
        if self.given.iter().any(|earlier| earlier.key == arg.key) {
            let key = &arg.key;
            self.problems.push(key.span(), format!("`{key}` is given twice; remove one of them"));
            return;
        }
        self.given.push(arg);
    }

    fn find(&self, key: &str) -> Option<&Arg> {
        self.given.iter().find(|arg| arg.key.unraw() == key)
    }

    fn required_value(&mut self, key: &str, example: &str) -> Option<Expr> {
        let arg = self.find(key)?;
        if let Some(value) = &arg.value {
            return Some(value.clone());
        }
        let place = arg.key.span();
        self.problems.push(place, format!("`{key}` needs a value: `{key} = {example}`"));
        None
    }
}

/// The parts between top-level commas, without empty ones: a broken part spoils no other.
fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in tokens {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => parts.push(TokenStream::new()),
            _ => {
                if let Some(part) = parts.last_mut() {
                    part.extend([token]);
                }
            }
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn parse_arg(input: ParseStream<'_>) -> syn::Result<Arg> {
    if let Ok(Expr::Lit(ExprLit { lit, .. })) = input.fork().parse::<Expr>() {
        let message =
            format!("expected `name = value`: put `name = ` before {}", lit.to_token_stream());
        return Err(syn::Error::new(lit.span(), message));
    }
    let key = input.call(Ident::parse_any)?;
    if input.is_empty() {
        return Ok(Arg { key, value: None });
    }
    if !input.peek(Token![=]) {
        let rest: TokenStream = input.parse()?;
        let message = format!("expected `=` after `{key}`: `{key} = …`");
        return Err(syn::Error::new_spanned(rest, message));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() {
        return Err(syn::Error::new(key.span(), format!("`{key}` needs a value after `=`")));
    }
    let types = input.fork();
    if let Ok(value) = types.parse::<syn::Type>()
        && types.is_empty()
    {
        // A type with arguments (`Pool<u8>`) is no expression: it is kept as its tokens.
        let tokens: TokenStream = input.parse()?;
        let value = syn::parse2(tokens).unwrap_or_else(|_| Expr::Verbatim(quote::quote!(#value)));
        return Ok(Arg { key, value: Some(value) });
    }
    let value = input.parse::<Expr>()?;
    if !input.is_empty() {
        let rest: TokenStream = input.parse()?;
        return Err(syn::Error::new_spanned(rest, "expected `,` before this"));
    }
    Ok(Arg { key, value: Some(value) })
}

/// `db` becomes `"db"`: the corrected text for a text without its quotes.
fn quoted(value: &Expr) -> String {
    format!("\"{}\"", value.to_token_stream().to_string().replace('"', "'"))
}

fn list_of(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn messages(args: Args, known: &[&str]) -> Vec<String> {
        let mut problems = Problems::default();
        args.finish(known, &mut problems);
        problems
            .into_compile_errors()
            .into_iter()
            .flat_map(|token| match token {
                TokenTree::Group(group) => group.stream().into_iter().collect(),
                other => vec![other],
            })
            .filter_map(|token| match token {
                TokenTree::Literal(literal) => Some(literal.to_string()),
                _ => None,
            })
            .map(|literal| syn::parse_str::<syn::LitStr>(&literal).unwrap().value())
            .collect()
    }

    #[test]
    fn arguments_are_read_by_type() {
        let mut args = Args::parse(quote! {
            name = "db", timeout = "2s", dirty, other = false, git = full,
            on = Pool<u8>, crate = ::my::actuator,
        });
        assert_eq!(args.string("name").unwrap().0, "db");
        assert_eq!(args.duration("timeout").unwrap().0, Duration::from_secs(2));
        assert!(args.flag("dirty"));
        assert!(!args.flag("other"));
        assert!(!args.flag("absent"));
        assert_eq!(args.choice("git", &["simple", "full"]), Some("full"));
        assert_eq!(args.type_("on"), Some(syn::parse_quote!(Pool<u8>)));
        let krate = args.krate();
        assert_eq!(krate, syn::parse_quote!(::my::actuator));
        let known = ["name", "timeout", "dirty", "other", "git", "on"];
        assert_eq!(messages(args, &known), Vec::<String>::new());
    }

    #[test]
    fn the_runtime_crate_is_actuator_unless_said_otherwise() {
        assert_eq!(Args::parse(TokenStream::new()).krate(), syn::parse_quote!(::actuator));
        assert_eq!(Args::parse(quote!(crate = "::other")).krate(), syn::parse_quote!(::other));
    }

    #[test]
    fn all_mistakes_of_an_attribute_are_reported_together_with_the_corrected_text() {
        let mut args = Args::parse(quote! {
            "db", name = db, name = "twice", tiemout = "2s", timeout = 2, colour = 1, git = ful, x(1)
        });
        assert!(args.string("name").is_none());
        assert!(args.duration("timeout").is_none());
        assert_eq!(args.choice("git", &["simple", "full"]), None);
        let messages = messages(args, &["name", "timeout", "git"]);
        assert_eq!(
            messages,
            [
                "expected `name = value`: put `name = ` before \"db\"",
                "`name` is given twice; remove one of them",
                "expected `=` after `x`: `x = …`",
                "expected a text: `name = \"db\"`",
                "a duration needs its unit: `timeout = \"2s\"`",
                "expected one of `simple`, `full`, for example `git = full`",
                "unknown argument `tiemout`; did you mean `timeout = \"2s\"`?",
                "unknown argument `colour`; known are `name`, `timeout`, `git`",
            ]
        );
    }

    #[test]
    fn a_key_without_its_value_says_what_to_write() {
        let mut args = Args::parse(quote!(name, timeout = ));
        assert!(args.string("name").is_none());
        assert_eq!(
            messages(args, &["name", "timeout"]),
            ["`timeout` needs a value after `=`", "`name` needs a value: `name = \"…\"`"]
        );
    }
}
