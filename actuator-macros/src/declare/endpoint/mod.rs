//! `#[endpoint(id = "features", access = "read-only")]` on an `impl` block.

mod emit;
mod operation;
mod parameter;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ImplItem, ItemImpl, Path, Type};

use self::operation::Operation;
use crate::{
    problem::Problems,
    syntax::{args::Args, doc},
};

/// What the attribute and the block say.
struct Endpoint {
    krate: Path,
    id: String,
    /// `None`, `ReadOnly` or `Unrestricted`.
    access: &'static str,
    description: String,
    /// The type whose block it is.
    on: Type,
    operations: Vec<Operation>,
}

/// Expands the attribute on `item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut problems = Problems::default();
    let Ok(mut block) = syn::parse2::<ItemImpl>(item.clone()) else {
        let message = "`#[endpoint]` belongs on an impl block: `impl Features { … }`";
        problems.push_on(item, message);
        let errors = problems.into_compile_errors();
        return quote!(#item #errors);
    };
    let endpoint = Endpoint::read(arguments, &mut block, &mut problems);
    if !problems.is_empty() {
        let errors = problems.into_compile_errors();
        return quote!(#block #errors);
    }
    let declaration = emit::declaration(&endpoint, &block);
    // Arguments are made for the call, and are the method's own whether it keeps them or not.
    quote! {
        #[allow(clippy::needless_pass_by_value)]
        #block
        #declaration
    }
}

impl Endpoint {
    /// Reads the block, and takes the attributes off that are this macro's.
    fn read(arguments: TokenStream, block: &mut ItemImpl, problems: &mut Problems) -> Self {
        if let Some((_, path, _)) = &block.trait_ {
            problems.push_on(path, "an endpoint is a type's own block: `impl Features { … }`");
        }
        if let Some(generic) = block.generics.params.first() {
            problems.push_on(generic, "an endpoint is one type, made once; remove the generics");
        }
        let mut args = Args::parse(arguments);
        let id = id(&mut args, &block.self_ty);
        let access = access(&mut args);
        let krate = args.krate();
        args.finish(problems);
        let on = (*block.self_ty).clone();
        let mut operations = Vec::new();
        let mut has_tried = false;
        for item in &mut block.items {
            let ImplItem::Fn(method) = item else { continue };
            has_tried |= Operation::is_meant(method);
            operations.extend(Operation::read(method, &on, problems));
        }
        if !has_tried {
            problems.push_on(
                &block.self_ty,
                "nothing can be done with it: put `#[read]`, `#[write]` or `#[delete]` on a method",
            );
        }
        tell_apart(&operations, problems);
        let description = doc::description(&block.attrs);
        Self { krate, id, access, description, on, operations }
    }
}

/// The access, as settings spell it, as the name of its variant.
fn access(args: &mut Args) -> &'static str {
    let Some((access, place)) = args.string("access") else { return "Unrestricted" };
    match access.as_str() {
        "none" => "None",
        "read-only" => "ReadOnly",
        "unrestricted" => "Unrestricted",
        _ => {
            let message = "expected `\"none\"`, `\"read-only\"` or `\"unrestricted\"`: \
                           `access = \"read-only\"`";
            args.reject(place, message);
            "Unrestricted"
        }
    }
}

/// The mandatory `id`.
fn id(args: &mut Args, on: &Type) -> String {
    let name = quote!(#on).to_string();
    let name = name.split('<').next().unwrap_or_default();
    let last = name.rsplit(':').next().unwrap_or_default().trim().to_lowercase();
    let Some((id, place)) = args.string("id") else {
        if !args.tries("id") {
            args.reject(args.span(), format!("`id` is missing: add `id = \"{last}\"`"));
        }
        return String::new();
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    if !id.starts_with(|c: char| c.is_ascii_lowercase()) || !id.chars().all(is_plain) {
        let meant: String = id
            .chars()
            .map(|c| if is_plain(c) { c } else { '-' })
            .skip_while(|c| !c.is_ascii_alphabetic())
            .collect();
        let mut letters = meant.trim_end_matches('-').chars();
        let meant = letters.next().map(|first| first.to_ascii_lowercase());
        let meant: String = meant.into_iter().chain(letters).collect();
        let meant = if meant.is_empty() { last } else { meant };
        let message = format!(
            "an id is letters, digits, `.` and `-`, and begins with a lower-case letter: \
             `id = \"{meant}\"`"
        );
        args.reject(place, message);
    }
    id
}

/// Two operations that nothing tells apart are told with both their names.
fn tell_apart(operations: &[Operation], problems: &mut Problems) {
    for (at, operation) in operations.iter().enumerate() {
        let same = |other: &&Operation| other.answers() == operation.answers();
        if let Some(other) = operations.iter().take(at).find(same) {
            let message = format!(
                "`{}` answers the same as `{}`, {}; give one of them another `#[selector]`, or \
                 another `produces`",
                operation.name,
                other.name,
                operation.route()
            );
            problems.push(operation.name.span(), message);
        }
    }
}
