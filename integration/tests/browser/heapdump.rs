//! The button that downloads a heap dump: of a service that has profiles of its heap, and of one that has none.

use std::fs;
use std::path::{Path, PathBuf};

use actuator_integration::{Folder, pprof, wait};

use crate::view::{Scene, View};

/// The bytes that each file of gzip begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

const REQUESTS: u32 = 20;

/// The file that the browser has saved here, once it has all of it.
fn downloaded(folder: &Path) -> Option<PathBuf> {
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
    let [file] = &files[..] else { return None };
    let name = file.file_name().into_string().unwrap();
    let is_whole = !name.starts_with('.') && !name.ends_with(".crdownload");
    (is_whole && file.metadata().unwrap().len() > 0).then(|| file.path())
}

#[test]
fn the_button_of_heap_dumps_downloads_a_profile_that_names_what_leaks() {
    let view = View::of(Scene::leaking(), "heapdump", "heapdump-downloaded");
    let folder = Folder::new("heapdump");
    view.browser.download_into(folder.path());
    for _ in 0..REQUESTS {
        assert_eq!(view.scene.service.get("/keep").status, 200);
    }
    // The first one reads the debug information of the executable, for which the admin server does not wait forever.
    let first = ureq::get(format!("{}/actuator/heapdump", view.scene.service.url())).call();
    assert_eq!(first.unwrap().status(), 200);
    view.press("Download Heap Dump");
    let file = wait::until("the heap dump is saved", || downloaded(folder.path()));
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("heap-heap-profile-") && name.ends_with(".pb.gz"), "{name}");
    assert_eq!(fs::read(&file).unwrap()[..2], GZIP);

    let read = |arguments: &[&str]| {
        pprof::read(&[&["-symbolize=none", "-sample_index=inuse_space"], arguments].concat(), &file)
    };
    let raw = read(&["-raw"]);
    assert!(raw.contains("inuse_objects/count inuse_space/bytes"), "{raw}");
    let top = read(&["-top", "-cum", "-unit=mb"]);
    assert!(top.contains("Type: inuse_space"), "{top}");
    // flat, flat%, sum%, cum, cum%, name.
    let leak = top.lines().find(|line| line.ends_with(" heap_profile::leaked_megabyte"));
    let leak = leak.unwrap_or_else(|| panic!("the leak is not in {top}"));
    let megabytes: f64 =
        leak.split_whitespace().nth(3).unwrap().trim_end_matches("MB").parse().unwrap();
    assert!((megabytes / f64::from(REQUESTS) - 1.0).abs() < 0.25, "{top}");
    view.close();
}

#[test]
fn the_button_of_heap_dumps_fetches_what_the_instance_answers() {
    let view = View::of(Scene::inside(), "heapdump", "heapdump-answer");
    view.shows(&["A heap dump may contain sensitive data"]);
    view.browser.run(
        "window.open = url => { window.opened = new URL(url, document.baseURI).pathname }",
        &[],
    );
    view.press("Download Heap Dump");
    let opened = view.browser.wait_until("it was pressed", "return window.opened", &[]);
    let path = format!("/instances/{}/actuator/heapdump", view.scene.instance);
    assert_eq!(opened, *path);
    let told = view.scene.service.get("/actuator/heapdump");
    let passed_on = view.scene.server.get(&path, "*/*");
    assert_eq!((told.status, passed_on.status), (501, 501));
    let reason = told.json()["message"].as_str().unwrap().to_owned();
    assert!(reason.contains("jemalloc"), "{reason}");
    view.picture("heapdump");
    view.browser.visit(&format!("{}{path}", view.scene.server.url()));
    view.shows(&[&reason]);
    view.close_but_for(&["501"]);
}
