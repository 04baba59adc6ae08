//! `#[health_check(name = "db", timeout = "2s")]`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    emit::Declared,
    problem::Problems,
    syntax::{args::Args, name, signature::Function},
};

/// Expands the attribute on `item`.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let function: Function = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(_) => return super::provider::not_a_function("health_check", item),
    };
    let mut problems = Problems::default();
    let mut args = Args::parse(attribute);
    let name = name::required(&mut args, &function.name().to_string(), Some('/'));
    let timeout = args.duration("timeout");
    let on = args.type_("on");
    let krate = args.krate();
    let name = name.finish(&mut problems);
    args.finish(&["name", "timeout", "on"], &mut problems);
    let parameters = function.parameters(on.as_ref(), &mut problems);
    if !problems.is_empty() {
        let errors = problems.into_compile_errors();
        return quote!(#function #errors);
    }
    let declared =
        Declared { krate: &krate, function: &function, parameters: &parameters, on: on.as_ref() };
    let p = quote!(#krate::__private);
    let timeout = timeout.map_or_else(
        || quote!(#p::Option::None),
        |(timeout, _)| {
            let nanos = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
            quote!(#p::Option::Some(#p::Duration::from_nanos(#nanos)))
        },
    );
    let description = function.description();
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
