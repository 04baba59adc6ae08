//! `limits`: what may be used of files, memory, processors, threads and disk, and what is. The form
//! is ours: Spring has no such endpoint.

use std::path::Path;

use serde::Serialize;

use crate::{
    limits::{Limit, LimitReading, Limits, Unit},
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        problem::Problem,
        reply::Reply,
    },
    support::{
        host::{Averages, CgroupCpu, Pressure, Stall},
        time::iso_duration,
    },
};

const OPERATIONS: [Operation; 1] =
    [Operation::read(&[]).doing("Every limit of the process, with what is used of it")];

/// Serves the limits.
#[derive(Debug)]
pub(crate) struct LimitsEndpoint {
    limits: Limits,
}

impl LimitsEndpoint {
    /// The endpoint of these.
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits }
    }
}

impl Endpoint for LimitsEndpoint {
    fn id(&self) -> &'static str {
        "limits"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "What the system lets the process have: files, memory, swap, processors, threads, disk; and \
         the pressure under which its tasks wait."
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async {
            let reading = self.limits.read().await;
            let reading = reading.ok_or_else(|| Problem::internal("the service ends"))?;
            Reply::json(&LimitsDescriptor::of(&reading))
        })
    }
}

#[derive(Serialize)]
struct LimitsDescriptor<'r> {
    /// The name of the limit of which the greatest share is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<&'static str>,
    limits: Vec<LimitDescriptor<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    throttling: Option<ThrottlingDescriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pressure: Option<PressureDescriptor>,
}

impl<'r> LimitsDescriptor<'r> {
    fn of(reading: &'r LimitReading) -> Self {
        let (pressure, folder) = &reading.group.pressure;
        Self {
            nearest: reading.nearest().map(|limit| limit.name),
            limits: reading.limits.iter().map(LimitDescriptor::of).collect(),
            throttling: reading.group.cpu.as_ref().and_then(|(cpu, _)| throttling(cpu)),
            pressure: PressureDescriptor::of(pressure, folder),
        }
    }
}

#[derive(Serialize)]
struct LimitDescriptor<'r> {
    name: &'static str,
    used: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
    unit: &'static str,
    source: &'r str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Amount {
    Whole(u64),
    Part(f64),
}

impl<'r> LimitDescriptor<'r> {
    fn of(limit: &'r Limit) -> Self {
        let amount = |number: u64| match limit.unit {
            Unit::Processors => {
                let thousandths = u32::try_from(number).unwrap_or(u32::MAX);
                Amount::Part(f64::from(thousandths) / 1_000.0)
            }
            Unit::Bytes | Unit::Count => Amount::Whole(number),
        };
        Self {
            name: limit.name,
            used: amount(limit.used),
            allowed: limit.allowed.map(amount),
            ratio: limit.ratio().map(|share| f64::from(share) / 10_000.0),
            unit: match limit.unit {
                Unit::Bytes => "bytes",
                Unit::Count => "count",
                Unit::Processors => "processors",
            },
            source: &limit.source,
        }
    }
}

/// How often and for how long the limit of processors stopped the control group.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ThrottlingDescriptor {
    periods: u64,
    throttled_periods: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    throttled_time: Option<String>,
}

fn throttling(cpu: &CgroupCpu) -> Option<ThrottlingDescriptor> {
    Some(ThrottlingDescriptor {
        periods: cpu.periods?,
        throttled_periods: cpu.throttled_periods?,
        throttled_time: cpu.throttled_time.map(iso_duration),
    })
}

#[derive(Serialize)]
struct PressureDescriptor {
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu: Option<StallDescriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<StallDescriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    io: Option<StallDescriptor>,
}

/// Percentages of the last 10, 60 and 300 seconds, and the time since the beginning.
#[derive(Serialize)]
struct StallDescriptor {
    some: SharesDescriptor,
    #[serde(skip_serializing_if = "Option::is_none")]
    full: Option<SharesDescriptor>,
}

#[derive(Serialize)]
struct SharesDescriptor {
    avg10: f64,
    avg60: f64,
    avg300: f64,
    total: String,
}

impl PressureDescriptor {
    fn of(pressure: &Pressure, folder: &Path) -> Option<Self> {
        (*pressure != Pressure::default()).then(|| Self {
            source: folder.display().to_string(),
            cpu: pressure.cpu.as_ref().map(StallDescriptor::of),
            memory: pressure.memory.as_ref().map(StallDescriptor::of),
            io: pressure.io.as_ref().map(StallDescriptor::of),
        })
    }
}

impl StallDescriptor {
    fn of(stall: &Stall) -> Self {
        let full = stall.full.zip(stall.full_of_late);
        Self {
            some: SharesDescriptor::of(stall.some, stall.some_of_late),
            full: full.map(|(total, of_late)| SharesDescriptor::of(total, of_late)),
        }
    }
}

impl SharesDescriptor {
    fn of(total: std::time::Duration, Averages(of_late): Averages) -> Self {
        let [avg10, avg60, avg300] = of_late.map(|hundredths| f64::from(hundredths) / 100.0);
        Self { avg10, avg60, avg300, total: iso_duration(total) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn each_limit_has_its_use_its_share_and_who_sets_it() {
        let endpoint = LimitsEndpoint::new(Limits::of_process());
        let Ok(Reply::Json { status: 200, body }) = endpoint.invoke(Call::new(0)).await else {
            panic!("no document");
        };
        let document: Value = serde_json::from_slice(&body).unwrap();
        let limits = document["limits"].as_array().unwrap();
        let files = limits.iter().find(|limit| limit["name"] == "files").unwrap();
        assert_eq!((&files["unit"], &files["source"]), (&"count".into(), &"RLIMIT_NOFILE".into()));
        let share = files["used"].as_f64().unwrap() / files["allowed"].as_f64().unwrap();
        assert!((files["ratio"].as_f64().unwrap() - share).abs() < 0.001, "{files}");
        let cpu = limits.iter().find(|limit| limit["name"] == "cpu").unwrap();
        assert!(cpu["used"].is_f64() && cpu["allowed"].is_f64(), "{cpu}");
        let nearest = document["nearest"].as_str().unwrap();
        assert!(limits.iter().any(|limit| limit["name"] == nearest));
    }

    #[test]
    fn pressure_is_told_where_the_kernel_keeps_account() {
        assert!(PressureDescriptor::of(&Pressure::default(), Path::new("/x")).is_none());
        let stall = Stall {
            some: std::time::Duration::from_millis(1_500),
            full: None,
            some_of_late: Averages([286, 0, 10_000]),
            full_of_late: None,
        };
        let pressure = Pressure { io: Some(stall), ..Pressure::default() };
        let told = PressureDescriptor::of(&pressure, Path::new("/sys/fs/cgroup"));
        let expected = serde_json::json!({
            "source": "/sys/fs/cgroup",
            "io": {"some": {"avg10": 2.86, "avg60": 0.0, "avg300": 100.0, "total": "PT1.5S"}},
        });
        assert_eq!(serde_json::to_value(told).unwrap(), expected);
    }
}
