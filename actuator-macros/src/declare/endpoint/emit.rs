//! The record of an endpoint, and the code that calls each method.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{ItemImpl, Type, spanned::Spanned as _};

use super::{
    Endpoint,
    operation::{Kind, Me, Operation},
    parameter::{Parameter, Pass, Place},
};
use crate::{emit, syntax::doc};

/// What stands beside the block.
pub(super) fn declaration(endpoint: &Endpoint, block: &ItemImpl) -> TokenStream {
    let Endpoint { krate, id, access, description, on, operations } = endpoint;
    let p = quote!(#krate::__private);
    let access = format_ident!("{access}");
    let source = emit::source(&p, &name_of(on));
    let cfgs = doc::cfgs(&block.attrs);
    let mut components: Vec<TokenStream> = Vec::new();
    for operation in operations.iter().filter(|operation| operation.cfgs.is_empty()) {
        let own = (operation.me != Me::Not).then_some(on);
        let types = own.into_iter().chain(of(operation, Place::Component).map(|one| &one.r#type));
        for component in types.map(|component| quote!(#p::type_name::<#component>)) {
            if !components.iter().any(|known| known.to_string() == component.to_string()) {
                components.push(component);
            }
        }
    }
    let operations = operations.iter().map(|operation| declared(&p, on, operation));
    quote! {
        #(#cfgs)*
        #[allow(unused_imports, clippy::let_unit_value, clippy::redundant_closure_call)]
        const _: () = {
            use #p::generated::{
                AnyAnswer as _, AnyProduct as _, NoDefault as _, NoOption as _, NoResult as _,
            };
            #p::inventory::submit! {
                #p::generated::EndpointDeclaration {
                    id: #id,
                    description: #description,
                    source: #source,
                    access: #p::custom::Access::#access,
                    prepare: |components| {
                        #p::generated::Preparing::<#on>(#p::PhantomData).prepare(components)
                    },
                    dependencies: &[#(#components),*],
                    operations: &[#(#operations),*],
                }
            }
        };
    }
}

/// The last word of the type, where it stands.
fn name_of(on: &Type) -> Ident {
    let last = match on {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    };
    last.map_or_else(|| Ident::new("endpoint", on.span()), |last| last.ident.clone())
}

fn of(operation: &Operation, place: Place) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().filter(move |parameter| parameter.place == place)
}

fn declared(p: &TokenStream, on: &Type, operation: &Operation) -> TokenStream {
    let (facts, bind) = (facts(p, operation), bind(p, on, operation));
    let cfgs = &operation.cfgs;
    quote! {
        #(#cfgs)*
        #p::generated::DeclaredOperation { operation: #facts, bind: #bind }
    }
}

/// The operation as the router and documents know it.
fn facts(p: &TokenStream, operation: &Operation) -> TokenStream {
    let (c, g) = (quote!(#p::custom), quote!(#p::generated));
    let kind = match operation.kind {
        Kind::Read => quote!(Read),
        Kind::Write => quote!(Write),
        Kind::Delete => quote!(Delete),
    };
    let selectors = operation.selectors().map(|one| {
        let wire = &one.wire;
        let form = if one.place == Place::Remaining { quote!(Remaining) } else { quote!(One) };
        quote!(#c::Selector::#form(#wire))
    });
    let sent: Vec<&Parameter> =
        operation.parameters.iter().filter(|one| one.place != Place::Component).collect();
    let parameters = sent.iter().map(|one| {
        let Parameter { wire, r#type, description, place, .. } = one;
        let place = match (place, operation.kind) {
            (Place::Selector | Place::Remaining, _) => quote!(Path),
            (_, Kind::Write) => quote!(Body),
            _ => quote!(Query),
        };
        quote_spanned! {r#type.span()=>
            #g::declared::<#r#type>(#wire, #c::ParameterPlace::#place, #description)
        }
    });
    let requests = sent.iter().map(|one| {
        let r#type = &one.r#type;
        quote_spanned!(r#type.span()=> <#r#type as #c::FromCall>::TAKES_REQUEST)
    });
    // Written twice: a constant needs its type, and `bool` may be anybody's here.
    let takes_request = quote!(false #(|| #requests)*);
    let produces = produces(p, operation);
    let (count, summary) = (sent.len(), &operation.summary);
    quote!({
        const ALL: &([#c::Parameter; #count], usize) =
            &#g::parameters([#(#parameters),*], #takes_request);
        #g::operation(
            #c::OperationKind::#kind,
            &[#(#selectors),*],
            #produces,
            ALL.0.split_at(ALL.1).0,
            #takes_request,
            #summary,
        )
    })
}

fn produces(p: &TokenStream, operation: &Operation) -> TokenStream {
    if !operation.produces.is_empty() {
        let media_types = &operation.produces;
        return quote!(#p::custom::Produces::OneOf(&[#(#media_types),*]));
    }
    let product = operation.product.as_ref();
    product.map_or_else(
        || quote!(#p::custom::Produces::Json),
        |product| quote!(<#p::generated::Returned<#product>>::PRODUCES),
    )
}

/// `|components| …`: finds the components, and makes a handler of the method.
fn bind(p: &TokenStream, on: &Type, operation: &Operation) -> TokenStream {
    let g = quote!(#p::generated);
    let variable = |name: &str| Ident::new(name, Span::mixed_site());
    let (all, arguments, wrong) =
        (variable("components"), variable("arguments"), variable("wrong"));
    let me = variable("me");
    let locals = Locals::of(operation);
    let components: Vec<&Parameter> = of(operation, Place::Component).collect();
    let (mut names, mut texts, mut types) = (Vec::new(), Vec::new(), Vec::new());
    if operation.me != Me::Not {
        names.push(me.clone());
        texts.push("self".to_owned());
        types.push(quote!(#on));
    }
    for (component, local) in components.iter().zip(&locals.components) {
        let r#type = &component.r#type;
        names.push(local.clone());
        texts.push(component.name.to_string());
        types.push(quote!(#r#type));
    }
    let find = (!names.is_empty()).then(|| {
        quote! {
            let (#(#names,)*): (#(#p::Arc<#types>,)*) = #p::bind(#all, &[#(#texts),*])?;
        }
    });
    let share = (!names.is_empty()).then(|| quote!(let (#(#names,)*) = (#(#p::share(&#names),)*);));
    let read = read(p, operation, &locals, &arguments, &wrong);
    let work = work(p, on, operation, &locals, &me);
    let constructor = if operation.is_async { quote!(future) } else { quote!(blocking) };
    quote! {
        |#all| {
            let _ = #all;
            #find
            #p::Result::Ok(#g::handler(move |#arguments| {
                #read
                #share
                #p::Result::Ok(#g::#constructor(#work))
            }))
        }
    }
}

/// Variables, invisible to the user's code.
struct Locals {
    /// Of the components, in their order.
    components: Vec<Ident>,
    /// Of what is made of the call, in its order.
    arguments: Vec<Ident>,
}

impl Locals {
    fn of(operation: &Operation) -> Self {
        let variable = |name: String| Ident::new(&name, Span::mixed_site());
        let components = of(operation, Place::Component).count();
        let arguments = operation.parameters.len() - components;
        Self {
            components: (0..components).map(|at| variable(format!("component{at}"))).collect(),
            arguments: (0..arguments).map(|at| variable(format!("argument{at}"))).collect(),
        }
    }
}

/// Makes the parameters of the call, or refuses with all that is wrong.
fn read(
    p: &TokenStream,
    operation: &Operation,
    locals: &Locals,
    arguments: &Ident,
    wrong: &Ident,
) -> TokenStream {
    if locals.arguments.is_empty() {
        return quote!(let _ = #arguments;);
    }
    let sent = operation.parameters.iter().filter(|one| one.place != Place::Component);
    let reads = sent.zip(&locals.arguments).map(|(one, local)| {
        let Parameter { r#type, wire, .. } = one;
        quote_spanned! {r#type.span()=>
            let #local = #p::generated::argument::<#r#type>(&#arguments, #wire, &mut #wrong);
        }
    });
    let locals = &locals.arguments;
    quote! {
        let mut #wrong = #p::generated::Wrong::new();
        #(#reads)*
        let (#(#p::Option::Some(#locals),)*) = (#(#locals,)*) else {
            return #p::Result::Err(#wrong.into_error());
        };
    }
}

/// The same path with all of it at one place.
fn located(path: &TokenStream, place: Span) -> TokenStream {
    let tokens = path.clone().into_iter().map(|mut token| {
        token.set_span(place);
        token
    });
    tokens.collect()
}

/// Calls the method, and makes an answer of what it gives.
fn work(
    p: &TokenStream,
    on: &Type,
    operation: &Operation,
    locals: &Locals,
    me: &Ident,
) -> TokenStream {
    let (mut components, mut arguments) = (locals.components.iter(), locals.arguments.iter());
    let passed = operation.parameters.iter().map(|one| {
        let local =
            if one.place == Place::Component { components.next() } else { arguments.next() };
        match one.pass {
            Pass::Owned => quote!(#local),
            Pass::Deref => quote!(&*#local),
            Pass::AsRef => quote!(#local.as_ref()),
            Pass::AsDeref => quote!(#local.as_deref()),
        }
    });
    let own = match operation.me {
        Me::Not => None,
        Me::Reference => Some(quote!(&*#me)),
        Me::Shared => Some(quote!(#me)),
    };
    let passed = own.into_iter().chain(passed);
    let name = &operation.name;
    let wait = operation.is_async.then(|| quote!(.await));
    let g = quote!(#p::generated);
    let place = operation.product.as_ref().map_or_else(|| name.span(), syn::spanned::Spanned::span);
    // Of the macro's own, and where the type stands: what is wrong with the value is told there, but
    // only if nothing of the call is of another kind.
    let place = Span::mixed_site().located_at(place);
    let value = Ident::new("value", place);
    let here = located(&g, place);
    let or_error = quote_spanned!(place=> #here::Returned(#value).or_error());
    let answer = quote_spanned!(place=> #here::Returned(#value).answer());
    let body = quote! {{
        let #value = <#on>::#name(#(#passed),*) #wait;
        let #value = #or_error?;
        match #g::Returned(#value).or_nothing() {
            #p::Option::Some(#value) => #answer,
            #p::Option::None => #p::Result::Ok(#p::custom::WebEndpointResponse::nothing()),
        }
    }};
    if operation.is_async { quote!(async move #body) } else { quote!(move || #body) }
}
