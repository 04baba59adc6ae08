//! What `#[timed]`, `#[counted]` and `#[startup_step]` have in common: a function that is measured
//! wherever it is called. A static site inside its body knows the meter, or the start; a guard sees
//! how each call ends.

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Path, Type, spanned::Spanned};

use crate::{
    emit,
    problem::Problems,
    syntax::{
        args::Args, meter_name, meter_options::MeterOptions, returns::Returns, signature::Function,
    },
};

/// A function with a meter.
pub(crate) struct Measured {
    function: Function,
    body: Group,
    krate: Path,
    on: Option<Type>,
    /// Says which error it was: a path to `fn(&E) -> &'static str`.
    error: Option<Path>,
    /// The name of the meter; `None` if the attribute names none.
    name: Option<String>,
}

/// What stands around the function's body.
pub(crate) struct Around {
    /// Gives the guard of a call.
    pub(crate) start: TokenStream,
    /// Whether the guard runs the body (`call`, `poll`), and takes the text of a failure.
    pub(crate) guard_runs: bool,
}

/// What stands in the function's body for a kind of meter.
pub(crate) struct Site<'s> {
    /// The type of the site: `TimedSite`.
    pub(crate) type_name: &'static str,
    /// The kind: `Timer`.
    pub(crate) kind: &'static str,
    /// The name of the meter if the attribute names none.
    pub(crate) default_name: &'static str,
    /// What else is known of the meter.
    pub(crate) options: &'s MeterOptions,
    /// Further arguments of the site's constructor.
    pub(crate) arguments: TokenStream,
}

impl Measured {
    /// Reads the attribute of a meter called `attribute` and the function under it; `read_own` reads
    /// the attribute's own arguments. The error is what to emit instead: the item, and every mistake.
    pub(crate) fn read<T>(
        attribute: &str,
        arguments: TokenStream,
        item: &TokenStream,
        read_own: impl FnOnce(&mut Args) -> T,
    ) -> Result<(Self, T), TokenStream> {
        let read_name = |args: &mut Args, function: &str| {
            meter_name::read(args, Some(""), &meter_name::dotted(function))
        };
        Self::read_named(attribute, arguments, item, read_name, read_own)
    }

