//! `#[derive(Argument)]`: an enum as one of a few words.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, ext::IdentExt as _};

use crate::{problem::Problems, syntax::args::Args};

/// The helper attribute, `#[argument(…)]`.
const ATTRIBUTE: &str = "argument";

/// Expands the derive.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(input) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let mut problems = Problems::default();
    let mut own = args(&item.attrs, &mut problems);
    let krate = own.krate();
    own.finish(&mut problems);
    let words = words(&item, &mut problems);
    let Some(((last, _), others)) = words.split_last().filter(|_| problems.is_empty()) else {
        return problems.into_compile_errors();
    };
    let (p, name) = (quote!(#krate::__private), &item.ident);
    let texts: Vec<&String> = words.iter().map(|(_, word)| word).collect();
    let numbers = 0_usize..others.len();
    let others = others.iter().map(|(variant, _)| variant);
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #p::custom::Argument for #name {
                const SHAPE: #p::custom::Shape = #p::custom::Shape::Enumeration(&[#(#texts),*]);

                fn from_text(text: &#p::str) -> #p::Result<Self, #p::String> {
                    #p::Result::Ok(match #p::custom::word(text, &[#(#texts),*])? {
                        #(#numbers => Self::#others,)*
                        _ => Self::#last,
                    })
                }
            }
        };
    }
}

/// The variants and their words.
fn words<'i>(item: &'i DeriveInput, problems: &mut Problems) -> Vec<(&'i Ident, String)> {
    let Data::Enum(data) = &item.data else {
        let message = "`Argument` is derived for an enum; implement `actuator::custom::Argument` \
                       for other types";
        problems.push(item.ident.span(), message);
        return Vec::new();
    };
    if let Some(generic) = item.generics.params.first() {
        problems.push_on(generic, "an argument is one of a few words; remove the generics");
    }
    if data.variants.is_empty() {
        problems.push(item.ident.span(), "there is nothing to choose from: add a variant");
    }
    let mut words: Vec<(&Ident, String)> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = "an argument is one of a few words: a variant has no fields";
            problems.push_on(&variant.fields, message);
        }
        let mut args = args(&variant.attrs, problems);
        let given = args.string("name");
        args.finish(problems);
        let word =
            given.map_or_else(|| upper(&variant.ident.unraw().to_string()), |(given, _)| given);
        if words.iter().any(|(_, other)| plain(other) == plain(&word)) {
            let message = format!(
                "`{word}` is chosen by another variant, whatever the case: add \
                 `#[argument(name = \"…\")]`"
            );
            problems.push(variant.ident.span(), message);
        }
        words.push((&variant.ident, word));
    }
    words
}

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

/// `DarkBlue` as Java spells constants: `DARK_BLUE`.
fn upper(variant: &str) -> String {
    let mut word = String::with_capacity(variant.len() + 4);
    for c in variant.chars() {
        if c.is_uppercase() && !word.is_empty() && !word.ends_with('_') {
            word.push('_');
        }
        word.extend(c.to_uppercase());
    }
    word
}

fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_spelt_as_constants() {
        for (variant, word) in
            [("Red", "RED"), ("DarkBlue", "DARK_BLUE"), ("Dark_Blue", "DARK_BLUE")]
        {
            assert_eq!(upper(variant), word);
        }
    }
}
