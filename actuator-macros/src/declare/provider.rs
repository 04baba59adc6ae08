//! `#[env_source(name = "shop")]` and `#[info_source(name = "shop")]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::{
    emit::Declared,
    problem::Problems,
    syntax::{args::Args, name, signature::Function},
};

/// Expands `attribute_name` on `item` into a record of the type `record`.
pub(crate) fn expand(
    attribute_name: &str,
    record: &str,
    attribute: TokenStream,
    item: &TokenStream,
) -> TokenStream {
    let function: Function = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(_) => return not_a_function(attribute_name, item),
    };
    let mut problems = Problems::default();
    let mut args = Args::parse(attribute);
    let name = name::required(&mut args, &function.name().to_string(), None);
    let on = args.type_("on");
    let krate = args.krate();
    let name = name.finish(&mut problems);
    args.finish(&["name", "on"], &mut problems);
    let parameters = function.parameters(on.as_ref(), &mut problems);
    if !problems.is_empty() {
        let errors = problems.into_compile_errors();
        return quote!(#function #errors);
    }
    let declared =
        Declared { krate: &krate, function: &function, parameters: &parameters, on: on.as_ref() };
    let p = quote!(#krate::__private);
    let record = format_ident!("{record}");
    let description = function.description();
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

/// The item again, with one message: attributes of this crate belong on functions.
pub(crate) fn not_a_function(attribute_name: &str, item: &TokenStream) -> TokenStream {
    let mut problems = Problems::default();
    let message = format!("`#[{attribute_name}]` belongs on a function: `fn name(…) -> … {{ … }}`");
    problems.push_on(item, message);
    let errors = problems.into_compile_errors();
    quote!(#item #errors)
}
