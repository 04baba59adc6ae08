//! `memory`: what each mapping of the process takes, what its allocator says, and what requests leave
//! behind. The form is ours; the list of mappings is that of c2cwsgiutils' `debug/memory_maps`.

use serde::Serialize;

use super::refused::refused;
use crate::{
    memory::{
        AllocatorFigures, Growth, GrowthMeter, Measured, Memory, MemoryReading, NotMeasured,
        Snapshot,
    },
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
    },
    support::{host::Mapping, text::shortened},
};

/// How many mappings are shown unless the caller says otherwise.
const SHOWN: usize = 30;
/// The largest path that is called.
const LONGEST_PATH: usize = 2_048;

const READ: Operation = Operation::read(&[])
    .doing("What each mapping takes, with totals and what the allocator says")
    .taking(&[Parameter::query("limit", Shape::Integer, "How many mappings are shown: 30")]);
const MEASURE: Operation = Operation::write(&[])
    .doing("Calls a path of the application within the process, and tells what that left behind")
    .taking(&[
        Parameter::body("path", Shape::Text, "What is called with GET: /orders?page=2").required(),
        Parameter::body("calls", Shape::Integer, "How often: 1, at most 1000"),
        Parameter::body("warmUp", Shape::Boolean, "Whether it is called once before: true"),
    ]);
const OPERATIONS: [Operation; 2] = [READ, MEASURE];

/// Serves the memory of the process.
#[derive(Debug)]
pub(crate) struct MemoryEndpoint {
    memory: Memory,
    growth: Option<GrowthMeter>,
}

impl MemoryEndpoint {
    /// The endpoint of this memory; with a meter it can be asked what requests leave behind.
    pub(crate) fn new(memory: Memory, growth: Option<GrowthMeter>) -> Self {
        Self { memory, growth }
    }

    async fn read(&self, call: &Call<'_>) -> EndpointResult {
        let limit = match call.text("limit") {
            None => SHOWN,
            Some(text) => text.trim().parse().map_err(|_| {
                Problem::bad_request("limit: expected a number of mappings, such as 30")
            })?,
        };
        let reading = self.memory.read().await;
        let reading = reading.ok_or_else(|| Problem::internal("the service ends"))?;
        Reply::json(&MemoryDescriptor::of(&reading, limit))
    }

    async fn measure(&self, call: &Call<'_>) -> EndpointResult {
        let Some(meter) = &self.growth else { return Ok(Reply::NotFound) };
        let measured = match measured(call) {
            Ok(measured) => measured,
            Err(complaint) => return refused(400, "Bad Request", &complaint),
        };
        match meter.measure(&measured).await {
            Ok(growth) => Reply::json(&GrowthDescriptor::of(&measured, &growth)),
            Err(NotMeasured::Refused(why)) => refused(400, "Bad Request", &why),
            Err(NotMeasured::Busy) => {
                refused(429, "Too Many Requests", "somebody else measures; ask again later")
            }
            Err(NotMeasured::TooLong) => refused(
                504,
                "Gateway Timeout",
                "the calls took more than 60 s together; ask for fewer (calls)",
            ),
        }
    }
}

/// What is to be called, as the body says.
fn measured(call: &Call<'_>) -> Result<Measured, String> {
    let expected = "path: expected what is to be called, such as {\"path\":\"/orders\"}";
    let path = call.text("path").ok_or(expected)?;
    if !path.starts_with('/') || path.len() > LONGEST_PATH {
        return Err(format!("{expected}; it begins with / and has {LONGEST_PATH} bytes at most"));
    }
    let calls = match call.text("calls") {
        None => 1,
        Some(text) => {
            let calls: Option<u32> = text.trim().parse().ok();
            calls.filter(|calls| (1..=1_000).contains(calls)).ok_or_else(|| {
                format!("calls: expected a number from 1 to 1000, not {:?}", shortened(&text, 50))
            })?
        }
    };
    let warms_up = match call.text("warmUp").as_deref() {
        None | Some("true") => true,
        Some("false") => false,
        Some(other) => {
            return Err(format!("warmUp: expected true or false, not {:?}", shortened(other, 50)));
        }
    };
    Ok(Measured { path, calls, warms_up })
}

