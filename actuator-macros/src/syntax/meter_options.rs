//! What an attribute says about a meter beside its name and kind.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Expr, ExprLit, Lit, spanned::Spanned};

use super::{
    args::{Args, number_of},
    duration, meter_name,
};

/// Keys that are spoken for: those that the macros add themselves, and those of Prometheus.
const RESERVED: [&str; 7] = ["class", "method", "outcome", "exception", "result", "le", "quantile"];

/// The options, of which each macro reads those that make sense for it.
#[derive(Debug, Default)]
pub(crate) struct MeterOptions {
    /// What it is, for people.
    pub(crate) description: Option<String>,
    /// What one of it is.
    pub(crate) base_unit: Option<String>,
    /// The fixed tags.
    pub(crate) tags: Vec<(String, String)>,
    /// The distribution's part.
    pub(crate) distribution: Distribution,
}

/// What is published of a distribution.
#[derive(Debug, Default)]
pub(crate) struct Distribution {
    percentiles: Vec<f64>,
    histogram: bool,
    objectives: Vec<f64>,
}

impl MeterOptions {
    /// `description` and `tags`, which every meter has.
    pub(crate) fn read(args: &mut Args) -> Self {
        let description = args.string("description").map(|(text, _)| text);
        Self { description, tags: tags(args), ..Self::default() }
    }

    /// Reads `base_unit` too.
    pub(crate) fn with_base_unit(mut self, args: &mut Args) -> Self {
        self.base_unit = args.string("base_unit").and_then(|(unit, place)| {
            if unit.is_empty() || unit.contains(|c: char| c.is_whitespace() || c.is_control()) {
                args.reject(place, "a base unit is one word, plural: `base_unit = \"bytes\"`");
                return None;
            }
            Some(unit)
        });
        self
    }

    /// Reads what is published of a distribution too.
    pub(crate) fn with_distribution(mut self, args: &mut Args, durations_only: bool) -> Self {
        self.distribution = Distribution {
            percentiles: percentiles(args),
            histogram: args.flag("histogram"),
            objectives: objectives(args, durations_only),
        };
        self
    }

    /// Adds tags that all meters of a struct have; its own ones of the same key win.
    pub(crate) fn add_tags(&mut self, common: &[(String, String)]) {
        for tag in common {
            if self.tags.iter().all(|(key, _)| *key != tag.0) {
                self.tags.push(tag.clone());
            }
        }
    }

