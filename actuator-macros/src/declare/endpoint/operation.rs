//! A method of the block that is an operation.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{
    Attribute, FnArg, GenericArgument, ImplItemFn, Meta, PathArguments, Receiver, ReturnType, Type,
};

use super::parameter::{Parameter, Place};
use crate::{
    problem::Problems,
    syntax::{args::Args, doc, signature::without_self},
};

/// The attributes of operations, and the HTTP method of each.
const KINDS: [(&str, Kind); 3] =
    [("read", Kind::Read), ("write", Kind::Write), ("delete", Kind::Delete)];
/// The most components of an operation, the endpoint itself among them.
const MAX_COMPONENTS: usize = 8;

/// What an operation does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
    Delete,
}

/// How a method takes `self`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Me {
    Not,
    Reference,
    Shared,
}

/// An operation.
pub(super) struct Operation {
    pub(super) name: Ident,
    pub(super) kind: Kind,
    pub(super) is_async: bool,
    pub(super) me: Me,
    pub(super) parameters: Vec<Parameter>,
    /// Media types; empty for those that the returned type has.
    pub(super) produces: Vec<String>,
    /// The returned type without `Result` and `Option`, if it can be named.
    pub(super) product: Option<Type>,
    pub(super) summary: String,
    pub(super) cfgs: Vec<Attribute>,
}

impl Operation {
    /// Whether a method has one of the attributes.
    pub(super) fn is_meant(method: &ImplItemFn) -> bool {
        method.attrs.iter().any(|attribute| kind_of(attribute).is_some())
    }

    /// Reads a method, and takes the attributes off it and its parameters; `None` for a method that
    /// is none.
    pub(super) fn read(
        method: &mut ImplItemFn,
        on: &Type,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut found: Vec<(Kind, Attribute)> = Vec::new();
        method.attrs.retain(|attribute| match kind_of(attribute) {
            Some(kind) => {
                found.push((kind, attribute.clone()));
                false
            }
            None => true,
        });
        let mut found = found.into_iter();
        let (kind, attribute) = found.next()?;
        for (_, another) in found {
            problems.push_on(another, "a method is one operation; remove one of the attributes");
        }
        let produces = produces(&attribute, problems);
        let signature = &mut method.sig;
        if let Some(generic) = signature.generics.params.first() {
            problems.push_on(generic, "an operation cannot be generic; name the types");
        }
        if let Some(unsafety) = &signature.unsafety {
            problems.push_on(unsafety, "callers of an operation cannot promise anything");
        }
        let mut me = Me::Not;
        let mut parameters: Vec<Parameter> = Vec::new();
        for input in &mut signature.inputs {
            match input {
                FnArg::Receiver(receiver) => me = receiver_of(receiver, problems),
                FnArg::Typed(typed) => {
                    parameters.extend(Parameter::read(typed, on, problems));
                }
            }
        }
        check(&parameters, me, problems);
        Some(Self {
            name: signature.ident.clone(),
            kind,
            is_async: signature.asyncness.is_some(),
            me,
            parameters,
            produces,
            product: product(&signature.output, on),
            summary: doc::description(&method.attrs),
            cfgs: doc::cfgs(&method.attrs).cloned().collect(),
        })
    }

    /// What tells it from others: the method, the form of the path, what is produced, and where it
    /// is there at all.
    pub(super) fn answers(&self) -> (&'static str, Vec<bool>, &[String], String) {
        let selectors = self.selectors().map(|one| one.place == Place::Remaining).collect();
        let cfgs = self.cfgs.iter().map(|cfg| cfg.to_token_stream().to_string()).collect();
        (self.method(), selectors, &self.produces, cfgs)
    }

    /// `GET /{name}`.
    pub(super) fn route(&self) -> String {
        let segment = |one: &Parameter| match one.place {
            Place::Remaining => format!("/{{*{}}}", one.wire),
            _ => format!("/{{{}}}", one.wire),
        };
        let path: String = self.selectors().map(segment).collect();
        let path = if path.is_empty() { " of the endpoint itself".to_owned() } else { path };
        format!("{} {}", self.method(), path.trim_start())
    }

