//! `#[counted]`, `#[counted("orders.rejected", failures_only)]`.

use proc_macro2::TokenStream;
use quote::quote;

use super::measured::{Measured, Site};
use crate::syntax::meter_options::MeterOptions;

/// Expands the attribute on `item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let read = Measured::read("counted", arguments, item, |args| {
        (MeterOptions::read(args), args.flag("failures_only"))
    });
    match read {
        Ok((measured, (options, failures_only))) => measured.expand(&Site {
            type_name: "CountedSite",
            kind: "Counter",
            default_name: "method.counted",
            options: &options,
            arguments: quote!(#failures_only),
        }),
        Err(instead) => instead,
    }
}
