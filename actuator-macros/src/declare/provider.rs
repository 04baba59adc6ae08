//! `#[env_source(name = "shop")]` and `#[info_source(name = "shop")]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::function::FunctionAttribute;

/// Expands the attribute called `attribute` on `item` into a record of the type `record`.
pub(crate) fn expand(
    attribute: &'static str,
    record: &str,
    arguments: TokenStream,
    item: &TokenStream,
) -> TokenStream {
    let attribute = FunctionAttribute { name: attribute, separator: None, name_is_optional: false };
    let declared = match attribute.read(arguments, item, |_| ()) {
        Ok((declared, ())) => declared,
        Err(instead) => return instead,
    };
    let (krate, name) = (&declared.krate, &declared.name);
    let p = quote!(#krate::__private);
    let record = format_ident!("{record}");
    let description = declared.function.description();
    let (source, dependencies) = (declared.source(), declared.dependencies());
    let bind = declared.bind("async_provider", "provider");
    declared.submit(&quote! {
        #p::#record(#p::ProviderDeclaration {
            name: #name,
            description: #description,
            source: #source,
            dependencies: #dependencies,
            bind: #bind,
        })
    })
}
