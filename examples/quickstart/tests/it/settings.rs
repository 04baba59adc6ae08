//! Spring's files as they are, secrets as Kubernetes mounts them, values that are left out, and
//! the table of all settings.

use testkit::Program;

use crate::{
    precedence::{Folder, winner},
    quickstart,
};

#[test]
fn a_springs_folder_is_read_as_it_is() {
    let folder = Folder::new("spring");
    folder.file(
        "config/application.yml",
        "spring:\n  application:\n    name: orders\n  config:\n    import: optional:more.properties,configtree:secrets/\n---\nspring.config.activate.on-profile: eu & !test\ninfo.app.region: eu\n",
    );
    folder.file("config/more.properties", "info.app.motto = gr\\u00fcn \\\n    und gut\n");
    folder.file("secrets/db/password", "hunter2\n");
    let service = quickstart()
        .folder(folder.path())
        .env("SPRING_PROFILES_ACTIVE", "eu")
        .env("SPRING_APPLICATION_JSON", r#"{"info": {"app": {"json": true}}}"#)
        .serve();
    for (name, value, place) in [
        (
            "spring.application.name",
            "orders",
            "config/application.yml (document #0) config/application.yml:3:11",
        ),
        (
            "info.app.region",
            "eu",
            "config/application.yml (document #1) config/application.yml:8:18",
        ),
        ("info.app.motto", "grün und gut", "config/more.properties config/more.properties:1:18"),
        ("db.password", "******", "configtree:secrets/ secrets/db/password:1:1"),
    ] {
        assert_eq!(winner(&service, name), (value.to_owned(), place.to_owned()));
    }
    let env = service.get("/actuator/env").assert_status(200).json();
    assert!(env.to_string().contains("environment variable SPRING_APPLICATION_JSON:1:27"));
    assert!(!env.to_string().contains("hunter2"));
    service.stop();
}

#[test]
fn a_bad_value_refuses_or_is_left_out() {
    let folder = Folder::new("invalid");
    folder.file("actuator.json", "{\"management.endpoint.health.show-details\": \"never\"}");
    let program = || {
        quickstart()
            .folder(folder.path())
            .arg("--management.endpoint.health.show-details=perhaps")
            .arg("--actuator.health.url.shop.address=http://localhost:1")
            .arg("--actuator.health.url.shop.timeout=soon")
    };
    let (status, output) = program().spawn().finish();
    assert!(!status.success());
    for part in ["2 setting(s) cannot be used", "= \"perhaps\" (argument", "= \"soon\" (argument"] {
        assert!(output.contains(part), "{part} in {output}");
    }
    let service = program().arg("--actuator.settings.on-invalid=warn-and-keep").serve();
    // The check with the bad deadline is there, with the usual one, and nobody listens.
    let health = service.get("/actuator/health").assert_status(503).json();
    assert!(health.get("components").is_none(), "that of the file is kept: {health}");
    let log = service.stop();
    for part in ["perhaps", "soon"] {
        let told = log.lines().any(|line| {
            line.contains("WARN") && line.contains(part) && line.contains("it is left out")
        });
        assert!(told, "{part} in {log}");
    }
}

/// What it prints, if it ends well.
fn help(program: Program) -> String {
    let (status, output) = program.spawn().finish();
    assert!(status.success(), "{output}");
    output
}

#[test]
fn all_settings_are_printed_instead_of_a_start() {
    let program = || {
        quickstart()
            .env("SERVER_PORT", "nonsense")
            .arg("--spring.boot.admin.client.password=hunter2")
    };
    let all = help(program().arg("--help-settings"));
    for part in [
        "The server\n\n",
        "  server.port  (number, 8080 by default)\n",
        "now server.port = nonsense  (environment variable SERVER_PORT)",
        "now spring.boot.admin.client.password = ******  (argument",
        "  actuator.settings.on-invalid  (text, fail by default)",
    ] {
        assert!(all.contains(part), "{part}");
    }
    assert!(!all.contains("hunter2") && !all.contains("listening on"));
    let some = help(program().arg("--help-settings=admin password"));
    assert!(some.contains("client.password") && some.lines().count() < 10, "{some}");
    let folder = Folder::new("broken");
    folder.file("actuator.toml", "= =");
    let broken = help(program().folder(folder.path()).arg("--help-settings=server.port"));
    assert!(broken.contains("server.port  (number"), "{broken}");
    assert!(broken.contains("values are not shown: actuator.toml:1:3 is not TOML"), "{broken}");
}