    /// The parameters that are parts of the path, in order.
    pub(super) fn selectors(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|one| matches!(one.place, Place::Selector | Place::Remaining))
    }

    fn method(&self) -> &'static str {
        match self.kind {
            Kind::Read => "GET",
            Kind::Write => "POST",
            Kind::Delete => "DELETE",
        }
    }
}

fn kind_of(attribute: &Attribute) -> Option<Kind> {
    let known = KINDS.iter().find(|(name, _)| attribute.path().is_ident(name));
    known.map(|(_, kind)| *kind)
}

/// `produces = ["text/plain"]`.
fn produces(attribute: &Attribute, problems: &mut Problems) -> Vec<String> {
    let tokens = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) => TokenStream::new(),
        Meta::NameValue(value) => {
            problems.push_on(value, "expected `#[read]` or `#[read(produces = [\"text/plain\"])]`");
            TokenStream::new()
        }
    };
    let mut args = Args::parse(tokens);
    let mut produces = Vec::new();
    for (media_type, place) in args.texts("produces").unwrap_or_default() {
        let is_one = media_type.split_once('/').is_some_and(|(kind, subtype)| {
            !kind.is_empty() && !subtype.is_empty() && media_type.is_ascii()
        });
        if !is_one || media_type.contains(['*', ',', ' ']) {
            args.reject(place, "expected one media type without wildcards: `\"text/csv\"`");
        }
        produces.push(media_type);
    }
    args.finish(problems);
    produces
}

fn receiver_of(receiver: &Receiver, problems: &mut Problems) -> Me {
    let shared = "an endpoint is shared by all calls: take `&self`, and keep what changes behind a \
                  `Mutex` or in atomics";
    match (&receiver.reference, &receiver.mutability, &receiver.colon_token) {
        (Some(_), None, _) => return Me::Reference,
        (None, None, Some(_)) => {
            let given = receiver.ty.to_token_stream().to_string().replace(' ', "");
            if given.ends_with("Arc<Self>") {
                return Me::Shared;
            }
            problems.push_on(receiver, "expected `&self` or `self: Arc<Self>`");
        }
        _ => problems.push_on(receiver, shared),
    }
    Me::Reference
}

/// What is wrong with the parameters together.
fn check(parameters: &[Parameter], me: Me, problems: &mut Problems) {
    let mut remaining: Option<&Parameter> = None;
    for (at, one) in parameters.iter().enumerate() {
        if let (Place::Selector | Place::Remaining, Some(before)) = (one.place, remaining) {
            let message = format!(
                "`{}` comes behind `{}`, which takes all segments that are left; put `{}` last",
                one.wire, before.wire, before.wire
            );
            problems.push(one.name.span(), message);
        }
        if one.place == Place::Remaining {
            remaining = Some(one);
        }
        let is_sent = |one: &Parameter| one.place != Place::Component;
        let others = parameters.iter().take(at).filter(|other| is_sent(other));
        if is_sent(one) && others.clone().any(|other| other.wire == one.wire) {
            let message = format!(
                "callers know another parameter as `{}`: add `#[argument(name = \"…\")]`",
                one.wire
            );
            problems.push(one.name.span(), message);
        }
    }
    let components = parameters.iter().filter(|one| one.place == Place::Component).count();
    if components + usize::from(me != Me::Not) > MAX_COMPONENTS
        && let Some(last) = parameters.last()
    {
        let message = format!("at most {MAX_COMPONENTS} components, `self` among them");
        problems.push(last.name.span(), message);
    }
}

/// What is left of a returned type without `Result` and `Option`.
fn product(output: &ReturnType, on: &Type) -> Option<Type> {
    let ReturnType::Type(_, returned) = output else { return Some(syn::parse_quote!(())) };
    let mut product = returned.as_ref();
    while let Some(inner) = inner(product) {
        product = inner;
    }
    let mentions_impl = quote!(#product).to_string().split_whitespace().any(|word| word == "impl");
    (!mentions_impl && !matches!(product, Type::Never(_))).then(|| without_self(product, on))
}

/// `T` of `Result<T, …>` and `Option<T>`.
fn inner(returned: &Type) -> Option<&Type> {
    let Type::Path(path) = returned else { return None };
    let last = path.path.segments.last()?;
    if last.ident != "Result" && last.ident != "Option" {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}
