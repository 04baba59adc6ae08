//! When a task runs: the arguments of `#[scheduled]` beside its name.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};

use crate::syntax::{args::Args, cron, zone};

/// The arguments that say when; a task has one of them.
const TRIGGERS: [&str; 3] = ["cron", "fixed_rate", "fixed_delay"];
const OVERLAPS: [(&str, &str); 3] =
    [("skip", "Skip"), ("queue", "Queue"), ("parallel", "Parallel")];

/// What the attribute says: texts by the names of the record's fields, and the overlap.
#[derive(Debug, Default)]
pub(crate) struct ScheduleOptions {
    texts: Vec<(&'static str, String)>,
    overlap: Option<&'static str>,
}

impl ScheduleOptions {
    /// Reads all of them; whatever is wrong, alone or together, is remembered by `args`.
    pub(crate) fn read(args: &mut Args) -> Self {
        let mut options = Self::default();
        options.cron(args);
        options.zone(args);
        let rate = options.duration(args, "fixed_rate", false);
        options.duration(args, "fixed_delay", false);
        options.duration(args, "initial_delay", true);
        let jitter = options.duration(args, "jitter", false);
        options.duration(args, "timeout", false);
        if let (Some((Some(rate), _)), Some((Some(jitter), place))) = (rate, jitter)
            && jitter >= rate
        {
            args.reject(place, "a jitter must be shorter than the fixed rate");
        }
        let words = OVERLAPS.map(|(word, _)| word);
        let overlap = args.choice("overlap", &words);
        options.overlap = overlap.and_then(|word| {
            OVERLAPS.iter().find(|(known, _)| *known == word).map(|(_, variant)| *variant)
        });
        contradictions(args);
        options
    }

