//! `/metrics` as pymicro-flask serves it: how many requests by status, and the counters that the
//! application itself records below `pymicro`.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write as _, sync::Arc};

use super::walk;
use crate::{
    meter::{MeterRegistry, Series, escaped},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        reply::Reply,
        schema::Schema,
    },
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .producing(Produces::Resource)
    .doing("Requests and own counters, in the form of pymicro-flask.")
    .answering(&[Answer::document("text/plain; version=0.0.4; charset=utf-8", Schema::Text)])];
const REQUESTS: &str = "pymicro_req_total";

/// The counters, as Prometheus text.
#[derive(Debug)]
pub(super) struct PymicroView {
    pub(super) meters: Arc<MeterRegistry>,
}

impl PymicroView {
    async fn answer(&self) -> EndpointResult {
        let mut requests: BTreeMap<String, u64> = BTreeMap::new();
        let mut own: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        walk(&self.meters, |family, series| match series {
            Series::Timer(timer) if family.name() == "http.server.requests" => {
                let tags = series.tags();
                let status = tags.iter().find(|tag| tag.key == "status");
                let code = status.map_or("UNKNOWN", |tag| &tag.value);
                *requests.entry(format!("code=\"{}\"", escaped(code))).or_default() +=
                    timer.count();
            }
            Series::Counter(counter) => {
                if let Some(name) = own_name(family.name()) {
                    let series = own.entry(name).or_default().entry(series.labels().to_owned());
                    *series.or_default() += counter.count();
                }
            }
            _ => {}
        })
        .await;
        own.insert(REQUESTS.to_owned(), requests);
        let mut text = String::new();
        for (name, series) in own {
            family(&mut text, &name, &series);
        }
        Ok(Reply::Document {
            status: 200,
            content_type: "text/plain; version=0.0.4; charset=utf-8",
            headers: Cow::Borrowed(&[]),
            body: text.into_bytes().into(),
        })
    }
}

impl Endpoint for PymicroView {
    /// What it shows is that endpoint's, and so is the access to it.
    fn id(&self) -> &'static str {
        "metrics"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn invoke<'a>(&'a self, _call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.answer())
    }
}

/// The name of a counter of pymicro's as Prometheus has it: `pymicro.ret.req` is
/// `pymicro_ret_req_total`.
fn own_name(meter: &str) -> Option<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name: String = meter.chars().map(|c| if is_word(c) { c } else { '_' }).collect();
    let stem = name.strip_suffix("_total").unwrap_or(&name);
    let total = format!("{stem}_total");
    (name.starts_with("pymicro_") && total != REQUESTS).then_some(total)
}

fn family(text: &mut String, name: &str, series: &BTreeMap<String, u64>) {
    let help = if name == REQUESTS { "The total counts of requests" } else { "Counted by pymicro" };
    // Writing into a text does not fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
    for (labels, count) in series {
        let _ = if labels.is_empty() {
            writeln!(text, "{name} {count}")
        } else {
            writeln!(text, "{name}{{{labels}}} {count}")
        };
    }
}
