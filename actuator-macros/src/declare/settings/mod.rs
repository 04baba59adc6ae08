//! `#[derive(Settings)]`: a struct that is read from the settings, or an enum of words that a
//! setting can have.

mod choice;
mod field;
mod structure;

use proc_macro2::TokenStream;
use syn::{Attribute, Data, DeriveInput};

use crate::{problem::Problems, syntax::args::Args};

/// The helper attribute, `#[settings(…)]`.
const ATTRIBUTE: &str = "settings";

/// Expands the derive.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(input) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let mut problems = Problems::default();
    if !item.generics.params.is_empty() {
        let message = "settings are read once, for one type; remove the generics";
        problems.push_on(&item.generics, message);
    }
    let expanded = match &item.data {
        Data::Struct(data) => structure::expand(&item, &data.fields, &mut problems),
        Data::Enum(data) => choice::expand(&item, data, &mut problems),
        Data::Union(data) => {
            problems.push(data.union_token.span, "settings are read into a struct or an enum");
            TokenStream::new()
        }
    };
    if problems.is_empty() { expanded } else { problems.into_compile_errors() }
}

/// What all `#[settings(…)]` of an item say together.
fn args(attributes: &[Attribute], problems: &mut Problems) -> Args {
    let mut args = Args::parse(TokenStream::new());
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(ATTRIBUTE)) {
        match attribute.meta.require_list() {
            Ok(list) => args.extend(list.tokens.clone()),
            Err(error) => problems.push_error(error),
        }
    }
    args
}

/// `api_key` and `DryRun` as settings spell them: `api-key`, `dry-run`.
fn kebab(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        let is_blank = c == '_' || c.is_whitespace();
        let separates = is_blank || c.is_uppercase();
        if separates && !text.is_empty() && !text.ends_with(['-', '.']) {
            text.push('-');
        }
        if !is_blank {
            text.extend(c.to_lowercase());
        }
    }
    text
}

/// Whether words of lower case letters and digits are joined by dashes.
fn is_kebab(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    name.split('-').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_language_become_names_of_settings() {
        for (name, setting) in [
            ("api_key", "api-key"),
            ("url", "url"),
            ("DryRun", "dry-run"),
            ("Shop.apiKey", "shop.api-key"),
            ("v2_api", "v2-api"),
            ("Live One", "live-one"),
        ] {
            assert_eq!(kebab(name), setting);
            assert!(setting.split('.').all(is_kebab));
        }
        for bad in ["", "a-", "-a", "a_b", "aB", "größe"] {
            assert!(!is_kebab(bad), "{bad}");
        }
    }
}
