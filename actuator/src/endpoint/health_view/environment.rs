//! `/environment` as py-healthcheck writes it: the system, the compiler where Python stood, and
//! the process with its arguments and variables, without secrets.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::json;
use crate::{
    endpoint::info::RustDescriptor,
    env::{EnvValue, Environment},
    info::{HostFacts, RustFacts},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        sanitizer::{MASK, Sanitizer},
        schema::Schema,
    },
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .producing(Produces::Resource)
    .doing("The machine, the compiler and the process, in the form of py-healthcheck.")
    .answering(&[Answer::document("application/json", Schema::Map(&Schema::Any))])];

/// The facts of the system, the compiler and the process.
#[derive(Debug)]
pub struct EnvironmentView {
    /// The variables, and who sees values.
    pub environment: Arc<Environment>,
    /// The machine and the process.
    pub host: HostFacts,
    /// The name of the machine.
    pub hostname: String,
    /// The compiler, if the application records it.
    pub rust: Option<RustFacts>,
    /// Hides secrets in the arguments.
    pub sanitizer: Arc<Sanitizer>,
}

impl Endpoint for EnvironmentView {
    /// What it shows is that endpoint's, and so is the access to it.
    fn id(&self) -> &'static str {
        "env"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move { json(200, &self.document(&call)) })
    }
}

#[derive(Serialize)]
struct Document<'d> {
    os: Os<'d>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rust: Option<RustDescriptor<'d>>,
    process: Process,
}

#[derive(Serialize)]
struct Os<'d> {
    platform: &'static str,
    name: &'static str,
    /// System, host, release, version, machine, processor; empty where it is not known.
    uname: [&'d str; 6],
}

#[derive(Serialize)]
struct Process {
    argv: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cwd: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    pid: u32,
    environ: BTreeMap<String, String>,
}

impl EnvironmentView {
    fn document(&self, call: &Call<'_>) -> Document<'_> {
        let host = &self.host;
        let name = host.os_name.as_deref().unwrap_or_default();
        let release = host.os_version.as_deref().unwrap_or_default();
        Document {
            os: Os {
                platform: std::env::consts::OS,
                // As Python calls it.
                name: if cfg!(unix) { "posix" } else { "nt" },
                uname: [name, &self.hostname, release, "", &host.arch, &host.arch],
            },
            rust: self.rust.as_ref().map(RustDescriptor::from),
            process: self.process(call),
        }
    }

    /// Values obey `management.endpoint.env.show-values`, as those of `/env` do.
    fn process(&self, call: &Call<'_>) -> Process {
        let shown = self.environment.shows_values_to(call.principal);
        let fact = |value: &Option<String>| {
            let shown_value = |value: &String| if shown { value.clone() } else { MASK.to_owned() };
            value.as_ref().map(shown_value)
        };
        let arguments = std::env::args_os().map(|text| text.to_string_lossy().into_owned());
        let argv = if shown {
            scrubbed(arguments, &self.sanitizer)
        } else {
            arguments.map(|_| MASK.to_owned()).collect()
        };
        let variables = self.environment.variables(call.principal);
        let variables = variables.map(|source| source.properties).unwrap_or_default();
        Process {
            argv,
            cwd: fact(&self.host.working_directory),
            user: fact(&self.host.owner),
            pid: self.host.pid,
            environ: variables
                .into_iter()
                .map(|variable| (variable.name, text(variable.value)))
                .collect(),
        }
    }
}

/// The arguments without secrets: `--token=x`, `--token x`, and what looks like one.
fn scrubbed(arguments: impl Iterator<Item = String>, sanitizer: &Sanitizer) -> Vec<String> {
    let mut after_secret = false;
    arguments
        .map(|argument| {
            let is_value = after_secret && !argument.starts_with('-');
            let name = argument.trim_start_matches('-');
            let is_name = name.len() < argument.len() && !name.contains('=');
            after_secret = is_name && sanitizer.is_secret_key(name);
            if is_value {
                return MASK.to_owned();
            }
            match argument.split_once('=') {
                Some((name, value)) => {
                    let key = name.trim_start_matches('-');
                    format!("{name}={}", sanitizer.sanitize(key, value))
                }
                None => sanitizer.sanitize_text(&argument).into_owned(),
            }
        })
        .collect()
}

fn text(value: Option<EnvValue>) -> String {
    match value {
        Some(EnvValue::Text(text)) => text,
        Some(EnvValue::Number(number)) => number.to_string(),
        Some(EnvValue::Boolean(boolean)) => boolean.to_string(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{
        env::EnvSettings,
        model::show::Show,
        settings::{LiveSettings, Settings, SettingsReader},
    };

    fn document(show: Show) -> Value {
        let settings = Settings::builder()
            .environment([("DB_PASS", "hunter2"), ("SHOP_URL", "http://u:p@h/"), ("EDITOR", "vi")])
            .build()
            .unwrap();
        let policy = EnvSettings::read(&mut SettingsReader::new(&settings), show);
        let environment = Environment::new(
            LiveSettings::fixed(settings),
            Vec::new(),
            policy,
            Sanitizer::default(),
        );
        let view = EnvironmentView {
            environment: Arc::new(environment),
            host: HostFacts {
                pid: 7,
                parent_pid: None,
                owner: Some("shop".to_owned()),
                cpus: 1,
                start_time: None,
                working_directory: Some("/srv".to_owned()),
                os_name: Some("Linux".to_owned()),
                os_version: Some("6.1".to_owned()),
                arch: "x86_64".to_owned(),
            },
            hostname: "web-1".to_owned(),
            rust: None,
            sanitizer: Arc::default(),
        };
        serde_json::to_value(view.document(&Call::new(0))).unwrap()
    }

    #[test]
    fn the_variables_are_shown_without_their_secrets() {
        let document = document(Show::Always);
        assert_eq!(
            document["process"]["environ"],
            serde_json::json!({"DB_PASS": "******", "SHOP_URL": "http://u:******@h/", "EDITOR": "vi"})
        );
        let uname = serde_json::json!(["Linux", "web-1", "6.1", "", "x86_64", "x86_64"]);
        assert_eq!(document["os"]["uname"], uname);
        assert_eq!(document["process"]["user"], "shop");
    }

    #[test]
    fn no_value_is_shown_to_those_who_see_none_in_env() {
        let process = document(Show::Never)["process"].clone();
        let masked = "******";
        assert_eq!(
            process["environ"],
            serde_json::json!({"DB_PASS": masked, "SHOP_URL": masked, "EDITOR": masked})
        );
        assert_eq!(
            (&process["user"], &process["cwd"]),
            (&serde_json::json!(masked), &serde_json::json!(masked))
        );
        assert!(process["argv"].as_array().unwrap().iter().all(|argument| argument == masked));
    }

    #[test]
    fn secrets_among_the_arguments_are_hidden_in_each_of_their_spellings() {
        let arguments =
            ["app", "--token", "x", "--password=y", "-v", "--url=http://u:p@h/", "--monkey", "z"];
        assert_eq!(
            scrubbed(arguments.iter().map(|text| (*text).to_owned()), &Sanitizer::default()),
            [
                "app",
                "--token",
                "******",
                "--password=******",
                "-v",
                "--url=http://u:******@h/",
                "--monkey",
                "z"
            ]
        );
    }
}
