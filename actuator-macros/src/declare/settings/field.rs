//! A field of a struct of settings, and what its `#[settings(…)]` says.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use regex_lite::Regex;
use syn::{GenericArgument, Ident, Path, PathArguments, Type, ext::IdentExt, spanned::Spanned};

use super::{args, is_kebab, kebab};
use crate::{
    problem::Problems,
    syntax::{args::Args, doc},
};

/// A field of the struct.
pub(super) struct Field {
    /// Its name.
    pub(super) ident: Ident,
    /// The name of its setting, below the prefix.
    pub(super) key: String,
    /// Its type.
    r#type: Type,
    /// What is read if the type is `FromStr` only.
    parsed: Option<Wrapped>,
    facts: Facts,
    /// Its own check.
    validate: Option<Path>,
}

/// Where the type that is parsed stands in the type of the field.
enum Wrapped {
    /// It is the type.
    Plain,
    /// `Option<…>`
    Option(Type),
    /// `Vec<…>`
    List(Type),
}

/// What is known of a field when the program is compiled.
struct Facts {
    default: Option<String>,
    description: String,
    is_secret: bool,
    min: Option<String>,
    max: Option<String>,
    pattern: Option<String>,
    non_empty: bool,
    length: (Option<usize>, Option<usize>),
}

