//! What all attributes on functions have in common: reading the arguments and the signature.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    emit::Declared,
    problem::Problems,
    syntax::{args::Args, name, signature::Function},
};

/// An attribute on a function.
pub(crate) struct FunctionAttribute {
    /// Its name, for messages.
    pub(crate) name: &'static str,
    /// What parts the declared name into segments (`db/primary`).
    pub(crate) separator: Option<char>,
    /// Whether it goes without a name, which is empty then.
    pub(crate) name_is_optional: bool,
}

impl FunctionAttribute {
    /// Reads the attribute and the item under it; `read_own` reads the attribute's own arguments.
    /// The error is what to emit instead: the item, and every mistake.
    pub(crate) fn read<T>(
        &self,
        arguments: TokenStream,
        item: &TokenStream,
        read_own: impl FnOnce(&mut Args) -> T,
    ) -> Result<(Declared, T), TokenStream> {
        let Ok(function) = syn::parse2::<Function>(item.clone()) else {
            return Err(self.not_a_function(item));
        };
        let mut problems = Problems::default();
        let mut args = Args::parse(arguments);
        let example = function.name().to_string();
        let name = if self.name_is_optional {
            name::optional(&mut args, &example, self.separator)
        } else {
            Some(name::required(&mut args, &example, self.separator))
        };
        let own = read_own(&mut args);
        let on = args.type_("on");
        let krate = args.krate();
        let name = name.map(|name| name.finish(&mut problems)).unwrap_or_default();
        args.finish(&mut problems);
        let parameters = function.parameters(on.as_ref(), &mut problems);
        if problems.is_empty() {
            return Ok((Declared { name, krate, function, parameters, on }, own));
        }
        let errors = problems.into_compile_errors();
        Err(quote!(#function #errors))
    }

    fn not_a_function(&self, item: &TokenStream) -> TokenStream {
        let mut problems = Problems::default();
        let name = self.name;
        let message = format!("`#[{name}]` belongs on a function: `fn name(…) -> … {{ … }}`");
        problems.push_on(item, message);
        let errors = problems.into_compile_errors();
        quote!(#item #errors)
    }
}
