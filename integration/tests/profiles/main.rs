//! Profiles, read by the program that most people read them with: `go tool pprof`.

use std::{
    fs, hint,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use actuator::{Actuator, Running};
use actuator_integration::{folder::Folder, pprof};

/// Uses a processor until it is told to stop.
#[inline(never)]
fn burn(is_over: &AtomicBool) {
    let mut sum = 0_u64;
    while !is_over.load(Ordering::Relaxed) {
        sum = hint::black_box(sum.rotate_left(3) ^ 0x9e37_79b9);
    }
}

/// A service that gives profiles.
async fn serve() -> Running {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("profiled", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("management.endpoint.profile.access", "read-only")
        .start()
        .await
        .expect("it starts")
}

fn ask(running: &Running, query: &str) -> Vec<u8> {
    let url = format!("http://{}/actuator/profile?{query}", running.address());
    let mut response = ureq::get(url).call().expect("a profile");
    response.body_mut().read_to_vec().expect("all of it")
}

#[test]
fn go_tool_pprof_reads_a_profile_and_names_what_uses_the_processor() {
    let is_over = Arc::new(AtomicBool::new(false));
    let burner = {
        let is_over = Arc::clone(&is_over);
        thread::Builder::new().name("burner".to_owned()).spawn(move || burn(&is_over)).unwrap()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let running = runtime.block_on(serve());
    let profile = ask(&running, "seconds=2&frequency=200");
    let folded = String::from_utf8(ask(&running, "seconds=1&format=folded")).unwrap();
    let picture = String::from_utf8(ask(&running, "seconds=1&format=svg")).unwrap();
    is_over.store(true, Ordering::Relaxed);
    burner.join().unwrap();

    let place = Folder::new("profiles");
    let file = place.path().join("profile.pb.gz");
    fs::write(&file, profile).unwrap();
    let top = pprof::read(&["-top"], &file);
    assert!(top.contains("Type: cpu"), "{top}");
    // flat, flat%, sum%, cum, cum%, name. What it calls is a row of its own in a build for tests.
    let rows: Vec<&str> = top.lines().skip_while(|line| !line.contains("flat%")).skip(1).collect();
    assert!(rows.iter().any(|row| row.ends_with("profiles::burn")), "{top}");
    let lines = pprof::read(&["-list", "burn"], &file);
    assert!(lines.contains("profiles::burn in main.rs"), "{lines}");
    let tags = pprof::read(&["-tags"], &file);
    assert!(tags.contains("thread") && tags.contains("burner"), "{tags}");
    let raw = pprof::read(&["-raw"], &file);
    assert!(raw.contains("samples/count cpu/nanoseconds"), "{raw}");

    assert!(
        folded.lines().any(|line| line.starts_with("burner;") && line.contains("burn")),
        "{folded}"
    );
    assert!(picture.contains("::burn"), "{picture}");
}
