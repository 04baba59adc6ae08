//! A parameter of an operation: a component, a part of the path, or something else of the call.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{
    Attribute, GenericArgument, Meta, Pat, PatType, PathArguments, Type, TypeReference,
    ext::IdentExt as _,
};

use crate::{
    problem::Problems,
    syntax::{
        args::Args,
        doc,
        signature::{component, without_self},
    },
};

/// What a parameter is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Found at the start, by its type.
    Component,
    /// A segment of the path.
    Selector,
    /// All segments that are left.
    Remaining,
    /// Whatever is made of the call.
    Call,
}

/// How the value is handed to the method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// As it is.
    Owned,
    /// `&*value`.
    Deref,
    /// `value.as_ref()`.
    AsRef,
    /// `value.as_deref()`.
    AsDeref,
}

/// A parameter.
pub(super) struct Parameter {
    pub(super) name: Ident,
    /// Its name for callers.
    pub(super) wire: String,
    pub(super) place: Place,
    /// The component's type, or the type that is made of the call.
    pub(super) r#type: Type,
    pub(super) pass: Pass,
    pub(super) description: String,
}

impl Parameter {
    /// Reads a parameter, and takes the attributes off it that are this macro's.
    pub(super) fn read(typed: &mut PatType, on: &Type, problems: &mut Problems) -> Option<Self> {
        let Pat::Ident(pattern) = typed.pat.as_ref() else {
            problems.push_on(&typed.pat, "a parameter needs a plain name: `name: String`");
            return None;
        };
        let name = pattern.ident.clone();
        let description = doc::description(&typed.attrs);
        let own = ["selector", "argument", "doc"];
        let is_own = |attribute: &Attribute| own.iter().any(|own| attribute.path().is_ident(own));
        let (mine, others) = std::mem::take(&mut typed.attrs).into_iter().partition(is_own);
        typed.attrs = others;
        let mine: Vec<Attribute> = mine;
        let selector = selector(&mine, problems);
        let wire = wire(&mine, &name, problems);
        let (place, given, pass) = match (selector, of_call(&typed.ty)) {
            (Some(place), Some((given, pass))) => (place, given, pass),
            (None, Some((given, pass))) => (Place::Call, given, pass),
            (selector, None) => {
                check_reference(&typed.ty, &name, problems);
                let (component, by_reference) = component(&typed.ty)?;
                if selector.is_some() {
                    let message = format!(
                        "a part of the path is no component; take it as `{name}: &str`, or as a \
                         type that is an `Argument`"
                    );
                    problems.push_on(&typed.ty, message);
                }
                let pass = if by_reference { Pass::Deref } else { Pass::Owned };
                (Place::Component, component, pass)
            }
        };
        check_selector(place, &given, &typed.ty, &name, problems);
        let given = without_self(&given, on);
        Some(Self { name, wire, place, r#type: given, pass, description })
    }
}

/// `#[selector]` or `#[selector(remaining)]`.
fn selector(attributes: &[Attribute], problems: &mut Problems) -> Option<Place> {
    let mut place = None;
    for attribute in attributes.iter().filter(|one| one.path().is_ident("selector")) {
        if place.is_some() {
            problems.push_on(attribute, "`#[selector]` is given twice; remove one of them");
        }
        place = match &attribute.meta {
            Meta::Path(_) => Some(Place::Selector),
            Meta::List(list) if list.tokens.to_string() == "remaining" => Some(Place::Remaining),
            other => {
                problems.push_on(other, "expected `#[selector]` or `#[selector(remaining)]`");
                Some(Place::Selector)
            }
        };
    }
    place
}

/// The name for callers: `#[argument(name = "…")]`, else that of the parameter as names of this API
/// are spelt.
fn wire(attributes: &[Attribute], name: &Ident, problems: &mut Problems) -> String {
    let mut args = Args::parse(TokenStream::new());
    for attribute in attributes.iter().filter(|one| one.path().is_ident("argument")) {
        match attribute.meta.require_list() {
            Ok(list) => args.extend(list.tokens.clone()),
            Err(error) => problems.push_error(error),
        }
    }
    let given = args.string("name");
    if let Some((given, place)) = &given
        && (given.is_empty()
            || given.contains(|c: char| c.is_whitespace() || "{}*/&=#?".contains(c)))
    {
        args.reject(*place, "a name is one word: `name = \"dry_run\"`");
    }
    args.finish(problems);
    given.map_or_else(|| camel(&name.unraw().to_string()), |(given, _)| given)
}

/// `dry_run` as `dryRun`.
fn camel(name: &str) -> String {
    let mut words = name.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or(name).to_owned();
    words.fold(first, |mut text, word| {
        let mut letters = word.chars();
        text.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        text.extend(letters);
        text
    })
}

/// The owned type that is made of the call, and how it is handed over; `None` for components.
fn of_call(given: &Type) -> Option<(Type, Pass)> {
    if let Some(owned) = owned(given) {
        return Some((owned, Pass::Deref));
    }
    if component(given).is_some() || matches!(given, Type::Reference(_)) {
        return None;
    }
    if let Some(Type::Reference(TypeReference { mutability: None, elem, .. })) = optional(given) {
        let reference = Type::Reference(syn::parse_quote!(&#elem));
        return Some(match owned(&reference) {
            Some(owned) => (syn::parse_quote!(::core::option::Option<#owned>), Pass::AsDeref),
            None => (syn::parse_quote!(::core::option::Option<#elem>), Pass::AsRef),
        });
    }
    Some((given.clone(), Pass::Owned))
}

/// `String` of `&str`, `Vec<T>` of `&[T]`.
fn owned(given: &Type) -> Option<Type> {
    let Type::Reference(TypeReference { mutability: None, elem, .. }) = given else { return None };
    match elem.as_ref() {
        Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "str") => {
            let span = syn::spanned::Spanned::span(elem);
            Some(syn::parse_quote_spanned!(span=> ::std::string::String))
        }
        Type::Slice(slice) => {
            let elem = &slice.elem;
            Some(syn::parse_quote!(::std::vec::Vec<#elem>))
        }
        _ => None,
    }
}

/// `T` of `Option<T>`.
fn optional(given: &Type) -> Option<&Type> {
    let Type::Path(path) = given else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match (arguments.args.len(), arguments.args.first()) {
        (1, Some(GenericArgument::Type(inner))) => Some(inner),
        _ => None,
    }
}

/// References that cannot be components, with what was meant.
fn check_reference(given: &Type, name: &Ident, problems: &mut Problems) {
    let Type::Reference(reference) = given else { return };
    let elem = &reference.elem;
    let text = elem.to_token_stream().to_string();
    let last = text.rsplit(':').next().unwrap_or_default().trim();
    let message = match last {
        _ if reference.mutability.is_some() => {
            format!("a component is shared by all calls: take `{name}: &{text}`")
        }
        "Principal" => {
            format!("who calls is not always known: take `{name}: Option<&{text}>`")
        }
        "String" => format!("a text is taken as `{name}: &str` or `{name}: String`"),
        "WebRequest" | "ApiVersion" => format!("it is made for the call: take `{name}: {text}`"),
        _ => return,
    };
    problems.push_on(given, message);
}

/// What cannot be a part of the path.
fn check_selector(place: Place, owned: &Type, given: &Type, name: &Ident, problems: &mut Problems) {
    let text = quote!(#owned).to_string().replace(' ', "");
    let is_list =
        text.rsplit("::").any(|part| part.starts_with("Vec<")) || text.starts_with("Vec<");
    let is_option = optional(owned).is_some();
    match place {
        Place::Selector | Place::Remaining if is_option => {
            let message = format!(
                "a part of the path is always there: take `{name}` without `Option`, and write \
                 another method for the path without it"
            );
            problems.push_on(given, message);
        }
        Place::Selector if is_list => {
            let message =
                "one segment is no list; `#[selector(remaining)]` takes all that are left";
            problems.push_on(given, message);
        }
        Place::Remaining if !is_list => {
            let message = format!("all segments that are left are a list: `{name}: Vec<{text}>`");
            problems.push_on(given, message);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_callers_are_spelt_as_those_of_the_api() {
        for (name, wire) in
            [("name", "name"), ("dry_run", "dryRun"), ("_unused", "unused"), ("a_b_c", "aBC")]
        {
            assert_eq!(camel(name), wire);
        }
    }
}
