//! The one shape of generated code: the user's item first, then one const record, submitted.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, Type, ext::IdentExt};

use crate::syntax::signature::{Function, Parameter};

/// Everything about a declared function that a record needs.
pub(crate) struct Declared {
    /// The name under which it is declared.
    pub(crate) name: String,
    /// Where the runtime crate is found.
    pub(crate) krate: Path,
    /// The function.
    pub(crate) function: Function,
    /// Its parameters.
    pub(crate) parameters: Vec<Parameter>,
    /// The type whose associated function it is.
    pub(crate) on: Option<Type>,
}

/// `Source { … }` of the item called `name`.
pub(crate) fn source(p: &TokenStream, name: &Ident) -> TokenStream {
    let path = format!("::{name}");
    let line = quote_spanned!(name.span()=> #p::line!());
    quote! {
        #p::Source {
            package: #p::env!("CARGO_PKG_NAME"),
            path: #p::concat!(#p::module_path!(), #path),
            file: #p::file!(),
            line: #line,
        }
    }
}

impl Declared {
    /// The item, followed by `record` in a submission. A record beside an associated function
    /// has to be a named constant: an impl block takes no other item.
    pub(crate) fn submit(&self, record: &TokenStream) -> TokenStream {
        let Self { krate, function, .. } = self;
        let cfgs = function.cfgs();
        let name = if self.on.is_some() {
            let upper = function.name().unraw().to_string().to_uppercase();
            format_ident!("__ACTUATOR_{upper}").into_token_stream()
        } else {
            quote!(_)
        };
        quote! {
            #function
            #(#cfgs)*
            const #name: () = {
                #krate::__private::inventory::submit! { #record }
            };
        }
    }

    /// `Source { … }` of the function.
    pub(crate) fn source(&self) -> TokenStream {
        let krate = &self.krate;
        source(&quote!(#krate::__private), self.function.name())
    }

    /// `&[type_name::<A>, …]`.
    pub(crate) fn dependencies(&self) -> TokenStream {
        let krate = &self.krate;
        let components = self.parameters.iter().map(|parameter| &parameter.component);
        quote!(&[#(#krate::__private::type_name::<#components>),*])
    }

    /// `|components| …`: finds the components and makes `constructor`'s product of a closure that
    /// calls the function.
    pub(crate) fn bind(&self, asynchronous: &str, blocking: &str) -> TokenStream {
        let Self { krate, function, parameters, .. } = self;
        let p = quote!(#krate::__private);
        let all = Ident::new("components", Span::mixed_site());
        let constructor =
            format_ident!("{}", if function.is_async() { asynchronous } else { blocking });
        let constructor = match function.returned(self.on.as_ref()) {
            // Named, so that a type that is no answer is reported where it stands.
            Some(returned) if function.is_async() => quote!(#p::#constructor::<_, _, #returned>),
            Some(returned) => quote!(#p::#constructor::<_, #returned>),
            None => quote!(#p::#constructor),
        };
        let call = self.call();
        let names = self.locals();
        let texts = parameters.iter().map(|parameter| parameter.name.to_string());
        let components = parameters.iter().map(|parameter| &parameter.component);
        let find = (!parameters.is_empty()).then(|| {
            quote! {
                let (#(#names,)*): (#(#p::Arc<#components>,)*) =
                    #p::bind(#all, &[#(#texts),*])?;
            }
        });
        let body = if function.is_async() {
            let share = (!parameters.is_empty())
                .then(|| quote!(let (#(#names,)*) = (#(#p::share(&#names),)*);));
            quote!({ #share async move { #call.await } })
        } else {
            call
        };
        quote! {
            |#all| {
                #find
                #p::Result::Ok(#constructor(move || #body))
            }
        }
    }

    /// Variables for the components, invisible to the user's code: a parameter may have the name
    /// of its function (`async fn redis(redis: &Client)`), which must stay callable.
    fn locals(&self) -> Vec<Ident> {
        (0..self.parameters.len())
            .map(|number| Ident::new(&format!("component{number}"), Span::mixed_site()))
            .collect()
    }

    fn call(&self) -> TokenStream {
        let name = self.function.name();
        let path = self.on.as_ref().map_or_else(|| quote!(#name), |on| quote!(<#on>::#name));
        let krate = &self.krate;
        let p = quote!(#krate::__private);
        let is_async = self.function.is_async();
        let locals = self.locals();
        let arguments = self.parameters.iter().zip(&locals).map(|(parameter, name)| {
            match (parameter.by_reference, is_async) {
                (true, _) => quote!(&*#name),
                (false, true) => quote!(#name),
                (false, false) => quote!(#p::share(&#name)),
            }
        });
        quote!(#path(#(#arguments),*))
    }
}
