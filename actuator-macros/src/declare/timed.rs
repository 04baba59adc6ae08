//! `#[timed]`, `#[timed("orders.place", slo = ["100ms"])]`.

use proc_macro2::TokenStream;
use quote::quote;

use super::measured::{Measured, Site};
use crate::syntax::{args::Args, meter_options::MeterOptions};

/// Expands the attribute on `item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let (measured, options) = match Measured::read("timed", arguments, item, Options::read) {
        Ok(read) => read,
        Err(instead) => return instead,
    };
    let (type_name, kind) =
        if options.long_task { ("LongTaskSite", "LongTask") } else { ("TimedSite", "Timer") };
    measured.expand(&Site {
        type_name,
        kind,
        default_name: "method.timed",
        options: &options.meter,
        arguments: quote!(),
    })
}

struct Options {
    meter: MeterOptions,
    long_task: bool,
}

impl Options {
    fn read(args: &mut Args) -> Self {
        let meter = MeterOptions::read(args).with_distribution(args, true);
        let long_task = args.flag("long_task");
        if long_task {
            Self::contradictions(args);
        }
        Self { meter, long_task }
    }

    fn contradictions(args: &mut Args) {
        let place = args.place("long_task").unwrap_or_else(|| args.span());
        if !args.tries("name") {
            args.reject(
                place,
                "a long task needs a name of its own: `#[timed(\"orders.import\", long_task)]`",
            );
        }
        for key in ["percentiles", "histogram", "slo", "error"] {
            if let Some(place) = args.place(key) {
                let message = format!(
                    "a long task is measured while it runs, not when it has ended; remove \
                     `{key}`, or `long_task`"
                );
                args.reject(place, message);
            }
        }
    }
}
