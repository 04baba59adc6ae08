//! How a check is run and counted: the arguments of `#[health_check]` beside its name.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};

use crate::syntax::{args::Args, label::Label, status};

/// What the attribute says, in the order of the record's fields.
#[derive(Debug, Default)]
pub(crate) struct CheckOptions {
    set: Vec<(&'static str, Value)>,
}

#[derive(Debug)]
enum Value {
    Duration(Duration),
    Bool(bool),
    Count(u32),
    Text(String),
    Texts(Vec<String>),
}

type Reader = fn(&mut Args, &'static str) -> Option<Value>;

/// Every option, by the name of its argument, which is that of its field in the record.
const OPTIONS: [(&str, Reader); 13] = [
    ("timeout", positive),
    ("success_ttl", duration),
    ("failure_ttl", duration),
    ("interval", duration),
    ("failure_interval", positive),
    ("critical", boolean),
    ("failure_threshold", threshold),
    ("success_threshold", threshold),
    ("initial_status", status),
    ("failure_status", failure_status),
    ("level", level),
    ("tags", tags),
    ("groups", groups),
];

impl CheckOptions {
    /// Reads all of them; whatever is wrong, alone or together, is remembered by `args`.
    pub(crate) fn read(args: &mut Args) -> Self {
        let read = OPTIONS.iter().filter_map(|(name, read)| Some((*name, read(args, name)?)));
        let options = Self { set: read.collect() };
        options.contradictions(args);
        options
    }

    /// The record's `DeclaredOptions`, which names only what was said.
    pub(crate) fn record(&self, p: &TokenStream) -> TokenStream {
        let none = quote!(#p::DeclaredOptions::NONE);
        if self.set.is_empty() {
            return none;
        }
        let fields = self.set.iter().map(|(name, value)| {
            let (name, value) = (format_ident!("{name}"), value.expression(p));
            quote!(#name: #value)
        });
        quote!(#p::DeclaredOptions { #(#fields,)* ..#none })
    }

    /// Remembers what makes sense alone but not together. A deadline longer than the interval
    /// does: the interval is the pause after a run.
    fn contradictions(&self, args: &mut Args) {
        let never = matches!(self.get("interval"), Some(Value::Duration(Duration::ZERO)));
        if !never && args.place("interval").is_some() {
            for ttl in ["success_ttl", "failure_ttl"] {
                if let Some(place) = args.place(ttl) {
                    let message = format!(
                        "a check with an `interval` runs in the background, and its last result \
                         always serves; remove `{ttl}`, or `interval` to run the check when it is \
                         asked for"
                    );
                    args.reject(place, message);
                }
            }
        }
        if let Some(place) = args.place("failure_interval")
            && (never || !args.means("interval"))
        {
            args.reject(
                place,
                "`failure_interval` changes the pace of a check in the background; add \
                 `interval = \"30s\"`",
            );
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.set.iter().find(|(set, _)| *set == name).map(|(_, value)| value)
    }
}

impl Value {
    fn expression(&self, p: &TokenStream) -> TokenStream {
        let value = match self {
            Self::Duration(duration) => {
                let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
                quote!(#p::Duration::from_nanos(#nanos))
            }
            Self::Bool(value) => quote!(#value),
            Self::Count(value) => quote!(#value),
            Self::Text(value) => quote!(#value),
            Self::Texts(values) => return quote!(&[#(#values),*]),
        };
        quote!(#p::Option::Some(#value))
    }
}

/// A duration that may be zero: nothing is kept, nothing runs in the background.
fn duration(args: &mut Args, key: &'static str) -> Option<Value> {
    args.duration(key).map(|(duration, _)| Value::Duration(duration))
}

fn positive(args: &mut Args, key: &'static str) -> Option<Value> {
    let (duration, place) = args.duration(key)?;
    if duration.is_zero() {
        args.reject(place, format!("`{key}` must be more than 0: `{key} = \"2s\"`"));
    }
    Some(Value::Duration(duration))
}

fn boolean(args: &mut Args, key: &'static str) -> Option<Value> {
    args.boolean(key).map(Value::Bool)
}

fn threshold(args: &mut Args, key: &'static str) -> Option<Value> {
    args.count(key, 1).map(Value::Count)
}

fn level(args: &mut Args, key: &'static str) -> Option<Value> {
    args.count(key, 0).map(Value::Count)
}

fn status(args: &mut Args, key: &'static str) -> Option<Value> {
    status_code(args, key).map(|(code, _)| Value::Text(code))
}

fn failure_status(args: &mut Args, key: &'static str) -> Option<Value> {
    let (code, place) = status_code(args, key)?;
    if code == "UP" {
        args.reject(
            place,
            "a failure that is UP would never be seen; to show it and not count it, write \
             `critical = false`",
        );
    }
    Some(Value::Text(code))
}

fn status_code(args: &mut Args, key: &'static str) -> Option<(String, Span)> {
    let (text, place) = args.string(key)?;
    match status::code(&text) {
        Ok(code) => Some((code, place)),
        Err((complaint, meant)) => {
            args.reject(place, format!("{complaint}: `{key} = \"{meant}\"`"));
            None
        }
    }
}

fn tags(args: &mut Args, key: &'static str) -> Option<Value> {
    Label::Tag.list(args, key).map(Value::Texts)
}

fn groups(args: &mut Args, key: &'static str) -> Option<Value> {
    Label::Group.list(args, key).map(Value::Texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problems;

    fn read(arguments: TokenStream) -> (CheckOptions, Vec<String>) {
        let mut args = Args::parse(arguments);
        let options = CheckOptions::read(&mut args);
        let mut problems = Problems::default();
        args.finish(&mut problems);
        (options, problems.messages())
    }

    fn record(arguments: TokenStream) -> String {
        let (options, messages) = read(arguments);
        assert_eq!(messages, Vec::<String>::new());
        options.record(&quote!(p)).to_string()
    }

    #[test]
    fn the_record_names_only_what_was_said() {
        assert_eq!(record(quote!()), quote!(p::DeclaredOptions::NONE).to_string());
        assert_eq!(
            record(quote!(groups = ["readiness"], failure_status = "degraded", interval = "1m")),
            quote!(p::DeclaredOptions {
                interval: p::Option::Some(p::Duration::from_nanos(60000000000u64)),
                failure_status: p::Option::Some("RESTRICTED"),
                groups: &["readiness"],
                ..p::DeclaredOptions::NONE
            })
            .to_string()
        );
    }

    #[test]
    fn a_check_in_the_background_keeps_its_result_by_itself() {
        let (_, messages) = read(quote!(interval = "30s", success_ttl = "1m", failure_ttl = "1s"));
        assert_eq!(messages.len(), 2, "{messages:#?}");
        assert!(messages[0].contains("remove `success_ttl`"), "{messages:#?}");
        assert!(messages[1].contains("remove `failure_ttl`"), "{messages:#?}");
    }

    #[test]
    fn a_pace_for_failures_needs_a_pace() {
        let (_, messages) = read(quote!(failure_interval = "5s"));
        assert!(messages[0].ends_with("add `interval = \"30s\"`"), "{messages:#?}");
        // One mistake is told once.
        for interval in [quote!(interval = 30), quote!(intervall = "30s")] {
            let (_, messages) = read(quote!(#interval, failure_interval = "5s"));
            assert_eq!(messages.len(), 1, "{messages:#?}");
        }
    }

    #[test]
    fn an_interval_of_zero_is_none_whatever_the_settings_say() {
        let (_, messages) = read(quote!(interval = "0s", success_ttl = "1m", failure_ttl = "1s"));
        assert_eq!(messages, Vec::<String>::new());
        let (_, messages) = read(quote!(interval = "0s", failure_interval = "5s"));
        assert!(messages[0].ends_with("add `interval = \"30s\"`"), "{messages:#?}");
    }

    #[test]
    fn a_deadline_may_be_longer_than_the_interval() {
        let (_, messages) = read(quote!(timeout = "1m", interval = "5s"));
        assert_eq!(messages, Vec::<String>::new());
    }
}
