//! `#[startup_step]`, `#[startup_step("load prices", tags("source" = "db"))]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::measured::{Around, Measured};
use crate::{
    emit,
    syntax::{args::Args, meter_options},
};

/// The longest name: what is longer is no name.
const MAX_NAME: usize = 200;

/// Expands the attribute on `item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let read =
        Measured::read_named("startup_step", arguments, item, read_name, meter_options::tags);
    match read {
        Ok((measured, tags)) => {
            let start = start(&measured, &tags);
            measured.expand_around(&Around { start, guard_runs: true })
        }
        Err(instead) => instead,
    }
}

/// Any line of text.
fn read_name(args: &mut Args, function: &str) -> String {
    let Some((text, place)) = args.string("name") else { return String::new() };
    let is_line = !text.trim().is_empty() && !text.contains(char::is_control);
    if !is_line || text.len() > MAX_NAME {
        let meant = function.replace('_', " ");
        let message =
            format!("the name of a step is a line of at most {MAX_NAME} bytes: `\"{meant}\"`");
        args.reject(place, message);
    }
    text
}

/// The block that holds the site and begins a step.
fn start(measured: &Measured, tags: &[(String, String)]) -> TokenStream {
    let p = measured.private();
    let function = measured.function();
    let name = match measured.name() {
        Some(name) => name.to_token_stream(),
        None => measured.path(&p),
    };
    let source = emit::source(&p, function.name());
    let description = function.description();
    let tags = tags.iter().map(|(key, value)| quote!((#key, #value)));
    quote! {
        {
            static SITE: #p::StartupSite = #p::StartupSite::new(#p::StartupDeclaration {
                name: #name,
                source: #source,
                description: #description,
                tags: &[#(#tags),*],
            });
            #p::inventory::submit! { #p::StartupStepDeclaration(&SITE) }
            SITE.start()
        }
    }
}
