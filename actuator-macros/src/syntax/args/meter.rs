//! What the arguments of meters have beyond those of other macros: a name that stands alone
//! (`"orders.placed"`), pairs (`tags("channel" = "web")`), lists of numbers.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Expr, ExprLit, Ident, Lit, LitStr, Token,
    parse::{ParseStream, Parser},
    spanned::Spanned,
};

use super::{Arg, Args, parse_arg, split_at_commas};

/// A pair of texts, each with its place.
pub(crate) type Pair = ((String, Span), (String, Span));

impl Args {
    /// Reads the arguments of a meter's attribute.
    pub(crate) fn parse_meter(tokens: TokenStream) -> Self {
        Self::parse_with_first(tokens, "name")
    }

    /// Reads arguments of which the first may stand alone, without its key.
    pub(crate) fn parse_with_first(tokens: TokenStream, key: &str) -> Self {
        let mut args = Self::none_at(tokens.span());
        for (position, part) in split_at_commas(tokens).into_iter().enumerate() {
            let own = if position == 0 { alone(&part, key) } else { None };
            let read = own.or_else(|| pairs_of(&part).map(Ok));
            args.add_read(read.unwrap_or_else(|| parse_arg.parse2(part)));
        }
        args
    }

    /// Pairs of texts: `key("a" = "b", "c" = "d")`.
    pub(crate) fn pairs(&mut self, key: &'static str) -> Vec<Pair> {
        let example = format!("`{key}(\"key\" = \"value\")`");
        self.known.push(key);
        let Some(arg) = self.find(key) else { return Vec::new() };
        let (place, value) = (arg.key.span(), arg.value.clone());
        let Some(value) = value.filter(is_pairs) else {
            self.problems.push(place, format!("`{key}` holds pairs: {example}"));
            return Vec::new();
        };
        let inner = match value.into_token_stream().into_iter().next() {
            Some(TokenTree::Group(group)) => group.stream(),
            _ => TokenStream::new(),
        };
        let parts = split_at_commas(inner);
        if parts.is_empty() {
            let message = format!("`{key}` is empty: remove it, or write {example}");
            self.problems.push(place, message);
        }
        let mut pairs = Vec::new();
        for part in parts {
            match pair.parse2(part.clone()) {
                Ok(pair) => pairs.push(pair),
                Err(_) => self.problems.push_on(&part, format!("expected a pair: {example}")),
            }
        }
        pairs
    }

    /// A list of numbers, and where each of them stands.
    pub(crate) fn numbers(&mut self, key: &'static str, example: &str) -> Vec<(f64, Span)> {
        let Some(value) = self.required_value(key, &format!("[{example}]")) else {
            return Vec::new();
        };
        let Expr::Array(list) = &value else {
            let number = number_of(&value).map_or_else(|| example.to_owned(), |n| n.to_string());
            let message = format!("expected a list of numbers: `{key} = [{number}]`");
            self.problems.push_on(&value, message);
            return Vec::new();
        };
        let mut numbers = Vec::new();
        for element in &list.elems {
            if let Some(number) = number_of(element) {
                numbers.push((number, element.span()));
            } else {
                let message = format!("expected a number such as `{example}`");
                self.problems.push_on(element, message);
            }
        }
        numbers
    }

    /// The elements of a list, whatever they are.
    pub(crate) fn elements(&mut self, key: &'static str, example: &str) -> Vec<Expr> {
        match self.required_value(key, example) {
            Some(Expr::Array(list)) => list.elems.into_iter().collect(),
            Some(other) => {
                let message = format!("expected a list: `{key} = {example}`");
                self.problems.push_on(&other, message);
                Vec::new()
            }
            None => Vec::new(),
        }
    }
}

/// Whether a value was written as `(…)` after its key.
pub(super) fn is_pairs(value: &Expr) -> bool {
    let Expr::Verbatim(tokens) = value else { return false };
    let mut tokens = tokens.clone().into_iter();
    matches!(tokens.next(), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
        && tokens.next().is_none()
}

/// The value of a literal number.
pub(crate) fn number_of(value: &Expr) -> Option<f64> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => number.base10_parse().ok(),
        _ => None,
    }
}

/// `"orders.placed"`, or the same without its quotes, which is a mistake.
fn alone(part: &TokenStream, key: &str) -> Option<syn::Result<Arg>> {
    let mut tokens = part.clone().into_iter();
    let first = tokens.next()?;
    match (&first, tokens.next()) {
        (TokenTree::Literal(literal), None) => {
            let key = Ident::new(key, literal.span());
            let value = syn::parse2(first.into()).ok()?;
            Some(Ok(Arg { key, value: Some(value) }))
        }
        (TokenTree::Ident(_), Some(TokenTree::Punct(punct)))
            if punct.as_char() == '.' || punct.as_char() == '-' =>
        {
            let text: String = part.to_string().split_whitespace().collect();
            let message = format!("a name is a text: `\"{text}\"`");
            Some(Err(syn::Error::new_spanned(part, message)))
        }
        _ => None,
    }
}

/// `key(…)`.
fn pairs_of(part: &TokenStream) -> Option<Arg> {
    let mut tokens = part.clone().into_iter();
    match (tokens.next(), tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(key)), Some(TokenTree::Group(group)), None)
            if group.delimiter() == Delimiter::Parenthesis =>
        {
            let value = Expr::Verbatim(TokenTree::Group(group).into());
            Some(Arg { key, value: Some(value) })
        }
        _ => None,
    }
}

fn pair(input: ParseStream<'_>) -> syn::Result<Pair> {
    let key: LitStr = input.parse()?;
    input.parse::<Token![=]>()?;
    let value: LitStr = input.parse()?;
    Ok(((key.value(), key.span()), (value.value(), value.span())))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;
    use crate::syntax::args::tests::messages;

    #[test]
    fn a_name_may_stand_alone_and_tags_are_pairs() {
        let mut args = Args::parse_meter(quote!(
            "orders.place",
            percentiles = [0.5, 1],
            tags("a" = "b", "c" = "d"),
        ));
        assert_eq!(args.string("name").unwrap().0, "orders.place");
        let pairs: Vec<(String, String)> =
            args.pairs("tags").into_iter().map(|((k, _), (v, _))| (k, v)).collect();
        assert_eq!(pairs, [("a".to_owned(), "b".to_owned()), ("c".to_owned(), "d".to_owned())]);
        let numbers: Vec<f64> =
            args.numbers("percentiles", "0.5").into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [0.5, 1.0]);
        assert_eq!(messages(args), Vec::<String>::new());
    }

    #[test]
    fn pairs_that_are_none_are_told_how_pairs_look() {
        let mut args = Args::parse_meter(quote!(orders.place, tags("a", "b" = 1), tag("c" = "d")));
        assert!(args.string("name").is_none());
        assert!(args.pairs("tags").is_empty());
        assert_eq!(
            messages(args),
            [
                "a name is a text: `\"orders.place\"`",
                "expected a pair: `tags(\"key\" = \"value\")`",
                "expected a pair: `tags(\"key\" = \"value\")`",
                "unknown argument `tag`; did you mean `tags(\"c\" = \"d\")`?",
            ]
        );
        for wrong in [quote!(tags), quote!(tags = ["a"])] {
            let mut args = Args::parse_meter(wrong);
            assert!(args.pairs("tags").is_empty());
            assert_eq!(messages(args), ["`tags` holds pairs: `tags(\"key\" = \"value\")`"]);
        }
    }
}