    /// The same of any attribute; `read_name` reads the name, which may be empty, and is told that of
    /// the function.
    pub(crate) fn read_named<T>(
        attribute: &str,
        arguments: TokenStream,
        item: &TokenStream,
        read_name: impl FnOnce(&mut Args, &str) -> String,
        read_own: impl FnOnce(&mut Args) -> T,
    ) -> Result<(Self, T), TokenStream> {
        let mut problems = Problems::default();
        let Ok(function) = syn::parse2::<Function>(item.clone()) else {
            let message =
                format!("`#[{attribute}]` belongs on a function: `fn name(…) -> … {{ … }}`");
            problems.push_on(item, message);
            let errors = problems.into_compile_errors();
            return Err(quote!(#item #errors));
        };
        let mut args = Args::parse_meter(arguments);
        let name = read_name(&mut args, &function.name().to_string());
        let own = read_own(&mut args);
        let (error, on) = (args.path("error"), args.type_("on"));
        let krate = args.krate();
        args.finish(&mut problems);
        if let Some(constness) = function.constness() {
            let message = format!(
                "a `const fn` may run in the compiler, where nothing is measured; remove `const`, \
                 or `#[{attribute}]`"
            );
            problems.push_on(constness, message);
        }
        match function.body().cloned() {
            Some(body) if problems.is_empty() => {
                let name = Some(name).filter(|name| !name.is_empty());
                Ok((Self { function, body, krate, on, error, name }, own))
            }
            body => {
                if body.is_none() {
                    let message = format!(
                        "there is no body to measure; put `#[{attribute}]` on the functions of the \
                         implementations"
                    );
                    problems.push(function.name().span(), message);
                }
                let errors = problems.into_compile_errors();
                Err(quote!(#function #errors))
            }
        }
    }

    /// The function, measured by a meter.
    pub(crate) fn expand(&self, site: &Site<'_>) -> TokenStream {
        let start = self.start(&self.private(), site);
        self.expand_around(&Around { start, guard_runs: false })
    }

    /// The function, with a guard around its body.
    pub(crate) fn expand_around(&self, around: &Around) -> TokenStream {
        let p = self.private();
        let start = &around.start;
        let (measured, returned) = (local("measured"), local("returned"));
        let end = self.end(&p, &measured, &returned, around);
        let call = if around.guard_runs { quote!(#measured.call) } else { quote!(#p::call) };
        let body = &self.body;
        let function = &self.function;
        let wrapped = match function.returns() {
            Returns::Never => quote! {
                let #measured = #start;
                #body
            },
            returns if function.is_async() => {
                let body = self.body_as_tail();
                let hint = match returns {
                    Returns::Opaque | Returns::Future | Returns::Never => None,
                    Returns::Type(returned) | Returns::BoxedFuture(returned) => {
                        // Says of which type the body is, to `?` and to literals.
                        Some(quote!(if false { return #p::never::<#returned>(); }))
                    }
                };
                let polled = around.polled(&measured, &quote!(async move { #hint #body }));
                quote! {
                    let #measured = #start;
                    let #returned = #polled.await;
                    #end
                    #returned
                }
            }
            Returns::Future => {
                let future = self.watched(&p, &quote!(|| #body), around);
                quote!(#future)
            }
            Returns::BoxedFuture(boxed) => {
                let future = self.watched(&p, &quote!(|| -> #boxed #body), around);
                quote!(#p::Box::pin({ #future }))
            }
            Returns::Opaque => quote! {
                let #measured = #start;
                let #returned = #call(move || #body);
                #end
                #returned
            },
            Returns::Type(output) => quote! {
                let #measured = #start;
                let #returned = #call(move || -> #output #body);
                #end
                #returned
            },
        };
        function.with_body(&wrapped)
    }

    /// A future that measures the one that the function makes.
    fn watched(&self, p: &TokenStream, make: &TokenStream, around: &Around) -> TokenStream {
        let (measured, returned, future) = (local("measured"), local("returned"), local("future"));
        let end = self.end(p, &measured, &returned, around);
        let start = &around.start;
        let polled = around.polled(&measured, &quote!(#future));
        quote! {
            let #future = #p::call(move #make);
            async move {
                let #measured = #start;
                let #returned = #polled.await;
                #end
                #returned
            }
        }
    }

    /// The block that holds the site and begins a measurement.
    fn start(&self, p: &TokenStream, site: &Site<'_>) -> TokenStream {
        let Site { type_name, kind, default_name, options, arguments } = site;
        let (type_name, kind) = (format_ident!("{type_name}"), format_ident!("{kind}"));
        let name = self.name.as_deref().unwrap_or(default_name);
        let place = self.name.is_none().then(|| self.class_and_method(p));
        let fields = options.fields(p, &self.function.description(), &place.into_token_stream());
        let source = emit::source(p, self.function.name());
        quote! {
            {
                static SITE: #p::#type_name = #p::#type_name::new(
                    #p::MeterDeclaration {
                        name: #name,
                        kind: #p::MeterKind::#kind,
                        source: #source,
                        #fields
                    },
                    #arguments
                );
                #p::inventory::submit! { #p::MeterSite(&SITE) }
                SITE.start()
            }
        }
    }

    /// Where generated code finds what it names.
    pub(crate) fn private(&self) -> TokenStream {
        let krate = &self.krate;
        quote!(#krate::__private)
    }

    /// The function.
    pub(crate) fn function(&self) -> &Function {
        &self.function
    }

    /// The name that the attribute gives, if it gives one.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The path of the function: of its module, of the type whose it is, and its name.
    pub(crate) fn path(&self, p: &TokenStream) -> TokenStream {
        let on = self.on.as_ref().map(shown).unwrap_or_default();
        let name = format!("{on}::{}", self.function.name());
        quote!(#p::concat!(#p::module_path!(), #name))
    }

    /// The tags of a meter that all unnamed ones share: where the function is.
    fn class_and_method(&self, p: &TokenStream) -> TokenStream {
        let method = self.function.name().to_string();
        let class = self.on.as_ref().map(shown);
        quote! {
            ("class", #p::concat!(#p::module_path!(), #class)),
            ("method", #method),
        }
    }

    /// Ends a measurement by what came back.
    fn end(
        &self,
        p: &TokenStream,
        measured: &Ident,
        returned: &Ident,
        around: &Around,
    ) -> TokenStream {
        let told = around.guard_runs.then(|| quote!(.map(#p::exception)));
        if let Some(error) = &self.error {
            let failed = local("failed");
            let named = quote_spanned!(error.span()=> #p::Failure::Named(#error(#failed)));
            let failure = quote_spanned!(error.span()=> #p::error_of(&#returned));
            return quote!(#measured.returned(#failure.map(|#failed| #named)#told););
        }
        quote! {
            #measured.returned({
                use #p::AnyReturned as _;
                #p::Returned(&#returned).error()#told
            });
        }
    }

    /// The body as the last expression of a block: marked as generated, since its braces are
    /// needed where the compiler would complain of them.
    fn body_as_tail(&self) -> Group {
        let mut body = self.body.clone();
        body.set_span(body.span().resolved_at(Span::mixed_site()));
        body
    }
}

impl Around {
    /// A future as the guard has it polled.
    fn polled(&self, measured: &Ident, future: &TokenStream) -> TokenStream {
        if self.guard_runs { quote!(#measured.poll(#future)) } else { future.clone() }
    }
}

/// A type as a part of a path: `::Store`.
fn shown(on: &Type) -> String {
    let on: String = on.to_token_stream().to_string().split_whitespace().collect();
    format!("::{on}")
}

/// A variable that the user's code cannot see.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