impl Field {
    /// Reads a field with a name.
    pub(super) fn read(field: &syn::Field, problems: &mut Problems) -> Option<Self> {
        let ident = field.ident.clone()?;
        let mut args = args(&field.attrs, problems);
        let key = key(&mut args, &ident);
        let facts = Facts::read(&mut args, &field.attrs);
        let validate = args.path("validate");
        let parsed = args.flag("parse").then(|| Wrapped::of(&field.ty));
        args.finish(problems);
        Some(Self { ident, key, r#type: field.ty.clone(), parsed, facts, validate })
    }

    /// The name of the constant that holds what is known of it.
    fn constant(&self) -> Ident {
        let upper = self.ident.unraw().to_string().to_uppercase();
        Ident::new(&format!("__ACTUATOR_{upper}"), Span::mixed_site())
    }

    /// The type that is read.
    fn read_type(&self, p: &TokenStream) -> TokenStream {
        let r#type = &self.r#type;
        match &self.parsed {
            None => quote!(#r#type),
            Some(Wrapped::Plain) => quote_spanned!(r#type.span()=> #p::Parsed<#r#type>),
            Some(Wrapped::Option(inner)) => {
                quote_spanned!(inner.span()=> #p::Option<#p::Parsed<#inner>>)
            }
            Some(Wrapped::List(inner)) => {
                quote_spanned!(inner.span()=> #p::Vec<#p::Parsed<#inner>>)
            }
        }
    }

    /// The constant: what cannot be read is reported on the type, once.
    pub(super) fn declaration(&self, p: &TokenStream) -> TokenStream {
        let (constant, key, facts) = (self.constant(), &self.key, self.facts.expression(p));
        let place = self.r#type.span();
        let p = placed(p, place);
        let read = self.read_type(&p);
        let made = quote_spanned!(place=> #p::Field::<#read>::new(#key, #facts));
        quote!(const #constant: #p::Field<#read> = #made;)
    }

    /// `FIELD.describe(name, into);`
    pub(super) fn description(&self) -> TokenStream {
        let constant = self.constant();
        quote_spanned!(Span::mixed_site()=> #constant.describe(name, into);)
    }

    /// Reads the field into `local`.
    pub(super) fn reading(&self, p: &TokenStream, local: &Ident) -> TokenStream {
        let constant = self.constant();
        let ours = Span::mixed_site();
        let unwrapped = self.parsed.as_ref().map(|wrapped| {
            let function = match wrapped {
                Wrapped::Plain => quote!(parsed),
                Wrapped::Option(_) => quote!(parsed_option),
                Wrapped::List(_) => quote!(parsed_list),
            };
            quote!(let #local = #p::#function(#local);)
        });
        let check = self.validate.as_ref().map(|validate| {
            let check = checking(validate);
            quote_spanned!(ours=> let #local = group.check(&#constant, #local, #check);)
        });
        quote_spanned!(ours=> let #local = group.field(&#constant); #unwrapped #check)
    }
}

/// A closure around a function of the user's, on whose tokens it is reported if it does not fit.
/// No variable of the generated code may stand before it.
pub(super) fn checking(function: &Path) -> TokenStream {
    let ours = Span::mixed_site();
    let value = Ident::new("value", ours);
    let call = quote_spanned!(function.span()=> #function(#value));
    // The closure itself is ours: lints of the user's are not about it.
    quote_spanned!(ours=> |#value| #call)
}

/// The same path at another place, for messages; what it means stays.
fn placed(path: &TokenStream, place: Span) -> TokenStream {
    let placed = |mut token: TokenTree| {
        token.set_span(place.resolved_at(token.span()));
        token
    };
    path.clone().into_iter().map(placed).collect()
}

fn key(args: &mut Args, ident: &Ident) -> String {
    let name = ident.unraw().to_string();
    let Some((given, place)) = args.string("name") else {
        let key = kebab(&name);
        if !is_kebab(&key) && !args.tries("name") {
            let message = "this gives no name of a setting: add `#[settings(name = \"…\")]`";
            args.reject(ident.span(), message);
        }
        return key;
    };
    if !is_kebab(&given) {
        let message = format!("expected lower-case words and dashes: `\"{}\"`", kebab(&given));
        args.reject(place, message);
    }
    given
}

impl Facts {
    fn read(args: &mut Args, attributes: &[syn::Attribute]) -> Self {
        let default = args.literal("default").map(|(text, _)| text);
        let description = args.string("description").map(|(text, _)| text);
        let pattern = args.string("pattern");
        if let Some((pattern, place)) = &pattern
            && let Err(error) = Regex::new(pattern)
        {
            args.reject(*place, format!("expected a regular expression: {error}"));
        }
        Self {
            default,
            description: description.unwrap_or_else(|| doc::description(attributes)),
            is_secret: args.flag("secret"),
            min: args.literal("min").map(|(text, _)| text),
            max: args.literal("max").map(|(text, _)| text),
            pattern: pattern.map(|(pattern, _)| pattern),
            non_empty: args.flag("non_empty"),
            length: args.range("length").unwrap_or_default(),
        }
    }

    fn expression(&self, p: &TokenStream) -> TokenStream {
        let Self { description, is_secret, non_empty, .. } = self;
        let text = |text: &Option<String>| {
            text.as_ref()
                .map_or_else(|| quote!(#p::Option::None), |text| quote!(#p::Option::Some(#text)))
        };
        let number = |number: Option<usize>| {
            number.map_or_else(
                || quote!(#p::Option::None),
                |number| quote!(#p::Option::Some(#number)),
            )
        };
        let (default, pattern) = (text(&self.default), text(&self.pattern));
        let (min, max) = (text(&self.min), text(&self.max));
        let (least, most) = (number(self.length.0), number(self.length.1));
        quote! {
            #p::FieldFacts {
                default: #default,
                description: #description,
                is_secret: #is_secret,
                rules: #p::Rules {
                    min: #min,
                    max: #max,
                    pattern: #pattern,
                    non_empty: #non_empty,
                    least: #least,
                    most: #most,
                },
            }
        }
    }
}

impl Wrapped {
    fn of(r#type: &Type) -> Self {
        let Type::Path(path) = r#type else { return Self::Plain };
        let Some(last) = path.path.segments.last() else { return Self::Plain };
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return Self::Plain };
        match (last.ident.to_string().as_str(), arguments.args.first()) {
            ("Option", Some(GenericArgument::Type(inner))) => Self::Option(inner.clone()),
            ("Vec", Some(GenericArgument::Type(inner))) => Self::List(inner.clone()),
            _ => Self::Plain,
        }
    }
}
