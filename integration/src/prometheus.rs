//! The real Prometheus server: what it scrapes, and what it answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;

use crate::folder::Folder;
use crate::http;
use crate::process::Process;
use crate::{Service, wait};

/// How to start a server.
pub struct PrometheusBuilder {
    /// Name, `host:port` and path of each target.
    jobs: Vec<(String, String, String)>,
    features: Vec<&'static str>,
}

/// A running server that scrapes its targets three times a second. It ends with its value.
pub struct Prometheus {
    _process: Process,
    url: String,
    /// The point in time that it is asked about; now, if there is none.
    moment: Option<String>,
    // The last one: the process ends before its folder.
    _folder: Folder,
}

/// One series of an answer, with its latest value.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The labels, the name among them as `__name__`.
    pub labels: BTreeMap<String, String>,
    /// Its value.
    pub value: f64,
}

impl Prometheus {
    /// One that scrapes nothing yet.
    pub fn builder() -> PrometheusBuilder {
        PrometheusBuilder { jobs: Vec::new(), features: Vec::new() }
    }

    /// One with this configuration; it waits for no target.
    #[track_caller]
    pub fn configured(configuration: &str) -> Self {
        Self::launch(configuration, &[])
    }

    /// Where it listens, without a slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Finds a moment at which all targets were up and had been scraped a few times. All that is asked from now on
    /// is about that moment: a scrape that fails later, on a busy machine, hides nothing.
    #[track_caller]
    pub fn hold(mut self) -> Self {
        let settled = "timestamp(min(count_over_time(up[1m])) >= 4 and min(up) == 1)";
        let moment = self.wait_for(settled, |_| true);
        self.moment = Some(moment.to_string());
        self
    }

    /// What an expression gives.
    ///
    /// # Errors
    ///
    /// What the server says is wrong with it.
    pub fn try_query(&self, expression: &str) -> Result<Vec<Sample>, String> {
        let mut parameters = vec![("query", expression)];
        parameters.extend(self.moment.as_deref().map(|moment| ("time", moment)));
        let data = self.ask("query", &parameters)?;
        let result = data["result"].as_array().expect("a list of results");
        Ok(match data["resultType"].as_str() {
            Some("vector") => result.iter().map(Sample::from_json).collect(),
            Some("scalar") => {
                vec![Sample { labels: BTreeMap::new(), value: number(&data["result"][1]) }]
            }
            other => panic!("{expression} gives a {other:?}"),
        })
    }