    /// The fields of a record `MeterDeclaration`, but for its name, kind and source. `description`
    /// is that of the doc comment, `first` are pairs of tags that come before those of the user.
    pub(crate) fn fields(
        &self,
        p: &TokenStream,
        description: &str,
        first: &TokenStream,
    ) -> TokenStream {
        let description = self.description.as_deref().unwrap_or(description);
        let base_unit = self.base_unit.as_ref().map(|unit| quote!(#p::Option::Some(#unit)));
        let base_unit = base_unit.unwrap_or_else(|| quote!(#p::Option::None));
        let tags = self.tags.iter().map(|(key, value)| quote!((#key, #value)));
        let Distribution { percentiles, histogram, objectives } = &self.distribution;
        quote! {
            description: #description,
            base_unit: #base_unit,
            tags: &[#first #(#tags),*],
            percentiles: &[#(#percentiles),*],
            histogram: #histogram,
            objectives: &[#(#objectives),*],
        }
    }
}

/// `tags("channel" = "web")`.
pub(crate) fn tags(args: &mut Args) -> Vec<(String, String)> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for ((key, place), (value, value_place)) in args.pairs("tags") {
        meter_name::check(args, &key, place, "a tag's key is", "channel");
        if RESERVED.contains(&key.as_str()) {
            let message = format!("`{key}` is a tag of the macro's own; choose another key");
            args.reject(place, message);
        }
        if tags.iter().any(|(known, _)| *known == key) {
            args.reject(place, format!("`{key}` stands here twice; remove one of them"));
        }
        if value.is_empty() {
            let message = format!(
                "an empty value is the same as no tag to many tools: `\"{key}\" = \"none\"`"
            );
            args.reject(value_place, message);
        }
        tags.push((key, value));
    }
    tags
}

fn percentiles(args: &mut Args) -> Vec<f64> {
    let mut seen: Vec<f64> = Vec::new();
    for (percentile, place) in args.numbers("percentiles", "0.99") {
        if (0.0..=1.0).contains(&percentile) {
            once(args, &mut seen, percentile, place);
        } else {
            let meant = ((percentile * 1e4).round() / 1e6).clamp(0.0, 1.0);
            args.reject(place, format!("a percentile is a share from 0 to 1: `{meant}`"));
        }
    }
    seen.sort_by(f64::total_cmp);
    seen
}

/// The boundaries of `slo`, in base units; durations become seconds.
fn objectives(args: &mut Args, durations_only: bool) -> Vec<f64> {
    let example = if durations_only { "[\"100ms\", \"1s\"]" } else { "[10, 100]" };
    let mut seen: Vec<f64> = Vec::new();
    for element in args.elements("slo", example) {
        match objective(&element, durations_only) {
            Ok(value) => once(args, &mut seen, value, element.span()),
            Err(message) => args.reject(element.span(), message),
        }
    }
    seen.sort_by(f64::total_cmp);
    seen
}

fn objective(element: &Expr, durations_only: bool) -> Result<f64, String> {
    let value = match element {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => duration::parse(&text.value())
            .map(|duration| duration.as_secs_f64())
            .ok_or_else(|| format!("expected {}", duration::EXPECTED))?,
        other => match number_of(other) {
            Some(number) if durations_only => {
                return Err(format!("a duration needs its unit: `\"{number}s\"`"));
            }
            Some(number) => number,
            None if durations_only => return Err(format!("expected {}", duration::EXPECTED)),
            None => return Err("expected a number, or a duration such as `\"100ms\"`".to_owned()),
        },
    };
    if value > 0.0 { Ok(value) } else { Err("a boundary must be more than 0".to_owned()) }
}

fn once(args: &mut Args, seen: &mut Vec<f64>, value: f64, place: Span) {
    if seen.contains(&value) {
        args.reject(place, "this stands here twice; remove one of them");
    } else {
        seen.push(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problems;

    fn read(arguments: TokenStream) -> (MeterOptions, Vec<String>) {
        let mut args = Args::parse_meter(arguments);
        let options = MeterOptions::read(&mut args)
            .with_base_unit(&mut args)
            .with_distribution(&mut args, true);
        let mut problems = Problems::default();
        args.finish(&mut problems);
        (options, problems.messages())
    }

    #[test]
    fn what_is_said_is_in_the_record_in_order() {
        let (options, messages) = read(quote!(
            description = "d",
            base_unit = "orders",
            tags("channel" = "web"),
            percentiles = [0.99, 0.5],
            histogram,
            slo = ["1s", "100ms"]
        ));
        assert_eq!(messages, Vec::<String>::new());
        assert_eq!(
            options.fields(&quote!(p), "from the doc comment", &quote!()).to_string(),
            quote! {
                description: "d",
                base_unit: p::Option::Some("orders"),
                tags: &[("channel", "web")],
                percentiles: &[0.5f64, 0.99f64],
                histogram: true,
                objectives: &[0.1f64, 1f64],
            }
            .to_string()
        );
    }

    #[test]
    fn what_makes_no_sense_is_told_with_the_fix() {
        let (_, messages) = read(quote!(
            base_unit = "two words",
            tags("Channel" = "web", "outcome" = "x", "a" = "", "a" = "b"),
            percentiles = [99, 0.5, 0.5],
            slo = [100, "0s", "soon"]
        ));
        assert_eq!(
            messages,
            [
                "a tag's key is lower-case words separated by dots: `\"channel\"`",
                "`outcome` is a tag of the macro's own; choose another key",
                "an empty value is the same as no tag to many tools: `\"a\" = \"none\"`",
                "`a` stands here twice; remove one of them",
                "a base unit is one word, plural: `base_unit = \"bytes\"`",
                "a percentile is a share from 0 to 1: `0.99`",
                "this stands here twice; remove one of them",
                "a duration needs its unit: `\"100s\"`",
                "a boundary must be more than 0",
                "expected a duration with a unit, such as \"2s\", \"500ms\" or \"1m\"",
            ]
        );
    }
}
