//! `#[derive(ActuatorInfo)]`: the facts of the crate that holds the type.

use std::path::PathBuf;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{DeriveInput, Ident, LitStr, Path};

use crate::{
    facts::{BuildFacts, Facts, GitFacts, GitMode, RustFacts, SOURCE_DATE_EPOCH, Wanted},
    problem::Problems,
    syntax::args::Args,
};

/// The helper attribute, `#[actuator(…)]`.
const ATTRIBUTE: &str = "actuator";

/// Expands the derive.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(input) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let mut problems = Problems::default();
    let options = Options::read(&item, &mut problems);
    if !item.generics.params.is_empty() {
        problems.push_on(
            &item.generics,
            "`ActuatorInfo` describes the crate, so its type needs no generics; \
             write `struct Info;`",
        );
    }
    let facts = Facts::read(options.wanted, &mut problems);
    if !problems.is_empty() {
        return problems.into_compile_errors();
    }
    declaration(&item.ident, &options, &facts)
}

/// What `#[actuator(…)]` says.
struct Options {
    krate: Path,
    group: Option<String>,
    wanted: Wanted,
}

impl Options {
    fn read(item: &DeriveInput, problems: &mut Problems) -> Self {
        let mut args = Args::parse(TokenStream::new());
        for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident(ATTRIBUTE))
        {
            match attribute.meta.require_list() {
                Ok(list) => args.extend(list.tokens.clone()),
                Err(error) => problems.push_error(error),
            }
        }
        let git = match args.choice("git", &["simple", "full", "off"]) {
            Some("full") => GitMode::Full,
            Some("off") => GitMode::Off,
            _ => GitMode::Simple,
        };
        let sbom = args.choice("sbom", &["lock", "off"]) != Some("off");
        let wanted = Wanted { git, dirty: args.flag("dirty"), sbom };
        let group = args.string("group").map(|(group, _)| group);
        let options = Self { krate: args.krate(), group, wanted };
        args.finish(problems);
        options
    }
}

fn declaration(name: &Ident, options: &Options, facts: &Facts) -> TokenStream {
    let krate = &options.krate;
    let private = quote!(#krate::__private);
    let build = build(&private, &facts.build, options.group.as_ref());
    let git = option(&private, facts.git.as_ref().map(|facts| git(&private, facts)));
    let rust = rust(&private, &facts.rust);
    let sbom =
        option(&private, facts.sbom.as_ref().map(|sbom| &sbom.json).map(|json| quote!(#json)));
    let source = source(&private, name);
    let tracked = tracked(&private, &facts.tracked);
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #private::ActuatorInfo for #name {
                const FACTS: #private::Facts =
                    #private::Facts { build: #build, git: #git, rust: #rust, sbom: #sbom };
            }
            #private::inventory::submit! {
                #private::FactsDeclaration {
                    facts: <#name as #private::ActuatorInfo>::FACTS,
                    source: #source,
                }
            }
            #tracked
        };
    }
}

fn build(private: &TokenStream, facts: &BuildFacts, group: Option<&String>) -> TokenStream {
    let BuildFacts { artifact_variable, time } = facts;
    let group = option(private, group.map(|group| quote!(#group)));
    quote! {
        #private::BuildFacts {
            name: #private::env!("CARGO_PKG_NAME"),
            version: #private::env!("CARGO_PKG_VERSION"),
            artifact: #private::env!(#artifact_variable),
            group: #group,
            authors: #private::env!("CARGO_PKG_AUTHORS"),
            time: #time,
        }
    }
}

fn git(private: &TokenStream, facts: &GitFacts) -> TokenStream {
    let GitFacts { commit_id, commit_id_abbrev, tags, .. } = facts;
    let text = |text: &Option<String>| option(private, text.as_ref().map(|text| quote!(#text)));
    let branch = text(&facts.branch);
    let commit_time = text(&facts.commit_time);
    let remote_url = text(&facts.remote_url);
    let dirty = option(private, facts.dirty.map(|dirty| quote!(#dirty)));
    quote! {
        #private::GitFacts {
            branch: #branch,
            commit_id: #commit_id,
            commit_id_abbrev: #commit_id_abbrev,
            commit_time: #commit_time,
            tags: &[#(#tags),*],
            dirty: #dirty,
            remote_url: #remote_url,
        }
    }
}

fn rust(private: &TokenStream, facts: &RustFacts) -> TokenStream {
    let text = |text: &Option<String>| option(private, text.as_ref().map(|text| quote!(#text)));
    let version = text(&facts.version);
    let target = text(&facts.target);
    let features = facts.known_features.iter();
    // Asked for where the compiler was started without cargo's folders.
    let profile = if let Some(profile) = &facts.profile {
        quote!(#profile)
    } else {
        quote!(if #private::cfg!(debug_assertions) { "debug" } else { "release" })
    };
    quote! {
        #private::RustFacts {
            version: #version,
            target: #target,
            profile: #profile,
            features: &[#(#[cfg(feature = #features)] #features),*],
        }
    }
}

/// Where the type stands: `line!` gives the line of the token on which it is spelt.
fn source(private: &TokenStream, name: &Ident) -> TokenStream {
    let path = format!("::{name}");
    let place = quote_spanned!(name.span()=> file: #private::file!(), line: #private::line!());
    quote! {
        #private::Source {
            package: #private::env!("CARGO_PKG_NAME"),
            path: #private::concat!(#private::module_path!(), #path),
            #place
        }
    }
}

/// Tells cargo what was read. The bytes themselves are in no binary: nothing uses the constant.
fn tracked(private: &TokenStream, files: &[PathBuf]) -> TokenStream {
    // A path that is not UTF-8 cannot be spelt in source code.
    let files = files.iter().filter_map(|file| file.to_str());
    let files = files.map(|file| LitStr::new(file, proc_macro2::Span::call_site()));
    quote! {
        const _: #private::Tracked = #private::Tracked {
            variable: #private::option_env!(#SOURCE_DATE_EPOCH),
            files: &[#(#private::include_bytes!(#files)),*],
        };
    }
}

fn option(private: &TokenStream, value: Option<TokenStream>) -> TokenStream {
    if let Some(value) = value {
        quote!(#private::Option::Some(#value))
    } else {
        quote!(#private::Option::None)
    }
}
