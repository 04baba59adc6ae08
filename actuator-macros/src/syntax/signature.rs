//! Reading the function under an attribute: its parameters are components.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute, FnArg, GenericArgument, Ident, Pat, PathArguments, ReturnType, Signature, Type,
    TypeReference, Visibility,
    parse::{Parse, ParseStream},
};

use super::{doc, returns::Returns};
use crate::problem::Problems;

/// The most parameters that a declared function can have.
const MAX_PARAMETERS: usize = 8;

/// A function whose body is not looked at, so that macros work on half-typed bodies too.
pub(crate) struct Function {
    attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    /// Without its braces it would be somebody else's syntax error; `None` for a `;`.
    body: Option<Group>,
}

/// A parameter that is a component.
pub(crate) struct Parameter {
    /// The parameter's name, by which one of several components of its type is chosen.
    pub(crate) name: Ident,
    /// The component's type: `T` of `&T` or `Arc<T>`.
    pub(crate) component: Type,
    /// Whether the function takes `&T`.
    pub(crate) by_reference: bool,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attributes: input.call(Attribute::parse_outer)?,
            visibility: input.parse()?,
            signature: input.parse()?,
            body: body(input)?,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, signature, body } = self;
        let end = body.is_none().then(|| quote!(;));
        tokens.extend(quote! { #(#attributes)* #visibility #signature #body #end });
    }
}

impl Function {
    /// The function's name.
    pub(crate) fn name(&self) -> &Ident {
        &self.signature.ident
    }

    /// Whether it is `async`.
    pub(crate) fn is_async(&self) -> bool {
        self.signature.asyncness.is_some()
    }

    /// What is before its name that a body cannot be wrapped under: `const`.
    pub(crate) fn constness(&self) -> Option<&syn::Token![const]> {
        self.signature.constness.as_ref()
    }

    /// What it gives back, `async` aside.
    pub(crate) fn returns(&self) -> Returns {
        Returns::of(&self.signature.output)
    }

    /// The body with its braces; `None` for a mere declaration in a trait.
    pub(crate) fn body(&self) -> Option<&Group> {
        self.body.as_ref()
    }

    /// The same function with another body.
    pub(crate) fn with_body(&self, body: &TokenStream) -> TokenStream {
        let Self { attributes, visibility, signature, .. } = self;
        quote! { #(#attributes)* #visibility #signature { #body } }
    }

    /// The type that it returns, if that can be named outside of it.
    pub(crate) fn returned(&self, on: Option<&Type>) -> Option<Type> {
        let ReturnType::Type(_, returned) = &self.signature.output else { return None };
        let opaque = returned
            .to_token_stream()
            .into_iter()
            .any(|token| matches!(&token, TokenTree::Ident(ident) if ident == "impl"));
        (!opaque).then(|| on.map_or_else(|| (**returned).clone(), |on| without_self(returned, on)))
    }

    /// The first paragraph of the doc comment, on one line.
    pub(crate) fn description(&self) -> String {
        doc::description(&self.attributes)
    }

    /// The `#[cfg]`s of the function, for what is generated beside it.
    pub(crate) fn cfgs(&self) -> impl Iterator<Item = &Attribute> {
        doc::cfgs(&self.attributes)
    }

    /// The parameters as components; every one that is not is a problem on its own tokens.
    pub(crate) fn parameters(&self, on: Option<&Type>, problems: &mut Problems) -> Vec<Parameter> {
        let signature = &self.signature;
        if let Some(generic) = signature.generics.params.first() {
            problems.push_on(generic, "a declared function cannot be generic; name the types");
        }
        if signature.inputs.len() > MAX_PARAMETERS {
            let message =
                format!("at most {MAX_PARAMETERS} components; group some of them in a struct");
            problems.push_on(&signature.inputs, message);
        }
        let parameters = signature.inputs.iter().filter_map(|input| parameter(input, problems));
        let mut parameters: Vec<Parameter> = parameters.collect();
        if let Some(on) = on {
            for parameter in &mut parameters {
                parameter.component = without_self(&parameter.component, on);
            }
        }
        parameters
    }
}

fn body(input: ParseStream<'_>) -> syn::Result<Option<Group>> {
    if input.parse::<Option<syn::Token![;]>>()?.is_some() {
        return Ok(None);
    }
    let body: Group = input.parse()?;
    if body.delimiter() != Delimiter::Brace {
        return Err(syn::Error::new(body.span(), "expected a body in braces"));
    }
    Ok(Some(body))
}

fn parameter(input: &FnArg, problems: &mut Problems) -> Option<Parameter> {
    let typed = match input {
        FnArg::Typed(typed) => typed,
        FnArg::Receiver(receiver) => {
            problems.push_on(
                receiver,
                "there is no `self` to call this on; take what it needs as a component, \
                 for example `store: &Store`",
            );
            return None;
        }
    };
    let Pat::Ident(name) = typed.pat.as_ref() else {
        problems.push_on(&typed.pat, "a component parameter needs a plain name: `pool: &Pool`");
        return None;
    };
    let Some((component, by_reference)) = component(&typed.ty) else {
        let (name, given) = (&name.ident, typed.ty.to_token_stream());
        let remedy = match typed.ty.as_ref() {
            Type::Reference(reference) => reference.elem.to_token_stream(),
            _ => given.clone(),
        };
        let message = format!(
            "`{given}` is not a component; take it by reference or shared: \
             `{name}: &{remedy}` or `{name}: Arc<{remedy}>`"
        );
        problems.push_on(&typed.ty, message);
        return None;
    };
    Some(Parameter { name: name.ident.clone(), component, by_reference })
}

/// `T` of `&T` or `Arc<T>`, and whether it is the former.
pub(crate) fn component(parameter: &Type) -> Option<(Type, bool)> {
    match parameter {
        Type::Reference(TypeReference { lifetime: None, mutability: None, elem, .. }) => {
            Some((bare(elem), true))
        }
        Type::Path(path) => {
            let last = path.path.segments.last().filter(|last| last.ident == "Arc")?;
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
            match (arguments.args.len(), arguments.args.first()) {
                (1, Some(GenericArgument::Type(component))) => Some((component.clone(), false)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `&(dyn Trait)` asks for `dyn Trait`.
fn bare(component: &Type) -> Type {
    match component {
        Type::Paren(inner) => bare(&inner.elem),
        other => other.clone(),
    }
}

/// The record stands beside the function, where `Self` means nothing.
pub(crate) fn without_self(component: &Type, on: &Type) -> Type {
    fn replace(tokens: TokenStream, on: &TokenStream) -> TokenStream {
        let replaced = tokens.into_iter().map(|token| match token {
            TokenTree::Ident(ident) if ident == "Self" => on.clone(),
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), replace(group.stream(), on)).into_token_stream()
            }
            other => other.into_token_stream(),
        });
        replaced.collect()
    }
    let replaced = replace(component.to_token_stream(), &on.to_token_stream());
    syn::parse2(replaced).unwrap_or_else(|_| component.clone())
}
