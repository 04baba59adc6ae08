//! `#[gauge("queue.length", base_unit = "jobs")]`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{
    emit::Declared,
    problem::Problems,
    syntax::{args::Args, meter_name, meter_options::MeterOptions, signature::Function},
};

/// Expands the attribute on `item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut problems = Problems::default();
    let Ok(function) = syn::parse2::<Function>(item.clone()) else {
        problems.push_on(item, "`#[gauge]` belongs on a function: `fn name(…) -> … { … }`");
        let errors = problems.into_compile_errors();
        return quote!(#item #errors);
    };
    let mut args = Args::parse_meter(arguments);
    let example = meter_name::dotted(&function.name().to_string());
    let name = meter_name::read(&mut args, None, &example);
    let options = MeterOptions::read(&mut args).with_base_unit(&mut args);
    let on = args.type_("on");
    let krate = args.krate();
    args.finish(&mut problems);
    let parameters = function.parameters(on.as_ref(), &mut problems);
    if function.is_async() {
        let message = "a gauge is asked for while somebody waits; make it a plain `fn` that gives \
                       a number that is known already";
        problems.push(function.name().span(), message);
    }
    if !problems.is_empty() {
        let errors = problems.into_compile_errors();
        return quote!(#function #errors);
    }
    let declared = Declared { name, krate, function, parameters, on };
    record(&declared, &options)
}

fn record(declared: &Declared, options: &MeterOptions) -> TokenStream {
    let (krate, name) = (&declared.krate, &declared.name);
    let p = quote!(#krate::__private);
    let fields = options.fields(&p, &declared.function.description(), &quote!());
    let (source, dependencies) = (declared.source(), declared.dependencies());
    let bind = declared.bind("gauge", "gauge");
    declared.submit(&quote! {
        #p::GaugeDeclaration {
            meter: #p::MeterDeclaration {
                name: #name,
                kind: #p::MeterKind::Gauge,
                source: #source,
                #fields
            },
            dependencies: #dependencies,
            bind: #bind,
        }
    })
}
