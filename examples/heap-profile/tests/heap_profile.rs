//! The service as a process, with jemalloc: what its heap dump says, and an independent reader of it.

#![allow(clippy::unwrap_used)] // a test may fail

use std::{fs, io::Read as _, path::PathBuf, process::Command};

use flate2::read::GzDecoder;
use testkit::{Process, Program, Request};

const SAMPLING: &str = "prof:true,prof_active:true,lg_prof_sample:16";
const ACCESS: &str = "--management.endpoint.heapdump.access=unrestricted";

fn service(conf: &str) -> Process {
    let program = Program::at(env!("CARGO_BIN_EXE_heap-profile"));
    program.env("_RJEM_MALLOC_CONF", conf).arg(ACCESS).arg("--actuator.debug.enabled=true").serve()
}

/// The names of the temporary folder that could be ours.
fn left_behind() -> Vec<PathBuf> {
    let entries = fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.contains("actuator-heap") || name.contains("jeprof")
    };
    entries.map(|entry| entry.path()).filter(is_ours).collect()
}

#[test]
fn the_leak_is_in_the_profile_by_its_name_and_nothing_is_left_behind() {
    let service = service(SAMPLING);
    for _ in 0..20 {
        service.get("/keep").assert_status(200);
    }
    let dump = service.get("/actuator/heapdump?live=true").assert_status(200);
    assert_eq!(dump.media_type(), "application/octet-stream");
    let name = dump.header("content-disposition").unwrap();
    assert!(name.starts_with("attachment; filename=\"heap-heap-profile-"), "{name}");
    let mut profile = Vec::new();
    GzDecoder::new(dump.body()).read_to_end(&mut profile).unwrap();
    let text = String::from_utf8_lossy(&profile);
    for wanted in ["inuse_space", "inuse_objects", "leaked_megabyte"] {
        assert!(text.contains(wanted), "no {wanted} in the profile");
    }
    assert_eq!(left_behind(), Vec::<PathBuf>::new());
    reads_with_pprof(dump.body());
    // As the recorded answers of Spring: parts, and nothing for who wants JSON.
    let part = Request::get("/actuator/heapdump").header("range", "bytes=0-1");
    let part = service.send(part).assert_status(206);
    assert_eq!((part.body(), part.header("accept-ranges")), (&b"\x1f\x8b"[..], Some("bytes")));
    let json = Request::get("/actuator/heapdump").header("accept", "application/json");
    service.send(json).assert_status(406);
    // The allocator tells of itself without a line of the application.
    let memory = service.get("/actuator/memory").assert_status(200).json();
    assert!(memory["allocator"]["allocated"].as_u64() > Some(20 * 1024 * 1024), "{memory}");
    service.stop();
}

/// `go tool pprof` finds the leak too: twenty megabytes of it. Where Go is not there, the protobuf has
/// been looked at all the same.
fn reads_with_pprof(profile: &[u8]) {
    let file = std::env::temp_dir().join(format!("heap-profile-{}.pb.gz", std::process::id()));
    fs::write(&file, profile).unwrap();
    let top = Command::new("go")
        .args(["tool", "pprof", "-top", "-cum", "-unit=mb", "-symbolize=none"])
        .arg(&file)
        .output();
    fs::remove_file(&file).unwrap();
    let Ok(top) = top else { return };
    let text = String::from_utf8_lossy(&top.stdout).into_owned();
    assert!(top.status.success(), "{}", String::from_utf8_lossy(&top.stderr));
    let line = text.lines().find(|line| line.contains("leaked_megabyte")).unwrap();
    // flat flat% sum% cum cum% name
    let megabytes: f64 =
        line.split_whitespace().nth(3).unwrap().trim_end_matches("MB").parse().unwrap();
    assert!((15.0..25.0).contains(&megabytes), "{text}");
}

#[test]
fn sampling_is_switched_on_while_it_runs_and_until_then_the_answer_says_how() {
    let service = service("prof:true,prof_active:false,lg_prof_sample:16");
    let silent = service.get("/actuator/heapdump").assert_status(503).json();
    assert!(silent["message"].as_str().unwrap().contains("active"), "{silent}");
    service.send(Request::post("/actuator/heapdump", r#"{"active":true}"#)).assert_status(204);
    for _ in 0..10 {
        service.get("/keep").assert_status(200);
    }
    service.get("/actuator/heapdump").assert_status(200);
    service.stop();
}

#[test]
fn without_the_profiler_of_jemalloc_the_answer_names_the_variable() {
    let service = service("prof:false");
    let none = service.get("/actuator/heapdump").assert_status(501).json();
    assert!(none["message"].as_str().unwrap().contains("_RJEM_MALLOC_CONF"), "{none}");
    service.send(Request::post("/actuator/heapdump", r#"{"active":true}"#)).assert_status(405);
    service.stop();
}

#[test]
fn what_a_request_leaves_behind_is_found_in_the_allocator() {
    let service = service("prof:false");
    let body = r#"{"path":"/keep","calls":8}"#;
    let growth = service.send(Request::post("/actuator/memory", body)).assert_status(200).json();
    let grown = growth["growth"]["allocated"].as_i64().unwrap();
    assert!((7 << 20..12 << 20).contains(&grown), "{growth}");
    assert_eq!((&growth["status"], &growth["calls"]), (&200.into(), &8.into()), "{growth}");
    let own = r#"{"path":"/actuator/health"}"#;
    service.send(Request::post("/actuator/memory", own)).assert_status(400);
    service.stop();
}