    /// What an expression gives.
    #[track_caller]
    pub fn query(&self, expression: &str) -> Vec<Sample> {
        let answer = self.try_query(expression);
        answer.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// The number that an expression gives. Panics at more than one series.
    #[track_caller]
    pub fn value(&self, expression: &str) -> Option<f64> {
        let samples = self.query(expression);
        assert!(samples.len() < 2, "{expression} gives {samples:?}");
        samples.first().map(|sample| sample.value)
    }

    /// Waits until an expression gives a number that `enough` accepts.
    #[track_caller]
    pub fn wait_for(&self, expression: &str, enough: impl Fn(f64) -> bool) -> f64 {
        wait::until(&format!("{expression} is enough"), || {
            self.value(expression).filter(|value| enough(*value))
        })
    }

    /// The exemplars that it keeps of a selector: `labels`, `value` and `timestamp` of each.
    #[track_caller]
    pub fn exemplars(&self, selector: &str) -> Vec<Value> {
        let all = [("query", selector), ("start", "0"), ("end", "9999999999")];
        let data = self.ask("query_exemplars", &all).unwrap_or_else(|error| panic!("{error}"));
        let series = data.as_array().expect("a list of series").iter();
        series
            .flat_map(|series| series["exemplars"].as_array().into_iter().flatten().cloned())
            .collect()
    }

    /// The expressions of the rules that it has loaded, by their names.
    #[track_caller]
    pub fn rules(&self) -> Vec<(String, String)> {
        let data = self.ask("rules", &[]).unwrap_or_else(|error| panic!("{error}"));
        let groups = data["groups"].as_array().expect("a list of groups").iter();
        let rules = groups.flat_map(|group| group["rules"].as_array().into_iter().flatten());
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        rules.map(|rule| (text(&rule["name"]), text(&rule["query"]))).collect()
    }

    /// What it says of all its targets: `health`, `lastError`, `scrapeUrl`, `labels` and more.
    #[track_caller]
    pub fn targets(&self) -> Vec<Value> {
        let data = self.ask("targets", &[]).unwrap_or_else(|error| panic!("{error}"));
        data["activeTargets"].as_array().expect("a list of targets").clone()
    }

    /// The same of the target of one job.
    #[track_caller]
    pub fn target(&self, job: &str) -> Value {
        let mut targets = self.targets().into_iter();
        let found = targets.find(|target| target["labels"]["job"] == job);
        found.unwrap_or_else(|| panic!("no job {job}"))
    }

    #[track_caller]
    fn launch(configuration: &str, features: &[&str]) -> Self {
        let folder = Folder::new("prometheus");
        let file = folder.write("prometheus.yml", configuration);
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()));
        command.args(["--web.listen-address=127.0.0.1:0", "--log.format=logfmt"]);
        if !features.is_empty() {
            command.arg(format!("--enable-feature={}", features.join(",")));
        }
        let mut process = Process::start("Prometheus", &mut command, "make setup");
        let address = process.wait_for("where it listens", |line| {
            let (_, rest) = line.split_once("msg=\"Listening on\" address=")?;
            Some(rest.split(' ').next()?.to_owned())
        });
        process.wait_for("that it is ready", |line| {
            line.contains("Server is ready to receive web requests").then_some(())
        });
        Self { _process: process, url: format!("http://{address}"), moment: None, _folder: folder }
    }

    fn ask(&self, what: &str, parameters: &[(&str, &str)]) -> Result<Value, String> {
        let query: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", http::encoded(value)))
            .collect();
        let url = format!("{}/api/v1/{what}?{}", self.url, query.join("&"));
        let answer = http::get(&url, &[]).json();
        if answer["status"] == "success" {
            return Ok(answer["data"].clone());
        }
        Err(format!("{}: {}", answer["errorType"], answer["error"]))
    }
}

impl PrometheusBuilder {
    /// Scrapes this service as a job of this name.
    pub fn job(mut self, name: &str, service: &Service) -> Self {
        let address = service.url().trim_start_matches("http://").to_owned();
        self.jobs.push((name.to_owned(), address, "/actuator/prometheus".to_owned()));
        self
    }

    /// Switches on what is experimental in this line of the server.
    pub fn feature(mut self, name: &'static str) -> Self {
        self.features.push(name);
        self
    }

    /// Starts it, and waits until every target has been scraped twice.
    #[track_caller]
    pub fn start(self) -> Prometheus {
        let server = Prometheus::launch(&self.configuration(), &self.features);
        for (job, ..) in &self.jobs {
            let scrapes = format!("count_over_time(up{{job=\"{job}\"}}[1m])");
            wait::until(&format!("{job} is scraped"), || {
                server.value(&scrapes).filter(|scrapes| *scrapes >= 2.0)
            });
        }
        server
    }

    fn configuration(&self) -> String {
        let mut text = "global:\n  scrape_interval: 300ms\n  scrape_timeout: 300ms\n\
                        scrape_configs:\n"
            .to_owned();
        for (name, address, path) in &self.jobs {
            let _ = write!(
                text,
                "  - job_name: {name}\n    metrics_path: {path}\n    static_configs:\n      \
                 - targets: ['{address}']\n"
            );
        }
        text
    }
}

impl Sample {
    /// The value of a label, empty if it has none.
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    fn from_json(series: &Value) -> Self {
        let labels = series["metric"].as_object().expect("labels").iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            labels: labels.map(|(name, value)| (name.clone(), text(value))).collect(),
            value: number(&series["value"][1]),
        }
    }
}

/// A number as the server writes it: a string, because of `NaN` and `+Inf`.
#[track_caller]
fn number(value: &Value) -> f64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is no number in a string"));
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}
