//! The log view of the UI while what it shows is rolled, moved away, or forgotten.

use std::fs;

use actuator_integration::{Folder, wait};

use crate::logs::{application, order};
use crate::view::View;

/// What the browser and the page say when a range is behind the end of a new file, or that is not yet there.
const BEGAN_AGAIN: [&str; 3] = ["416", "404", "Fetching logfile failed"];

#[test]
fn the_log_view_goes_on_in_the_file_that_follows_one_that_the_service_rolled() {
    let folder = Folder::new("rolled");
    let file = folder.path().join("shop.log");
    let scene = application(
        "rolled",
        &[
            ("logging.file.name", file.to_str().unwrap()),
            ("logging.logback.rollingpolicy.max-file-size", "6KB"),
        ],
    );
    let log = View::of(scene.clone(), "logfile", "log-rolled");
    log.shows(&["name=first"]);
    let archives = || fs::read_dir(folder.path()).unwrap().count() - 1;
    let mut number = 0;
    while archives() == 0 {
        number += 1;
        order(&scene, &format!("filling-{number}"));
    }
    order(&scene, "rolled");
    log.shows(&["name=rolled"]);
    order(&scene, "later");
    log.shows(&["name=later"]);
    assert!(!log.browser.text().contains("name=first"), "the view shows the new file");
    log.close_but_for(&BEGAN_AGAIN);
}

#[test]
fn the_log_view_goes_on_in_the_file_that_follows_one_that_was_moved_away() {
    let folder = Folder::new("moved");
    let file = folder.path().join("shop.log");
    let scene = application("moved", &[("logging.file.name", file.to_str().unwrap())]);
    let log = View::of(scene.clone(), "logfile", "log-moved");
    order(&scene, "before");
    log.shows(&["name=before"]);

    fs::rename(&file, folder.path().join("shop.log.1")).unwrap();
    order(&scene, "moved");
    log.shows(&["name=moved"]);
    order(&scene, "later");
    log.shows(&["name=later"]);
    assert!(!log.browser.text().contains("name=before"), "the view shows the new file");
    log.close_but_for(&BEGAN_AGAIN);
}

#[test]
fn the_log_view_goes_on_while_memory_forgets_the_oldest_lines() {
    let scene = application("forgetful", &[("actuator.logfile.ring-size", "4KB")]);
    let log = View::of(scene.clone(), "logfile", "log-forgotten");
    log.shows(&["name=first"]);
    for number in 1..=100 {
        order(&scene, &format!("filling-{number}"));
    }
    let kept = || scene.service.get("/actuator/logfile").body;
    wait::until("the first line is forgotten", || (!kept().contains("name=first")).then_some(()));
    log.shows(&["name=filling-100"]);
    order(&scene, "later");
    log.shows(&["name=later"]);
    log.close_but_for(&BEGAN_AGAIN);
}
