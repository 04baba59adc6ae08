//! Who contributes to `/info`, and who wins where two give one member.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};
use tokio::task::JoinSet;
use tracing::warn;

use super::{
    facts::{BuildFacts, FactsDeclaration, GitFacts, RustFacts},
    host::HostFacts,
    property,
    provided::Contributor,
    settings::{GitMode, InfoSettings},
};
use crate::model::{provider::Provider, sanitizer::Sanitizer};

/// What an [`InfoRegistry`] is made of.
#[derive(Debug, Default)]
pub struct InfoParts {
    /// The settings below `info.`, without the prefix.
    pub properties: Vec<(String, String)>,
    /// The facts of the application's own crate, see [`facts_of`].
    pub facts: Option<&'static FactsDeclaration>,
    /// Name and version of the application, for `build` where nobody derives the facts.
    pub application: Option<Application>,
    /// The machine and the process.
    pub host: Option<HostFacts>,
    /// Sections that are told by others, as they are at each time.
    pub sections: Vec<Provider>,
    /// The functions that give members, in a fixed order.
    pub providers: Vec<Provider>,
    /// Hides secrets in messages of failed providers.
    pub sanitizer: Sanitizer,
}

/// Name and version of the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The name of its package.
    pub name: String,
    /// The version of its package.
    pub version: String,
}

/// The facts to show: those of the application's own package, else the first by place.
pub fn facts_of(
    declared: &[&'static FactsDeclaration],
    package: Option<&str>,
) -> Option<&'static FactsDeclaration> {
    declared
        .iter()
        .find(|declaration| Some(declaration.source.package) == package)
        .or_else(|| declared.iter().min_by_key(|declaration| declaration.source))
        .copied()
}

/// The members that stay the same while the process lives; a section that is off, or about which
/// nothing is known, is absent.
#[derive(Debug, Default)]
pub struct FixedInfo {
    /// What operators set below `info.`, nested.
    pub properties: Map<String, Value>,
    /// `git`, and how much of it.
    pub git: Option<(GitFacts, GitMode)>,
    /// `build`.
    pub build: Option<BuildFacts>,
    /// `build`, where only the application's name and version are known.
    pub application: Option<Application>,
    /// `rust`.
    pub rust: Option<RustFacts>,
    /// `os`.
    pub os: Option<HostFacts>,
    /// `process`.
    pub process: Option<HostFacts>,
}

impl FixedInfo {
    /// The sections that no other contributor may overwrite.
    fn sections(&self) -> impl Iterator<Item = &'static str> {
        [
            ("git", self.git.is_some()),
            ("build", self.build.is_some() || self.application.is_some()),
            ("rust", self.rust.is_some()),
            ("os", self.os.is_some()),
            ("process", self.process.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, present)| present.then_some(name))
    }
}

/// All contributors of `/info`.
#[derive(Debug)]
pub struct InfoRegistry {
    fixed: FixedInfo,
    contributors: Vec<Arc<Contributor>>,
    sanitizer: Arc<Sanitizer>,
}

impl InfoRegistry {
    /// Puts the contributors together. A section wins over everything of its name, a provider
    /// over a setting; a provider that loses is named in the log.
    pub fn new(settings: &InfoSettings, parts: InfoParts) -> Self {
        let InfoParts {
            properties,
            facts,
            application,
            host,
            sections: told,
            providers,
            sanitizer,
        } = parts;
        let facts = facts.map(|declaration| declaration.facts);
        let build = facts.map(|facts| facts.build).filter(|_| settings.build);
        let mut fixed = FixedInfo {
            properties: if settings.env { property::nest(properties) } else { Map::new() },
            git: facts
                .and_then(|facts| facts.git)
                .filter(|_| settings.git)
                .map(|git| (git, settings.git_mode)),
            build,
            application: application.filter(|_| settings.build && build.is_none()),
            rust: facts.map(|facts| facts.rust).filter(|_| settings.rust),
            os: host.clone().filter(|_| settings.os),
            process: host.filter(|_| settings.process),
        };
        let mut sections: Vec<String> = fixed.sections().map(str::to_owned).collect();
        sections.extend(told.iter().map(|provider| provider.name.clone()));
        let providers = providers.into_iter().filter(|provider| {
            let is_free = !sections.contains(&provider.name);
            if !is_free {
                warn_of_section(provider);
            }
            is_free
        });
        let contributors: Vec<_> = told
            .into_iter()
            .chain(providers)
            .map(|provider| Arc::new(Contributor::new(provider)))
            .collect();
        sanitize(&mut fixed.properties, &sanitizer);
        fixed.properties.retain(|name, _| {
            !sections.contains(name)
                && contributors.iter().all(|contributor| contributor.name() != name)
        });
        Self { fixed, contributors, sanitizer: Arc::new(sanitizer) }
    }

    /// What stays the same.
    pub fn fixed(&self) -> &FixedInfo {
        &self.fixed
    }

    /// What the application's functions give now, in their order; a function that gives null has
    /// no member. They are asked side by side, each within a limit.
    pub async fn provided(&self) -> Vec<(&str, Value)> {
        let mut asked = JoinSet::new();
        for (index, contributor) in self.contributors.iter().enumerate() {
            let (contributor, sanitizer) = (Arc::clone(contributor), Arc::clone(&self.sanitizer));
            asked.spawn(async move { (index, contributor.ask(&sanitizer).await) });
        }
        let mut answers: BTreeMap<usize, Value> = BTreeMap::new();
        // A task of ours does not panic, and is not aborted before this future is.
        while let Some(Ok((index, answer))) = asked.join_next().await {
            answers.insert(index, answer);
        }
        answers
            .into_iter()
            .filter(|(_, answer)| !answer.is_null())
            .filter_map(|(index, answer)| Some((self.contributors.get(index)?.name(), answer)))
            .collect()
    }
}

fn sanitize(members: &mut Map<String, Value>, sanitizer: &Sanitizer) {
    let mut document = Value::Object(std::mem::take(members));
    sanitizer.sanitize_json(&mut document);
    if let Value::Object(clean) = document {
        *members = clean;
    }
}

fn warn_of_section(provider: &Provider) {
    let name = &provider.name;
    let place = provider.source.map(|source| format!(" ({source})")).unwrap_or_default();
    warn!(
        "info source \"{name}\"{place} is left out: `{name}` is a section of its own; rename the \
         source, or switch the section off with management.info.{name}.enabled=false"
    );
}
