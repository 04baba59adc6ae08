//! The one reader of attribute arguments: `name = "db", timeout = "2s", dirty, crate = ::path`.
//!
//! Getters hand out typed values and remember what was wrong; [`Args::finish`] adds the keys that
//! nobody asked for. So all mistakes of one attribute are reported together, each on its tokens.

mod meter;
mod values;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Expr, ExprLit, Ident, Path, Token, ext::IdentExt, parse::ParseStream, parse::Parser,
    spanned::Spanned,
};

pub(crate) use meter::number_of;

use super::nearest::nearest;
use crate::problem::Problems;

/// The argument that every macro takes: where the runtime crate is found.
const CRATE: &str = "crate";

/// The arguments of one attribute.
#[derive(Debug)]
pub(crate) struct Args {
    given: Vec<Arg>,
    /// The keys that a getter was asked for: those that the attribute knows.
    known: Vec<&'static str>,
    /// Those of them that take a list.
    lists: Vec<&'static str>,
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
        let mut args = Self::none_at(tokens.span());
        args.extend(tokens);
        args
    }

    fn none_at(place: Span) -> Self {
        Self {
            given: Vec::new(),
            known: Vec::new(),
            lists: Vec::new(),
            problems: Problems::default(),
            place,
        }
    }

    /// Adds the arguments of another attribute of the same macro on the same item.
    pub(crate) fn extend(&mut self, tokens: TokenStream) {
        for part in split_at_commas(tokens) {
            self.add_read(parse_arg.parse2(part));
        }
    }

    /// Where the arguments stand as a whole; the attribute itself if there are none.
    pub(crate) fn span(&self) -> Span {
        self.place
    }

    /// Where the key stands, if it is given.
    pub(crate) fn place(&self, key: &str) -> Option<Span> {
        self.find(key).map(|arg| arg.key.span())
    }

    /// Whether the key is given, or a misspelling of it.
    pub(crate) fn means(&self, key: &str) -> bool {
        self.given.iter().any(|arg| nearest(&arg.key.unraw().to_string(), [key]).is_some())
    }

    /// Whether the key is given, or something that was meant to be it: a near miss, a value
    /// without its key.
    pub(crate) fn tries(&self, key: &str) -> bool {
        !self.problems.is_empty() || self.means(key)
    }

    /// Remembers a mistake that only the attribute itself can see.
    pub(crate) fn reject(&mut self, place: Span, message: impl std::fmt::Display) {
        self.problems.push(place, message);
    }

    /// Where generated code finds the runtime crate: `crate = …`, else `::actuator`.
    pub(crate) fn krate(&mut self) -> Path {
        self.path(CRATE).unwrap_or_else(|| syn::parse_quote!(::actuator))
    }

    /// Gives up the mistakes: those found so far, and every key that no getter was asked for.
    pub(crate) fn finish(mut self, problems: &mut Problems) {
        let Self { given, known, lists, .. } = &self;
        // Every macro takes it; few ever need it.
        let offered: Vec<&str> = known.iter().copied().filter(|key| *key != CRATE).collect();
        let mut unknown = Problems::default();
        for arg in given {
            let key = arg.key.unraw().to_string();
            if known.contains(&key.as_str()) {
                continue;
            }
            let remedy = match (nearest(&key, offered.iter().copied()), &arg.value) {
                (Some(meant), Some(value)) if lists.contains(&meant) => {
                    format!("did you mean `{meant} = {}`?", values::as_list(value))
                }
                (Some(meant), Some(value)) if meter::is_pairs(value) => {
                    format!("did you mean `{meant}{}`?", value.to_token_stream())
                }
                (Some(meant), Some(value)) => {
                    format!("did you mean `{meant} = {}`?", value.to_token_stream())
                }
                (Some(meant), None) => format!("did you mean `{meant}`?"),
                (None, _) if offered.is_empty() => "there is only `crate = ::path`".to_owned(),
                (None, _) => format!("known are {}", list_of(&offered)),
            };
            unknown.push(arg.key.span(), format!("unknown argument `{key}`; {remedy}"));
        }
        self.problems.append(unknown);
        problems.append(self.problems);
    }

    fn add_read(&mut self, read: syn::Result<Arg>) {
        match read {
            Ok(arg) => self.add(arg),
            Err(error) => self.problems.push_error(error),
        }
    }

    fn add(&mut self, arg: Arg) {
        if self.given.iter().any(|earlier| earlier.key == arg.key) {
            let key = &arg.key;
            self.problems.push(key.span(), format!("`{key}` is given twice; remove one of them"));
            return;
        }
        self.given.push(arg);
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

fn list_of(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use quote::quote;

    use super::*;

    /// What is wrong with arguments of which nothing was asked for any more.
    pub(super) fn messages(args: Args) -> Vec<String> {
        let mut problems = Problems::default();
        args.finish(&mut problems);
        problems.messages()
    }

    #[test]
    fn arguments_are_read_by_type() {
        let mut args = Args::parse(quote! {
            name = "db", timeout = "2s", dirty, other = false, git = full,
            on = Pool<u8>, critical = false, level = 0, tags = ["slow", "eu"],
            crate = ::my::actuator,
        });
        assert_eq!(args.string("name").unwrap().0, "db");
        assert_eq!(args.duration("timeout").unwrap().0, Duration::from_secs(2));
        assert!(args.flag("dirty"));
        assert!(!args.flag("other"));
        assert!(!args.flag("absent"));
        assert_eq!(args.choice("git", &["simple", "full"]), Some("full"));
        assert_eq!(args.type_("on"), Some(syn::parse_quote!(Pool<u8>)));
        assert_eq!(args.boolean("critical"), Some(false));
        assert_eq!(args.count("level", 0), Some(0));
        let tags: Vec<String> =
            args.texts("tags").unwrap().into_iter().map(|(tag, _)| tag).collect();
        assert_eq!(tags, ["slow", "eu"]);
        let krate = args.krate();
        assert_eq!(krate, syn::parse_quote!(::my::actuator));
        assert_eq!(messages(args), Vec::<String>::new());
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
        assert_eq!(
            messages(args),
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
        assert!(args.duration("timeout").is_none());
        assert_eq!(
            messages(args),
            ["`timeout` needs a value after `=`", "`name` needs a value: `name = \"…\"`"]
        );
    }

    #[test]
    fn numbers_have_all_the_spellings_of_the_language() {
        let mut args = Args::parse(quote!(a = 1_000, b = 0x10, c = 3u8, d = 4294967295));
        let read = ["a", "b", "c", "d"].map(|key| args.count(key, 1));
        assert_eq!(read, [Some(1_000), Some(16), Some(3), Some(u32::MAX)]);
        assert_eq!(messages(args), Vec::<String>::new());
    }

    #[test]
    fn a_broken_list_spoils_no_other_argument() {
        let mut args = Args::parse(quote!(tags = ["a" "b"], groups = ["x", y], level = 2));
        assert!(args.texts("tags").is_none());
        assert_eq!(args.texts("groups").map(|groups| groups.len()), Some(1));
        assert_eq!(args.count("level", 0), Some(2));
        let messages = messages(args);
        assert_eq!(messages.len(), 2, "{messages:#?}");
        assert_eq!(messages[1], "expected a text: `\"y\"`");
    }
}