impl Endpoint for MemoryEndpoint {
    fn id(&self) -> &'static str {
        "memory"
    }

    fn operations(&self) -> &[Operation] {
        match self.growth {
            Some(_) => &OPERATIONS,
            None => OPERATIONS.get(..1).unwrap_or(&OPERATIONS),
        }
    }

    fn description(&self) -> &'static str {
        "The memory of the process by mapping, its totals, and what the allocator says. Where \
         actuator.debug.enabled is true, what requests leave behind."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            match call.operation {
                0 => self.read(&call).await,
                _ => self.measure(&call).await,
            }
        })
    }
}

#[derive(Serialize)]
struct MemoryDescriptor<'r> {
    totals: TotalsDescriptor,
    #[serde(skip_serializing_if = "Option::is_none")]
    allocator: Option<AllocatorDescriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maps: Option<Vec<MappingDescriptor<'r>>>,
    /// Names that were left out: those beyond the limit, and those without a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<usize>,
}

impl<'r> MemoryDescriptor<'r> {
    fn of(reading: &'r MemoryReading, limit: usize) -> Self {
        let mappings = reading.mappings.as_ref();
        let shown = mappings.map(|found| {
            found.mappings.iter().take(limit).map(MappingDescriptor::of).collect::<Vec<_>>()
        });
        let left_out = mappings.zip(shown.as_ref()).map(|(found, shown)| {
            (found.mappings.len() - shown.len()).saturating_add(found.without_pages)
        });
        Self {
            totals: TotalsDescriptor::of(reading),
            allocator: reading.allocator.map(AllocatorDescriptor::of),
            maps: shown,
            left_out,
        }
    }
}

/// In KiB, as the mappings.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "they are the names of the members")]
struct TotalsDescriptor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pss_kb: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rss_kb: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_kb: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    swap_kb: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous_kb: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    private_dirty_kb: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_rss_kb: Option<u64>,
}

impl TotalsDescriptor {
    fn of(reading: &MemoryReading) -> Self {
        let (totals, usage) = (&reading.totals, &reading.usage);
        let kb = |bytes: Option<u64>| bytes.map(|bytes| bytes / 1024);
        Self {
            pss_kb: kb(totals.proportional),
            rss_kb: kb(totals.resident.or(usage.memory_resident)),
            size_kb: kb(usage.memory_virtual),
            swap_kb: kb(totals.swapped.or(usage.memory_swap)),
            anonymous_kb: kb(totals.anonymous.or(usage.memory_anonymous)),
            private_dirty_kb: kb(totals.private_dirty),
            peak_rss_kb: kb(usage.memory_peak),
        }
    }
}

#[derive(Serialize)]
struct MappingDescriptor<'m> {
    name: &'m str,
    pss_kb: u64,
    rss_kb: u64,
    size_kb: u64,
    swap_kb: u64,
    count: u64,
}

impl<'m> MappingDescriptor<'m> {
    fn of(mapping: &'m Mapping) -> Self {
        let Mapping { name, count, size_kb, rss_kb, pss_kb, swap_kb } = mapping;
        Self {
            name,
            pss_kb: *pss_kb,
            rss_kb: *rss_kb,
            size_kb: *size_kb,
            swap_kb: *swap_kb,
            count: *count,
        }
    }
}

/// In bytes, as allocators count.
#[derive(Serialize)]
struct AllocatorDescriptor {
    #[serde(skip_serializing_if = "Option::is_none")]
    allocated: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resident: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mapped: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retained: Option<u64>,
}

