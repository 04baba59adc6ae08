//! Many mistakes at once, each on the tokens that caused it.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The mistakes found so far in one use of a macro.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: Option<syn::Error>,
}

impl Problems {
    /// Remembers a mistake at a place.
    pub(crate) fn push(&mut self, place: Span, message: impl std::fmt::Display) {
        self.push_error(syn::Error::new(place, message));
    }

    /// Remembers a mistake that spans all of `tokens`.
    pub(crate) fn push_on(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push_error(syn::Error::new_spanned(tokens, message));
    }

    /// Remembers what the parser complained about.
    pub(crate) fn push_error(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// Takes over the mistakes of another collector.
    pub(crate) fn append(&mut self, other: Self) {
        if let Some(error) = other.found {
            self.push_error(error);
        }
    }

    /// Whether nothing was wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_none()
    }

    /// One `compile_error!` for each mistake; no tokens if there was none.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.found.map(|error| error.to_compile_error()).unwrap_or_default()
    }

    /// The messages alone.
    #[cfg(test)]
    pub(crate) fn messages(self) -> Vec<String> {
        self.found.into_iter().flatten().map(|error| error.to_string()).collect()
    }
}
