//! `#[health_check(name = "db", timeout = "2s")]`.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;

use super::function::FunctionAttribute;
use crate::syntax::args::Args;

const ATTRIBUTE: FunctionAttribute =
    FunctionAttribute { name: "health_check", separator: Some('/'), own_arguments: &["timeout"] };

/// Expands the attribute on `item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let timeout = |args: &mut Args| args.duration("timeout").map(|(timeout, _)| timeout);
    let (declared, timeout) = match ATTRIBUTE.read(arguments, item, timeout) {
        Ok(read) => read,
        Err(instead) => return instead,
    };
    let (krate, name) = (&declared.krate, &declared.name);
    let p = quote!(#krate::__private);
    let timeout = option(&p, timeout);
    let description = declared.function.description();
    let (source, dependencies) = (declared.source(), declared.dependencies());
    let bind = declared.bind("async_check", "blocking_check");
    declared.submit(&quote! {
        #p::HealthDeclaration {
            name: #name,
            description: #description,
            source: #source,
            timeout: #timeout,
            dependencies: #dependencies,
            bind: #bind,
        }
    })
}

fn option(p: &TokenStream, duration: Option<Duration>) -> TokenStream {
    let Some(duration) = duration else { return quote!(#p::Option::None) };
    let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    quote!(#p::Option::Some(#p::Duration::from_nanos(#nanos)))
}
