//! `#[scheduled(cron = "0 0 3 * * MON-FRI", zone = "Europe/Zurich")]`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{function::FunctionAttribute, schedule_options::ScheduleOptions};

const ATTRIBUTE: FunctionAttribute =
    FunctionAttribute { name: "scheduled", separator: None, name_is_optional: true };

/// Expands the attribute on `item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let (declared, options) = match ATTRIBUTE.read(arguments, item, ScheduleOptions::read) {
        Ok(read) => read,
        Err(instead) => return instead,
    };
    let (krate, name) = (&declared.krate, &declared.name);
    let p = quote!(#krate::__private);
    let name =
        if name.is_empty() { quote!(#p::Option::None) } else { quote!(#p::Option::Some(#name)) };
    let schedule = options.record(&p);
    let description = declared.function.description();
    let (source, dependencies) = (declared.source(), declared.dependencies());
    let bind = declared.bind("async_task", "blocking_task");
    declared.submit(&quote! {
        #p::ScheduledDeclaration {
            name: #name,
            description: #description,
            source: #source,
            schedule: #schedule,
            dependencies: #dependencies,
            bind: #bind,
        }
    })
}
