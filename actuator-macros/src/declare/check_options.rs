//! How a check is run and counted: the arguments of `#[health_check]` beside its name.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

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
    ("success_ttl", lifetime),
    ("failure_ttl", lifetime),
    ("interval", positive),
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
        let set = read.collect();
        contradictions(args);
        Self { set }
    }

    /// The record's `DeclaredOptions`, which names only what was said.
    pub(crate) fn record(&self, p: &TokenStream) -> TokenStream {
        let none = quote!(#p::DeclaredOptions::NONE);
        if self.set.is_empty() {
            return none;
        }
        let fields = self.set.iter().map(|(name, value)| {
            let (name, value) = (Ident::new(name, Span::mixed_site()), value.expression(p));
            quote!(#name: #value)
        });
        quote!(#p::DeclaredOptions { #(#fields,)* ..#none })
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

/// What makes sense alone but not together. A deadline longer than the interval does: the check
/// that took so long is just late for its next run.
fn contradictions(args: &mut Args) {
    if args.place("interval").is_some() {
        for ttl in ["success_ttl", "failure_ttl"] {
            if let Some(place) = args.place(ttl) {
                let message = format!(
                    "a check with an `interval` runs in the background, and its last result always \
                     serves; remove `{ttl}`, or `interval` to run the check when it is asked for"
                );
                args.reject(place, message);
            }
        }
    } else if let Some(place) = args.place("failure_interval")
        && !args.means("interval")
    {
        args.reject(
            place,
            "`failure_interval` changes the pace of a check in the background; add \
             `interval = \"30s\"`",
        );
    }
}

/// A duration that may be zero: nothing is kept.
fn lifetime(args: &mut Args, key: &'static str) -> Option<Value> {
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
    let (text, place) = args.string(key)?;
    match status::code(&text) {
        Ok(code) => Some(Value::Text(code)),
        Err((complaint, meant)) => {
            args.reject(place, format!("{complaint}: `{key} = \"{meant}\"`"));
            None
        }
    }
}

fn failure_status(args: &mut Args, key: &'static str) -> Option<Value> {
    let value = status(args, key)?;
    if matches!(&value, Value::Text(code) if code == "UP")
        && let Some(place) = args.place(key)
    {
        args.reject(
            place,
            "a failure that is UP would never be seen; to show it and not count it, write \
             `critical = false`",
        );
    }
    Some(value)
}

fn tags(args: &mut Args, key: &'static str) -> Option<Value> {
    Label::Tag.list(args, key).map(Value::Texts)
}

fn groups(args: &mut Args, key: &'static str) -> Option<Value> {
    Label::Group.list(args, key).map(Value::Texts)
}
