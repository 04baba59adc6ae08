//! The list of log files, and their download.

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use serde_json::Value;
use testkit::Request;

use crate::{app::Service, service};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("actuator-it-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn start(&self) -> Service {
        let path = self.0.join("app.log");
        service()
            .setting("management.endpoint.logfile.external-file", path.to_str().unwrap())
            .start()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn list(service: &Service) -> Vec<Value> {
    let listed = service.get("/actuator/logfiles").assert_status(200).json();
    listed["files"].as_array().unwrap().clone()
}

fn id<'f>(files: &'f [Value], name: &str) -> &'f str {
    let file = files.iter().find(|file| file["name"] == name);
    file.unwrap_or_else(|| panic!("{name} in {files:?}"))["id"].as_str().unwrap()
}

#[test]
fn log_files_are_listed_and_downloaded_under_their_names() {
    let folder = Folder::new("downloads");
    folder.write("app.log", "now\n");
    folder.write("app.log.1", "before\n");
    folder.write("app.log.2.gz", "not really gzip");
    let service = folder.start();
    let files = list(&service);
    assert_eq!(files.len(), 3);
    assert_eq!(files[0]["name"], "app.log");
    for file in &files {
        let name = file["name"].as_str().unwrap();
        assert_eq!(file["current"], name == "app.log");
        assert_eq!(file["compressed"], name == "app.log.2.gz");
        assert!(file["modified"].as_str().unwrap().ends_with('Z'), "{file}");
        let target = format!("/actuator/logfiles/{}", file["id"].as_str().unwrap());
        let answer = service.get(&target).assert_status(200);
        assert_eq!(answer.body().len() as u64, file["size"].as_u64().unwrap());
        let kept_as = format!("attachment; filename=\"{name}\"");
        assert_eq!(answer.header("content-disposition"), Some(&*kept_as));
        let gzip = file["compressed"] == true;
        let media_type = if gzip { "application/gzip" } else { "text/plain;charset=UTF-8" };
        assert_eq!(answer.header("content-type"), Some(media_type));
        let part = service.send(Request::get(&target).header("range", "bytes=1-2"));
        assert_eq!(part.assert_status(206).body(), &answer.body()[1..3]);
        let head = service.send(Request::new("HEAD", &target)).assert_status(200);
        assert_eq!(head.header("content-length"), Some(&*answer.body().len().to_string()));
    }
}

#[test]
fn an_id_cannot_be_guessed_made_or_kept() {
    let folder = Folder::new("ids");
    let path = folder.write("app.log", "now\n");
    folder.write("secret", "secret");
    let service = folder.start();
    let files = list(&service);
    let current = id(&files, "app.log").to_owned();
    for guess in [
        "app.log",
        "secret",
        "..",
        "0",
        &"0".repeat(32),
        &current[1..],
        &current.to_uppercase().replace(|c: char| c.is_ascii_digit(), "0"),
    ] {
        let answer = service.get(&format!("/actuator/logfiles/{guess}"));
        assert_eq!((answer.status(), answer.body().len()), (404, 0), "{guess}");
    }
    for hostile in ["..%2Fsecret", "%2e%2e%2fsecret", "%2Fetc%2Fpasswd", "%00", "../secret"] {
        let answer = service.get(&format!("/actuator/logfiles/{hostile}"));
        assert!([400, 404].contains(&answer.status()), "{hostile}: {}", answer.status());
        assert!(!answer.text().contains("secret\n"), "{hostile}");
    }
    service.get(&format!("/actuator/logfiles/{current}/x")).assert_status(404);
    // Another service has other ids for the same file.
    folder.start().get(&format!("/actuator/logfiles/{current}")).assert_status(404);
    // After a rotation the id is nobody's: what it named has another name.
    fs::rename(&path, folder.0.join("app.log.1")).unwrap();
    folder.write("app.log", "new\n");
    service.get(&format!("/actuator/logfiles/{current}")).assert_status(404);
    let files = list(&service);
    let archive = service.get(&format!("/actuator/logfiles/{}", id(&files, "app.log.1")));
    assert_eq!(archive.text(), "now\n");
}

#[test]
fn no_link_is_listed_or_followed() {
    let folder = Folder::new("links");
    folder.write("app.log", "now\n");
    let secret = folder.write("secret", "secret");
    let archive = folder.write("app.log.1", "archive\n");
    symlink(&secret, folder.0.join("app.log.2")).unwrap();
    fs::hard_link(&secret, folder.0.join("app.log.3")).unwrap();
    let service = folder.start();
    let files = list(&service);
    assert_eq!(files.len(), 2, "{files:?}");
    fs::remove_file(&archive).unwrap();
    symlink(&secret, &archive).unwrap();
    let answer = service.get(&format!("/actuator/logfiles/{}", id(&files, "app.log.1")));
    assert_eq!((answer.status(), answer.body().len()), (404, 0));
    fs::remove_file(folder.0.join("app.log")).unwrap();
    assert_eq!(list(&service), Vec::<Value>::new());
}

#[test]
fn without_a_file_there_is_nothing_to_list() {
    let service = service().start();
    service.get("/actuator/logfiles").assert_status(404);
}
