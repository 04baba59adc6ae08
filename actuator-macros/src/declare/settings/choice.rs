//! An enum: the words that one setting can have.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DataEnum, DeriveInput, Fields, Ident, Variant, ext::IdentExt};

use super::{args, is_kebab, kebab};
use crate::problem::Problems;

/// Expands the derive on an enum.
pub(super) fn expand(item: &DeriveInput, data: &DataEnum, problems: &mut Problems) -> TokenStream {
    let mut own = args(&item.attrs, problems);
    let krate = own.krate();
    if let Some(place) = own.place("prefix") {
        own.path("prefix");
        problems.push(place, "an enum is one setting; a prefix belongs on a struct");
    } else {
        own.finish(problems);
    }
    let words = words(data, problems);
    let Some(((last, _), others)) = words.split_last() else {
        problems.push(item.ident.span(), "there is nothing to choose from: add a variant");
        return TokenStream::new();
    };
    let (p, name) = (quote!(#krate::__private), &item.ident);
    let texts = words.iter().map(|(_, word)| word);
    let (numbers, all) = (0_usize.., 0_usize..others.len());
    let others = others.iter().map(|(variant, _)| variant);
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #p::FromSetting for #name {
                fn from_setting(text: &#p::str) -> #p::Result<Self, #p::String> {
                    #p::Result::Ok(match #p::one_of(text, &[#((#texts, #numbers)),*])? {
                        #(#all => Self::#others,)*
                        _ => Self::#last,
                    })
                }
            }
        };
    }
}

/// The variants and their words.
fn words<'d>(data: &'d DataEnum, problems: &mut Problems) -> Vec<(&'d Ident, String)> {
    let mut words: Vec<(&Ident, String)> = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = "a setting is one of a few words: a variant has no fields";
            problems.push_on(&variant.fields, message);
        }
        let word = word(variant, problems);
        if words.iter().any(|(_, other)| *other == word) {
            let message =
                format!("`{word}` is chosen by another variant: add `#[settings(name = \"…\")]`");
            problems.push(variant.ident.span(), message);
        }
        words.push((&variant.ident, word));
    }
    words
}

fn word(variant: &Variant, problems: &mut Problems) -> String {
    let mut args = args(&variant.attrs, problems);
    let given = args.string("name");
    let word = given
        .as_ref()
        .map_or_else(|| kebab(&variant.ident.unraw().to_string()), |(name, _)| name.clone());
    if let Some((given, place)) = given.filter(|(given, _)| !is_kebab(given)) {
        let message = format!("expected lower-case words and dashes: `\"{}\"`", kebab(&given));
        args.reject(place, message);
    }
    args.finish(problems);
    word
}
