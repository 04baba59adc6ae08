//! An independent reader of what a service exposes: the strict parser of Prometheus' own Python client.

use std::collections::BTreeMap;
use std::process::Command;

use serde::Deserialize;

use crate::promtool::fed;

/// One family, as the parser understood it.
#[derive(Debug, Deserialize)]
pub struct Family {
    /// Its name without the suffixes of its samples.
    pub name: String,
    /// `counter`, `gauge`, `histogram` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Its unit, or nothing.
    pub unit: String,
    /// Its text of help, unescaped.
    pub help: String,
    /// Its samples, in their order.
    pub samples: Vec<Sample>,
}

/// One sample.
#[derive(Clone, Debug, Deserialize)]
pub struct Sample {
    /// With its suffix.
    pub name: String,
    /// Unescaped.
    pub labels: BTreeMap<String, String>,
    /// Exact.
    #[serde(deserialize_with = "number")]
    pub value: f64,
    /// What was hung on it.
    pub exemplar: Option<Exemplar>,
}

/// What is hung on a sample.
#[derive(Clone, Debug, Deserialize)]
pub struct Exemplar {
    /// Such as `trace_id`.
    pub labels: BTreeMap<String, String>,
    /// The value that it is an example of.
    #[serde(deserialize_with = "number")]
    pub value: f64,
}

/// Reads OpenMetrics 1.0. Panics with the first thing that the standard forbids.
#[track_caller]
pub fn parse(exposition: &str) -> Vec<Family> {
    read("openmetrics", exposition)
}

/// Reads the text format 0.0.4.
#[track_caller]
pub fn parse_text(exposition: &str) -> Vec<Family> {
    read("text", exposition)
}

#[track_caller]
fn read(format: &str, exposition: &str) -> Vec<Family> {
    // Debian's interpreter, and not another one in the path that knows nothing of Debian's packages.
    let mut command = Command::new("/usr/bin/python3");
    command.args(["-I", "-c", include_str!("openmetrics.py"), format]);
    let output = fed(&mut command, exposition);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the parser refuses it: {said}");
    serde_json::from_slice(&output.stdout).expect("the JSON of openmetrics.py")
}

fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}
