//! A struct: several settings below a prefix, or below the name of a field that has its type.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Fields, Path};

use super::{
    args,
    field::{Field, checking},
    is_kebab, kebab,
};
use crate::{
    emit,
    problem::Problems,
    syntax::{args::Args, doc},
};

/// Expands the derive on a struct.
pub(super) fn expand(item: &DeriveInput, fields: &Fields, problems: &mut Problems) -> TokenStream {
    let mut own = args(&item.attrs, problems);
    let krate = own.krate();
    let prefix = prefix(&mut own);
    let validate = own.path("validate");
    own.finish(problems);
    let fields = read_fields(item, fields, problems);
    let p = quote!(#krate::__private);
    let implementation = implementation(&p, item, &fields, validate.as_ref());
    let declaration = prefix.map(|prefix| declaration(&p, item, &prefix));
    quote! {
        const _: () = {
            #implementation
            #declaration
        };
    }
}

fn prefix(args: &mut Args) -> Option<String> {
    let (prefix, place) = args.string("prefix")?;
    if !prefix.split('.').all(is_kebab) {
        let corrected: Vec<String> =
            prefix.split('.').map(kebab).filter(|word| !word.is_empty()).collect();
        let corrected = if corrected.is_empty() { "shop".to_owned() } else { corrected.join(".") };
        let message =
            format!("a prefix is lower-case words joined by dashes and dots: `\"{corrected}\"`");
        args.reject(place, message);
    }
    Some(prefix)
}

fn read_fields(item: &DeriveInput, fields: &Fields, problems: &mut Problems) -> Vec<Field> {
    let Fields::Named(named) = fields else {
        let message = "a struct of settings has named fields: `struct Payment { url: String }`";
        problems.push(item.ident.span(), message);
        return Vec::new();
    };
    if named.named.is_empty() {
        problems.push(item.ident.span(), "there is no setting in it: add a field");
    }
    let mut read: Vec<Field> = Vec::new();
    for field in &named.named {
        let Some(field) = Field::read(field, problems) else { continue };
        if read.iter().any(|other| other.key == field.key) {
            let key = &field.key;
            problems.push(field.ident.span(), format!("another field is called `{key}` too"));
        }
        read.push(field);
    }
    read
}

fn implementation(
    p: &TokenStream,
    item: &DeriveInput,
    fields: &[Field],
    validate: Option<&Path>,
) -> TokenStream {
    let name = &item.ident;
    let locals: Vec<Ident> = (0..fields.len())
        .map(|number| Ident::new(&format!("field{number}"), Span::mixed_site()))
        .collect();
    let constants = fields.iter().map(|field| field.declaration(p));
    let names = fields.iter().map(Field::description);
    let readings = fields.iter().zip(&locals).map(|(field, local)| field.reading(p, local));
    let idents = fields.iter().map(|field| &field.ident);
    // No local variable may stand before a function that the user names.
    let locals_of_ours = Span::mixed_site();
    let check = validate.map(|validate| {
        let check = checking(validate);
        quote_spanned!(locals_of_ours=> let value = group.check_all(value, #check);)
    });
    quote_spanned! {locals_of_ours=>
        #(#constants)*
        #[automatically_derived]
        impl #p::SettingField for #name {
            const SHAPE: #p::Shape = #p::Shape::Group;
            const KIND: #p::SettingKind = #p::SettingKind::Text;

            fn describe(
                name: &#p::str,
                _: &#p::FieldFacts,
                into: &mut #p::Vec<#p::DescribedSetting>,
            ) {
                #(#names)*
            }

            fn read(
                at: &#p::Place<'_>,
                _: &#p::FieldFacts,
                reader: &mut #p::SettingsReader<'_>,
            ) -> #p::Read<Self> {
                let mut group = #p::Group::new(at, reader);
                #(#readings)*
                let value = match (#(#locals,)*) {
                    (#(#p::Option::Some(#locals),)*) => {
                        #p::Option::Some(Self { #(#idents: #locals),* })
                    }
                    _ => #p::Option::None,
                };
                #check
                group.finish(value)
            }
        }
    }
}

fn declaration(p: &TokenStream, item: &DeriveInput, prefix: &str) -> TokenStream {
    let name = &item.ident;
    let (description, source) = (doc::description(&item.attrs), emit::source(p, name));
    quote! {
        #[automatically_derived]
        impl #p::TypedSettings for #name {
            const PREFIX: &'static #p::str = #prefix;
            const DESCRIPTION: &'static #p::str = #description;
            const SOURCE: #p::Source = #source;
        }
        #p::inventory::submit! { #p::SettingsDeclaration::of::<#name>() }
    }
}
