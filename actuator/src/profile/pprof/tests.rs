//! What is written, read by the types that `prost` derives for `profile.proto`.

use std::io::Read as _;

use flate2::read::GzDecoder;
use prost::Message as _;

use super::*;
use crate::profile::SymbolTable;

#[derive(Clone, PartialEq, prost::Message)]
struct ReadProfile {
    #[prost(message, repeated, tag = "1")]
    sample_type: Vec<ReadValueType>,
    #[prost(message, repeated, tag = "2")]
    sample: Vec<ReadSample>,
    #[prost(message, repeated, tag = "3")]
    mapping: Vec<ReadMapping>,
    #[prost(message, repeated, tag = "4")]
    location: Vec<ReadLocation>,
    #[prost(message, repeated, tag = "5")]
    function: Vec<ReadFunction>,
    #[prost(string, repeated, tag = "6")]
    string_table: Vec<String>,
    #[prost(int64, tag = "9")]
    time_nanos: i64,
    #[prost(int64, tag = "10")]
    duration_nanos: i64,
    #[prost(message, optional, tag = "11")]
    period_type: Option<ReadValueType>,
    #[prost(int64, tag = "12")]
    period: i64,
    #[prost(int64, repeated, tag = "13")]
    comment: Vec<i64>,
    #[prost(int64, tag = "14")]
    default_sample_type: i64,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct ReadValueType {
    #[prost(int64, tag = "1")]
    kind: i64,
    #[prost(int64, tag = "2")]
    unit: i64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ReadSample {
    #[prost(uint64, repeated, tag = "1")]
    location_id: Vec<u64>,
    #[prost(int64, repeated, tag = "2")]
    value: Vec<i64>,
    #[prost(message, repeated, tag = "3")]
    label: Vec<ReadLabel>,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct ReadLabel {
    #[prost(int64, tag = "1")]
    key: i64,
    #[prost(int64, tag = "2")]
    text: i64,
    #[prost(int64, tag = "3")]
    number: i64,
    #[prost(int64, tag = "4")]
    unit: i64,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct ReadMapping {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(uint64, tag = "2")]
    start: u64,
    #[prost(uint64, tag = "3")]
    limit: u64,
    #[prost(uint64, tag = "4")]
    offset: u64,
    #[prost(int64, tag = "5")]
    file: i64,
    #[prost(bool, tag = "7")]
    has_functions: bool,
    #[prost(bool, tag = "8")]
    has_files: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ReadLocation {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(uint64, tag = "2")]
    mapping_id: u64,
    #[prost(uint64, tag = "3")]
    address: u64,
    #[prost(message, repeated, tag = "4")]
    line: Vec<ReadLine>,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct ReadLine {
    #[prost(uint64, tag = "1")]
    function_id: u64,
    #[prost(int64, tag = "2")]
    line: i64,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct ReadFunction {
    #[prost(uint64, tag = "1")]
    id: u64,
    #[prost(int64, tag = "2")]
    name: i64,
    #[prost(int64, tag = "3")]
    system_name: i64,
    #[prost(int64, tag = "4")]
    file: i64,
}

#[inline(never)]
fn landmark() -> u64 {
    std::hint::black_box(3)
}

fn read(gzip: &[u8]) -> ReadProfile {
    let mut plain = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut plain).unwrap();
    ReadProfile::decode(&plain[..]).unwrap()
}

const CPU: ValueType = ValueType { kind: "cpu", unit: "nanoseconds" };

#[test]
fn samples_places_functions_and_labels_arrive_as_they_were_given() {
    let here = landmark as fn() -> u64 as usize as u64;
    let sample = |addresses: &[u64], value| Sample {
        addresses: addresses.to_vec(),
        values: vec![value],
        labels: vec![
            Label::Text("thread", "worker".to_owned()),
            Label::Number("bytes", -5, "bytes"),
        ],
    };
    let profile = Profile {
        sample_types: vec![CPU],
        default_sample_type: "cpu",
        period: (CPU, 10_101_010),
        began_at: SystemTime::UNIX_EPOCH + Duration::from_secs(5),
        duration: Duration::from_millis(1_500),
        samples: vec![sample(&[here, 16], 42), sample(&[16], i64::MAX)],
        comments: vec!["two were lost".to_owned()],
    };
    let told = read(&profile.encode_gzip(&SymbolTable::default().resolve([here, 16])));
    let text = |number: i64| told.string_table[usize::try_from(number).unwrap()].as_str();
    assert_eq!(told.string_table[0], "");
    let types = [told.sample_type[0], told.period_type.unwrap()];
    assert_eq!(
        types.map(|types| (text(types.kind), text(types.unit))),
        [("cpu", "nanoseconds"); 2]
    );
    assert_eq!((told.period, text(told.default_sample_type)), (10_101_010, "cpu"));
    assert_eq!((told.time_nanos, told.duration_nanos), (5_000_000_000, 1_500_000_000));
    assert_eq!(text(told.comment[0]), "two were lost");

    assert_eq!(told.sample.iter().map(|one| one.value[0]).collect::<Vec<_>>(), [42, i64::MAX]);
    assert_eq!(told.sample[0].location_id, [1, 2]);
    assert_eq!(told.sample[1].location_id, [2], "a place is written once");
    let labels = &told.sample[0].label;
    assert_eq!((text(labels[0].key), text(labels[0].text)), ("thread", "worker"));
    assert_eq!((labels[1].number, text(labels[1].unit)), (-5, "bytes"));

    let place = &told.location[0];
    assert_eq!((place.id, place.address), (1, here));
    let mapping = told.mapping.iter().find(|mapping| mapping.id == place.mapping_id).unwrap();
    assert!((mapping.start..mapping.limit).contains(&here));
    assert!(mapping.has_functions && mapping.has_files && !text(mapping.file).contains('/'));
    assert_eq!(told.mapping.len(), 1, "only what a sample lies in");
    let function = told.function[usize::try_from(place.line[0].function_id - 1).unwrap()];
    assert_eq!(text(function.name), "actuator::profile::pprof::tests::landmark");
    assert!(text(function.file).ends_with("src/profile/pprof/tests.rs"));
    assert_eq!((told.location[1].mapping_id, told.location[1].line.len()), (0, 1));
}
