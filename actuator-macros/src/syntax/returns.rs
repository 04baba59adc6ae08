//! What a function gives back, as far as its signature tells: enough to wrap its body.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

/// What a body gives.
#[derive(Debug)]
pub(crate) enum Returns {
    /// A value of a type that can be named inside the function; `()` too.
    Type(TokenStream),
    /// `impl Trait`, somewhere in the type.
    Opaque,
    /// `!`: nothing comes back.
    Never,
    /// `impl Future`: the work is done when that is awaited.
    Future,
    /// `Pin<Box<dyn Future>>`, as `#[async_trait]` makes it.
    BoxedFuture(TokenStream),
}

impl Returns {
    /// Reads a return type.
    pub(crate) fn of(output: &ReturnType) -> Self {
        let ReturnType::Type(_, returned) = output else { return Self::Type(quote::quote!(())) };
        match returned.as_ref() {
            Type::Never(_) => Self::Never,
            Type::ImplTrait(opaque) if opaque.bounds.iter().any(is_future) => Self::Future,
            other if is_boxed_future(other) => Self::BoxedFuture(other.to_token_stream()),
            other if mentions_impl(other.to_token_stream()) => Self::Opaque,
            other => Self::Type(other.to_token_stream()),
        }
    }
}

fn mentions_impl(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "impl",
        TokenTree::Group(group) => mentions_impl(group.stream()),
        _ => false,
    })
}

fn is_future(bound: &TypeParamBound) -> bool {
    let TypeParamBound::Trait(bound) = bound else { return false };
    bound.path.segments.last().is_some_and(|last| last.ident == "Future")
}

/// `Pin<Box<dyn Future<…> + …>>`, and the aliases of the `futures` crates.
fn is_boxed_future(returned: &Type) -> bool {
    let Type::Path(path) = returned else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
        return true;
    }
    last.ident == "Pin"
        && matches!(argument(&last.arguments), Some(Type::Path(boxed))
            if boxed.path.segments.last().is_some_and(|last| last.ident == "Box"
                && matches!(argument(&last.arguments), Some(Type::TraitObject(object))
                    if object.bounds.iter().any(is_future))))
}

/// The one type between the angle brackets.
fn argument(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else { return None };
    match (arguments.args.len(), arguments.args.first()) {
        (1, Some(GenericArgument::Type(argument))) => Some(argument),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(signature: &str) -> Returns {
        Returns::of(&syn::parse_str(signature).unwrap())
    }

    #[test]
    fn a_future_is_known_in_all_its_dresses() {
        for future in ["-> impl Future<Output = u8>", "-> impl std::future::Future + Send + 'a"] {
            assert!(matches!(of(future), Returns::Future), "{future}");
        }
        for boxed in [
            "-> Pin<Box<dyn Future<Output = u8>>>",
            "-> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = ()> + Send + 'a>>",
            "-> BoxFuture<'a, u8>",
        ] {
            assert!(matches!(of(boxed), Returns::BoxedFuture(_)), "{boxed}");
        }
        for value in ["", "-> u8", "-> Pin<Box<u8>>", "-> Result<Vec<&'a str>, Self::Error>"] {
            assert!(matches!(of(value), Returns::Type(_)), "{value}");
        }
        for opaque in ["-> impl Iterator<Item = u8>", "-> Result<(impl Clone, u8), Error>"] {
            assert!(matches!(of(opaque), Returns::Opaque), "{opaque}");
        }
        assert!(matches!(of("-> !"), Returns::Never));
    }
}
