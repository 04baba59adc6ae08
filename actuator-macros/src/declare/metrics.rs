//! `#[metrics(prefix = "orders")]` on a struct of handles.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Attribute, Field, Fields, ItemStruct, Path, ext::IdentExt, spanned::Spanned};

use crate::{
    emit,
    problem::Problems,
    syntax::{
        args::Args,
        doc, meter_name,
        meter_options::{self, MeterOptions},
    },
};

/// The helper attribute of the fields, `#[meter(…)]`.
const ATTRIBUTE: &str = "meter";

/// Expands the attribute on `item`.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    let mut problems = Problems::default();
    let Ok(mut structure) = syn::parse2::<ItemStruct>(item.clone()) else {
        problems.push_on(item, "`#[metrics]` belongs on a struct: `struct OrderMetrics { … }`");
        let errors = problems.into_compile_errors();
        return quote!(#item #errors);
    };
    let mut args = Args::parse_with_first(arguments, "prefix");
    let common = Common::read(&mut args);
    args.finish(&mut problems);
    let handles = handles(&mut structure, &common, &mut problems);
    if !problems.is_empty() {
        let errors = problems.into_compile_errors();
        return quote!(#structure #errors);
    }
    let records = records(&structure, &common.krate, &handles);
    quote! { #structure #records }
}

/// What the attribute on the struct says.
struct Common {
    krate: Path,
    prefix: String,
    tags: Vec<(String, String)>,
}

impl Common {
    fn read(args: &mut Args) -> Self {
        let prefix = args.string("prefix").map(|(prefix, place)| {
            meter_name::check(args, &prefix, place, "a prefix is", "orders");
            prefix
        });
        let tags = meter_options::tags(args);
        Self { krate: args.krate(), prefix: prefix.unwrap_or_default(), tags }
    }

    fn name(&self, own: &str) -> String {
        if self.prefix.is_empty() { own.to_owned() } else { format!("{}.{own}", self.prefix) }
    }
}

/// A field of the struct, and its meter.
struct Handle {
    field: Ident,
    /// The field's type, which decides the kind of meter.
    r#type: syn::Type,
    name: String,
    options: MeterOptions,
    description: String,
    cfgs: Vec<Attribute>,
}

fn handles(structure: &mut ItemStruct, common: &Common, problems: &mut Problems) -> Vec<Handle> {
    if !structure.generics.params.is_empty() {
        problems.push_on(
            &structure.generics,
            "handles are made once, at start, for one type; remove the generics",
        );
    }
    let name = structure.ident.span();
    let Fields::Named(fields) = &mut structure.fields else {
        problems.push(name, "a struct of handles has named fields: `placed: Arc<Counter>`");
        return Vec::new();
    };
    if fields.named.is_empty() {
        problems.push(name, "there is no handle in it: add `placed: Arc<Counter>`");
    }
    let fields = fields.named.iter_mut();
    fields.filter_map(|field| handle(field, common, problems)).collect()
}

/// Reads a field, and takes the attribute off it.
fn handle(field: &mut Field, common: &Common, problems: &mut Problems) -> Option<Handle> {
    let ident = field.ident.clone()?;
    let mut tokens = TokenStream::new();
    for attribute in &field.attrs {
        if !attribute.path().is_ident(ATTRIBUTE) {
            continue;
        }
        match attribute.meta.require_list() {
            Ok(list) => {
                let more = &list.tokens;
                tokens.extend(quote!(#more,));
            }
            Err(error) => problems.push_error(error),
        }
    }
    field.attrs.retain(|attribute| !attribute.path().is_ident(ATTRIBUTE));
    let mut args = Args::parse_meter(tokens);
    let text = ident.unraw().to_string();
    let own = meter_name::dotted(&text);
    let own = meter_name::read(&mut args, Some(&own), &own);
    let mut options =
        MeterOptions::read(&mut args).with_base_unit(&mut args).with_distribution(&mut args, false);
    if (own.is_empty() || !text.is_ascii()) && !args.tries("name") {
        args.reject(ident.span(), "this gives no name of a meter: add `#[meter(\"placed\")]`");
    }
    args.finish(problems);
    options.add_tags(&common.tags);
    Some(Handle {
        field: ident,
        r#type: field.ty.clone(),
        name: common.name(&own),
        options,
        description: doc::description(&field.attrs),
        cfgs: doc::cfgs(&field.attrs).cloned().collect(),
    })
}

fn records(structure: &ItemStruct, krate: &Path, handles: &[Handle]) -> TokenStream {
    let p = quote!(#krate::__private);
    let (name, visibility) = (&structure.ident, &structure.vis);
    let cfgs = doc::cfgs(&structure.attrs);
    let registry = Ident::new("registry", Span::mixed_site());
    let makes = handles.iter().map(|handle| {
        let Handle { field, r#type: handle, cfgs, .. } = handle;
        let constant = constant(field);
        let made = quote_spanned! {handle.span()=>
            <#handle as #p::MeterHandle>::register(#p::describe(#registry, &#constant))
        };
        quote!(#(#cfgs)* #field: #made,)
    });
    let declared = handles.iter().map(|handle| declaration(&p, handle));
    let listed = handles.iter().map(|Handle { field, cfgs, .. }| {
        let constant = constant(field);
        quote!(#(#cfgs)* #constant)
    });
    let description = doc::description(&structure.attrs);
    let source = emit::source(&p, name);
    quote! {
        #(#cfgs)*
        const _: () = {
            #(#declared)*
            impl #name {
                /// Registers the meters, and gives the handles on them.
                #[must_use]
                #visibility fn new(#registry: &#p::MeterRegistry) -> Self {
                    Self { #(#makes)* }
                }
            }
            #[automatically_derived]
            impl #p::Metrics for #name {
                fn new(#registry: &#p::MeterRegistry) -> Self {
                    #name::new(#registry)
                }
            }
            #p::inventory::submit! {
                #p::MetricsDeclaration {
                    description: #description,
                    source: #source,
                    type_name: #p::type_name::<#name>,
                    meters: &[#(#listed),*],
                    make: #p::declared_metrics::<#name>,
                }
            }
        };
    }
}

fn declaration(p: &TokenStream, handle: &Handle) -> TokenStream {
    let Handle { field, r#type: handle, name, options, description, cfgs } = handle;
    let constant = constant(field);
    let fields = options.fields(p, description, &quote!());
    let source = emit::source(p, field);
    let kind = quote_spanned!(handle.span()=> <#handle as #p::MeterHandle>::KIND);
    quote! {
        #(#cfgs)*
        const #constant: #p::MeterDeclaration = #p::MeterDeclaration {
            name: #name,
            kind: #kind,
            source: #source,
            #fields
        };
    }
}

fn constant(field: &Ident) -> Ident {
    format_ident!("{}", field.unraw().to_string().to_uppercase(), span = Span::mixed_site())
}
