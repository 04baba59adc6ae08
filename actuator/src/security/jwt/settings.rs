//! `spring.security.oauth2.resourceserver.jwt.*` and `actuator.security.jwt.*`.

use super::{algorithm::Algorithm, claims::Wanted, provider::Provider, roles::Naming};
use crate::{settings::SettingsReader, support::outgoing::HttpTarget};

const SPRING: &str = "spring.security.oauth2.resourceserver.jwt";
const OWN: &str = "actuator.security.jwt";
/// Where roles are looked for: RFC 8693, what Microsoft calls it, and what many others do.
const ROLES: [&str; 3] = ["scope", "scp", "roles"];

/// Which tokens are believed, and what they say.
#[derive(Debug)]
pub struct JwtSettings {
    pub(super) provider: Provider,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) wanted: Wanted,
    pub(super) naming: Naming,
}

impl JwtSettings {
    /// Reads the settings; `None` if no provider is named.
    pub fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        let keys = target(reader, &format!("{SPRING}.jwk-set-uri"));
        let issuer = target(reader, &format!("{SPRING}.issuer-uri"));
        for name in ["public-key-location", "authorities-claim-name", "authority-prefix"] {
            let name = format!("{SPRING}.{name}");
            if reader.value::<String>(&name).is_some() {
                reader.reject(
                    &name,
                    format!("is not known here; see {SPRING}.jwk-set-uri and {OWN}.roles-claim"),
                );
            }
        }
        let algorithms = algorithms(reader);
        let audiences = reader.list(&format!("{SPRING}.audiences")).unwrap_or_default();
        let naming = naming(reader);
        let trust = reader.trust(OWN);
        let wanted = Wanted {
            issuer: issuer.as_ref().map(|(name, _)| name.clone()),
            audiences: audiences.into_iter().filter(|audience| !audience.is_empty()).collect(),
        };
        let provider = match (keys, issuer) {
            (Some((_, target)), _) => Provider::keys(target, trust),
            (None, Some((name, target))) => Provider::issuer(name, target, trust),
            (None, None) => {
                if !reader.map(SPRING).is_empty() || !reader.map(OWN).is_empty() {
                    let complaint =
                        "an identity provider is needed: set this, or issuer-uri beside it";
                    reader.reject_hidden(&format!("{SPRING}.jwk-set-uri"), complaint);
                }
                return None;
            }
        };
        Some(Self { provider, algorithms, wanted, naming })
    }
}

/// An address, as it is written and as it is called.
fn target(reader: &mut SettingsReader<'_>, name: &str) -> Option<(String, HttpTarget)> {
    let text: String = reader.value(name)?;
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    match HttpTarget::parse(text) {
        Ok(target) => Some((text.to_owned(), target)),
        Err(complaint) => {
            reader.reject_hidden(name, complaint);
            None
        }
    }
}

fn algorithms(reader: &mut SettingsReader<'_>) -> Vec<Algorithm> {
    let name = format!("{SPRING}.jws-algorithms");
    let default = vec![Algorithm::Rs256];
    let Some(wanted) = reader.list(&name).filter(|list| !list.is_empty()) else { return default };
    let known = wanted.iter().map(|wanted| Algorithm::named(wanted.trim())).collect();
    let known: Option<Vec<Algorithm>> = known;
    known.unwrap_or_else(|| {
        let all = Algorithm::names();
        reader.reject(&name, format!("expected some of {all}: what is signed with a public key"));
        default
    })
}

fn naming(reader: &mut SettingsReader<'_>) -> Naming {
    let roles = reader.list(&format!("{OWN}.roles-claim")).filter(|list| !list.is_empty());
    let prefix = format!("{OWN}.roles");
    let mut mapping = Vec::new();
    for (value, _) in reader.map(&prefix) {
        let setting = format!("{prefix}.{value}");
        let roles = reader.list(&setting).unwrap_or_default();
        mapping.push((value.trim_matches(['[', ']']).to_owned(), roles));
    }
    Naming {
        principal: reader.value_or(&format!("{OWN}.principal-claim"), "sub".to_owned()),
        roles: roles.unwrap_or_else(|| ROLES.map(str::to_owned).to_vec()),
        mapping,
    }
}