impl AllocatorDescriptor {
    fn of(figures: AllocatorFigures) -> Self {
        let AllocatorFigures { allocated, active, resident, mapped, retained } = figures;
        Self { allocated, active, resident, mapped, retained }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GrowthDescriptor<'m> {
    path: &'m str,
    calls: u32,
    status: u16,
    response_bytes: u64,
    elapsed_ms: u64,
    before: SnapshotDescriptor<u64>,
    after: SnapshotDescriptor<u64>,
    growth: SnapshotDescriptor<i64>,
}

/// In bytes.
#[derive(Serialize)]
struct SnapshotDescriptor<T> {
    #[serde(skip_serializing_if = "Option::is_none")]
    rss: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allocated: Option<T>,
}

impl<'m> GrowthDescriptor<'m> {
    fn of(measured: &'m Measured, growth: &Growth) -> Self {
        let Growth { status, bytes, took, before, after } = growth;
        let snapshot = |of: &Snapshot| SnapshotDescriptor {
            rss: of.resident,
            anonymous: of.anonymous,
            allocated: of.allocated,
        };
        let grown = |before: Option<u64>, after: Option<u64>| {
            after?.cast_signed().checked_sub(before?.cast_signed())
        };
        Self {
            path: &measured.path,
            calls: measured.calls,
            status: *status,
            response_bytes: *bytes,
            elapsed_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            before: snapshot(before),
            after: snapshot(after),
            growth: SnapshotDescriptor {
                rss: grown(before.resident, after.resident),
                anonymous: grown(before.anonymous, after.anonymous),
                allocated: grown(before.allocated, after.allocated),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::Value;

    use super::*;

    fn document(reply: EndpointResult) -> (u16, Value) {
        match reply {
            Ok(Reply::Json { status, body } | Reply::Document { status, body, .. }) => {
                (status, serde_json::from_slice(&body).unwrap())
            }
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn mappings_are_shown_by_their_share_and_as_many_as_are_asked_for() {
        let endpoint = MemoryEndpoint::new(Memory::of_process(None), None);
        assert_eq!(endpoint.operations().len(), 1);
        let mut call = Call::new(0);
        call.query.push(("limit".into(), "2".into()));
        let (_, answer) = document(endpoint.invoke(call).await);
        let maps = answer["maps"].as_array().unwrap();
        assert_eq!(maps.len(), 2);
        assert!(maps[0]["pss_kb"].as_u64() >= maps[1]["pss_kb"].as_u64(), "{answer}");
        assert!(answer["totals"]["rss_kb"].as_u64() > Some(0), "{answer}");
        assert!(answer["left_out"].as_u64() > Some(0) && answer.get("allocator").is_none());
        let mut bad = Call::new(0);
        bad.query.push(("limit".into(), "many".into()));
        assert_eq!(endpoint.invoke(bad).await.unwrap_err().status(), 400);
    }

    #[tokio::test]
    async fn what_is_to_be_called_is_checked_and_what_it_left_behind_is_told() {
        let call = |path: &str| -> BoxFuture<'static, Result<(u16, u64), String>> {
            let found = path == "/orders";
            Box::pin(std::future::ready(Ok((if found { 200 } else { 404 }, 5))))
        };
        let meter = GrowthMeter::new(Arc::new(call), None);
        let endpoint = MemoryEndpoint::new(Memory::of_process(None), Some(meter));
        let ask = async |members: &[(&str, &str)]| {
            let mut call = Call::new(1);
            let members = members.iter();
            call.body = members.map(|(k, v)| ((*k).to_owned(), Some((*v).to_owned()))).collect();
            document(endpoint.invoke(call).await)
        };
        let (status, answer) =
            ask(&[("path", "/orders"), ("calls", "3"), ("warmUp", "false")]).await;
        assert_eq!((status, &answer["calls"], &answer["status"]), (200, &3.into(), &200.into()));
        assert_eq!(answer["responseBytes"], 15);
        assert!(answer["growth"]["rss"].is_i64() || answer["growth"]["rss"].is_u64(), "{answer}");
        for bad in [
            [("path", "orders"), ("calls", "1")],
            [("path", "/orders"), ("calls", "0")],
            [("path", "/orders"), ("warmUp", "maybe")],
        ] {
            let (status, answer) = ask(&bad).await;
            assert_eq!(status, 400, "{bad:?}");
            assert!(answer["message"].as_str().unwrap().contains("expected"), "{answer}");
        }
        assert_eq!(ask(&[]).await.0, 400);
    }
}
