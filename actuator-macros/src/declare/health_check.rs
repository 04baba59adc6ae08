//! `#[health_check(name = "db", timeout = "2s")]`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{check_options::CheckOptions, function::FunctionAttribute};

const ATTRIBUTE: FunctionAttribute =
    FunctionAttribute { name: "health_check", separator: Some('/'), name_is_optional: false };

/// Expands the attribute on `item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let (declared, options) = match ATTRIBUTE.read(arguments, item, CheckOptions::read) {
        Ok(read) => read,
        Err(instead) => return instead,
    };
    let (krate, name) = (&declared.krate, &declared.name);
    let p = quote!(#krate::__private);
    let options = options.record(&p);
    let description = declared.function.description();
    let (source, dependencies) = (declared.source(), declared.dependencies());
    let bind = declared.bind("async_check", "blocking_check");
    declared.submit(&quote! {
        #p::HealthDeclaration {
            name: #name,
            description: #description,
            source: #source,
            options: #options,
            dependencies: #dependencies,
            bind: #bind,
        }
    })
}