    /// The record's `DeclaredSchedule`, which names only what was said.
    pub(crate) fn record(&self, p: &TokenStream) -> TokenStream {
        let texts = self.texts.iter().map(|(name, text)| {
            let name = format_ident!("{name}");
            quote!(#name: #p::Option::Some(#text),)
        });
        let overlap = self.overlap.map(|variant| {
            let variant = format_ident!("{variant}");
            quote!(overlap: #p::Option::Some(#p::Overlap::#variant),)
        });
        quote!(#p::DeclaredSchedule { #(#texts)* #overlap ..#p::DeclaredSchedule::NONE })
    }

    fn cron(&mut self, args: &mut Args) {
        let key = args.place("cron");
        let Some((text, place)) = args.string("cron") else { return };
        if let Some(key) = key.filter(|_| !cfg!(feature = "cron")) {
            let message = "`cron` needs the feature `cron` of actuator: \
                           `actuator = { …, features = [\"cron\"] }`";
            args.reject(key, message);
        }
        if !is_left_to_settings(&text) {
            for complaint in cron::complaints(&text) {
                args.reject(place, complaint);
            }
        }
        self.texts.push(("cron", text));
    }

    fn zone(&mut self, args: &mut Args) {
        let Some((text, place)) = args.string("zone") else { return };
        if !is_left_to_settings(&text)
            && let Err(complaint) = zone::check(&text)
        {
            args.reject(place, complaint);
        }
        self.texts.push(("zone", text));
    }

    fn duration(
        &mut self,
        args: &mut Args,
        key: &'static str,
        may_be_zero: bool,
    ) -> Option<(Option<Duration>, Span)> {
        let (text, duration, place) = args.duration_text(key)?;
        if !may_be_zero && duration.is_some_and(|duration| duration.is_zero()) {
            args.reject(place, format!("`{key}` must be more than 0: `{key} = \"30s\"`"));
        }
        self.texts.push((key, text));
        Some((duration, place))
    }
}

/// Only the start knows it.
fn is_left_to_settings(text: &str) -> bool {
    text.contains("${")
}

/// Remembers what makes sense alone but not together.
fn contradictions(args: &mut Args) {
    let mut given = TRIGGERS.into_iter().filter_map(|key| Some((key, args.place(key)?)));
    let Some((first, _)) = given.next() else {
        without_trigger(args);
        return;
    };
    let others: Vec<(&str, Span)> = given.collect();
    for (other, place) in others {
        let message = format!(
            "a task has one trigger, and `{first}` is given already; remove `{other}`, or give it to \
             a function of its own"
        );
        args.reject(place, message);
    }
    if first == "cron" {
        let message = "a cron expression says itself when the first run is; remove `initial_delay`";
        reject_if_given(args, "initial_delay", message);
    } else {
        reject_if_given(args, "zone", "`zone` belongs to `cron`; remove it");
    }
    if first == "fixed_delay" {
        let message = "runs with a pause between them never overlap; remove `overlap`";
        reject_if_given(args, "overlap", message);
    }
}

/// Once, or it was forgotten to say when.
fn without_trigger(args: &mut Args) {
    if args.place("initial_delay").is_some() {
        reject_if_given(args, "zone", "`zone` belongs to `cron`; remove it");
        reject_if_given(args, "overlap", "a task that runs once never overlaps; remove `overlap`");
    } else if TRIGGERS.iter().all(|key| !args.tries(key)) {
        let message = "when does it run? add `cron = \"0 0 3 * * *\"`, `fixed_rate = \"30s\"` or \
                       `fixed_delay = \"30s\"`; `initial_delay = \"10s\"` alone runs it once";
        args.reject(args.span(), message);
    }
}

fn reject_if_given(args: &mut Args, key: &str, message: &str) {
    if let Some(place) = args.place(key) {
        args.reject(place, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problems;

    fn read(arguments: TokenStream) -> (ScheduleOptions, Vec<String>) {
        let mut args = Args::parse(arguments);
        let options = ScheduleOptions::read(&mut args);
        let mut problems = Problems::default();
        args.finish(&mut problems);
        (options, problems.messages())
    }

    #[test]
    fn the_record_names_only_what_was_said() {
        let (options, messages) = read(quote!(
            fixed_rate = "${poll.every:5s}",
            initial_delay = "0s",
            timeout = "500ms",
            overlap = queue
        ));
        assert_eq!(messages, Vec::<String>::new());
        assert_eq!(
            options.record(&quote!(p)).to_string(),
            quote!(p::DeclaredSchedule {
                fixed_rate: p::Option::Some("${poll.every:5s}"),
                initial_delay: p::Option::Some("0s"),
                timeout: p::Option::Some("500ms"),
                overlap: p::Option::Some(p::Overlap::Queue),
                ..p::DeclaredSchedule::NONE
            })
            .to_string()
        );
    }

    #[test]
    fn a_single_delay_is_a_task_that_runs_once() {
        let (_, messages) = read(quote!(initial_delay = "10s"));
        assert_eq!(messages, Vec::<String>::new());
    }

    #[test]
    fn what_makes_no_sense_together_is_told() {
        for (arguments, told) in [
            (quote!(), "when does it run?"),
            (quote!(fixed_rate = "1s", fixed_delay = "1s"), "`fixed_rate` is given already"),
            (quote!(fixed_rate = "1s", zone = "UTC"), "`zone` belongs to `cron`"),
            (quote!(fixed_delay = "1s", overlap = skip), "never overlap"),
            (quote!(initial_delay = "1s", overlap = skip), "never overlaps"),
            (quote!(fixed_rate = "1s", jitter = "1s"), "shorter than the fixed rate"),
            (quote!(fixed_rate = "0s"), "must be more than 0"),
            (quote!(fixed_rate = 5), "a duration needs its unit: `fixed_rate = \"5s\"`"),
            (quote!(fixed_rat = "5s"), "did you mean `fixed_rate = \"5s\"`?"),
        ] {
            let (_, messages) = read(arguments);
            assert_eq!(messages.len(), 1, "{messages:#?}");
            assert!(messages[0].contains(told), "{messages:#?}");
        }
    }

    #[cfg(not(feature = "cron"))]
    #[test]
    fn without_its_feature_a_cron_expression_is_told_how_to_get_it() {
        let (_, messages) = read(quote!(cron = "0 0 3 * * *"));
        assert!(messages[0].contains("features = [\"cron\"]"), "{messages:#?}");
    }
}
