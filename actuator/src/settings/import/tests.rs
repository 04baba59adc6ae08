//! Files in their order: names, endings, profiles, documents, imports and trees.

use std::fs;

use crate::settings::{Settings, tests::Directory};

fn in_directory(directory: &Directory) -> crate::settings::SettingsBuilder {
    Settings::builder().file_directory(&directory.0)
}

fn value<'s>(settings: &'s Settings, name: &str) -> &'s str {
    settings.property(name).map_or("(unset)", |property| property.value.as_str())
}

fn files(settings: &Settings) -> Vec<&str> {
    let not_files = ["commandLineArgs", "process", "systemEnvironment", "defaultProperties"];
    let names = settings.sources().iter().map(|source| source.name.as_str());
    names.filter(|name| !not_files.contains(name)).collect()
}

#[test]
fn every_name_and_ending_is_read_in_its_order() {
    let directory = Directory::with(&[
        ("actuator.toml", "k.a = 1"),
        ("actuator.properties", "k.a=2"),
        ("actuator.yml", "k: {a: 3}"),
        ("actuator.yaml", "k: {a: 4}"),
        ("actuator.json", "{\"k\": {\"a\": 5}}"),
        ("application.yml", "k: {a: 6, b: 6}"),
        ("config/actuator.toml", "k.c = 7"),
        ("config/b/actuator.toml", "k.c = 9"),
        ("config/a/actuator.toml", "k.c = 8"),
    ]);
    let settings = in_directory(&directory).build().unwrap();
    assert_eq!(
        files(&settings),
        [
            "config/b/actuator.toml",
            "config/a/actuator.toml",
            "config/actuator.toml",
            "actuator.toml",
            "actuator.properties",
            "actuator.yml",
            "actuator.yaml",
            "actuator.json",
            "application.yml",
        ]
    );
    assert_eq!([value(&settings, "k.a"), value(&settings, "k.b")], ["1", "6"]);
    assert_eq!(value(&settings, "k.c"), "9");
    let warning = "actuator.toml and actuator.yml are both read; the first wins: keep one of them";
    assert!(settings.warnings().iter().any(|text| text == warning), "{:?}", settings.warnings());
    let origin = |name| settings.property(name).unwrap().origin.clone();
    assert_eq!([origin("k.a"), origin("k.b")], ["actuator.toml:1:7", "application.yml:1:14"]);
}

#[test]
fn names_can_be_others_and_places_can_be_added() {
    let directory = Directory::with(&[
        ("shop.yml", "k: {a: 1, b: 1}"),
        ("more/shop.json", "{\"k\": {\"b\": 2}}"),
        ("actuator.toml", "k.a = 3"),
    ]);
    let more = directory.0.join("more").display().to_string();
    let arguments = |location: &str| {
        in_directory(&directory).arguments([
            "--spring.config.name=shop".to_owned(),
            format!("--spring.config.additional-location={location}"),
        ])
    };
    let settings = arguments(&more).build().unwrap();
    assert_eq!([value(&settings, "k.a"), value(&settings, "k.b")], ["1", "2"]);
    let error = arguments("/nosuch/").build().unwrap_err().to_string();
    assert!(
        error.contains("argument --spring.config.additional-location")
            && error.contains("optional:"),
        "{error}"
    );
    let bad = in_directory(&directory).arguments(["--spring.config.name=../x"]).build();
    assert!(bad.unwrap_err().is_setting());
}

#[test]
fn places_of_one_rank_share_their_profiles() {
    let directory = Directory::with(&[
        ("a/actuator.toml", "k.x = 'a'"),
        ("a/actuator-dev.toml", "k.x = 'a-dev'"),
        ("b/actuator.toml", "k.x = 'b'"),
    ]);
    let (a, b) = (directory.0.join("a"), directory.0.join("b"));
    let read = |separator: &str| {
        let location = format!("{}{separator}file:{}/", a.display(), b.display());
        Settings::builder()
            .environment([("SPRING_CONFIG_LOCATION", location.as_str())])
            .arguments(["--spring.profiles.active=dev"])
            .build()
            .unwrap()
    };
    assert_eq!(value(&read(","), "k.x"), "b", "as in Spring, a later place wins over all");
    assert_eq!(value(&read(";"), "k.x"), "a-dev");
}

#[test]
fn profiles_bring_others_and_documents_have_conditions() {
    let directory = Directory::with(&[
        (
            "actuator.yml",
            "spring.profiles.group.production: [db, eu]\nspring.profiles.include: base\nk: {a: 1, b: 1, c: 1, d: 1}\n---\nspring.config.activate.on-profile: production & (eu | us)\nk: {a: 2, b: 2}\n---\nspring: {config: {activate: {on-profile: '!production'}}}\nk.b: 3\n---\nspring.config.activate.on-profile: [nosuch, base]\nk.c: 4\n",
        ),
        ("actuator-db.properties", "k.d=5"),
    ]);
    let settings = in_directory(&directory).environment([("SPRING_PROFILES_ACTIVE", "production")]);
    let settings = settings.build().unwrap();
    assert_eq!(settings.active_profiles(), ["base", "production", "db", "eu"]);
    let values = ["k.a", "k.b", "k.c", "k.d"].map(|name| value(&settings, name));
    assert_eq!(values, ["2", "2", "4", "5"]);
    assert_eq!(
        files(&settings),
        [
            "actuator-db.properties",
            "actuator.yml (document #3)",
            "actuator.yml (document #1)",
            "actuator.yml (document #0)"
        ]
    );
    let settings = in_directory(&directory).build().unwrap();
    assert_eq!([value(&settings, "k.a"), value(&settings, "k.b")], ["1", "3"]);
}

#[test]
fn without_active_profiles_those_by_default_count() {
    let directory = Directory::with(&[
        ("actuator.toml", "k.a = 1"),
        ("actuator-default.toml", "k.a = 2"),
        ("actuator-local.toml", "k.a = 3"),
    ]);
    assert_eq!(value(&in_directory(&directory).build().unwrap(), "k.a"), "2");
    let builder = in_directory(&directory).arguments(["--spring.profiles.default=local"]);
    let settings = builder.build().unwrap();
    assert_eq!(value(&settings, "k.a"), "3");
    assert!(settings.active_profiles().is_empty());
}

#[test]
fn conditions_that_cannot_be_read_are_refused() {
    for (text, part) in [
        ("spring.config.activate.on-profile: a | b & c\n", "parentheses"),
        ("spring.profiles: dev\n", "spring.config.activate.on-profile"),
    ] {
        let directory = Directory::with(&[("actuator.yml", text)]);
        let error = in_directory(&directory).build().unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let text = "spring.config.activate.on-cloud-platform: kubernetes\nk.a: 1\n";
    let directory = Directory::with(&[("actuator.yml", text)]);
    let settings = in_directory(&directory).build().unwrap();
    assert_eq!(value(&settings, "k.a"), "(unset)");
    assert!(settings.warnings().join("\n").contains("on-cloud-platform"));
}

#[test]
fn imports_win_over_their_document_and_have_profiles() {
    let directory = Directory::with(&[
        (
            "actuator.properties",
            "spring.config.import=${dir:sub}/more.yml,optional:nosuch.toml\nk.a=1\nk.b=1\nk.c=1\nk.d=1\n#---\nk.d=5\n",
        ),
        ("sub/more.yml", "spring.config.import: deepest.json\nk: {a: 2, b: 2, c: 2, d: 2}\n"),
        ("sub/more-dev.yml", "k.c: 3\n"),
        ("sub/deepest.json", "{\"k.b\": 4}"),
    ]);
    let arguments = ["--spring.profiles.active=dev"];
    let settings = in_directory(&directory).arguments(arguments).build().unwrap();
    let values = ["k.a", "k.b", "k.c", "k.d"].map(|name| value(&settings, name));
    assert_eq!(values, ["2", "4", "3", "5"]);
    assert_eq!(
        files(&settings),
        [
            "actuator.properties (document #1)",
            "sub/more-dev.yml",
            "sub/deepest.json",
            "sub/more.yml",
            "actuator.properties (document #0)",
        ]
    );
    assert_eq!(settings.property("k.b").unwrap().origin, "sub/deepest.json:1:9");
}

#[test]
fn imports_that_lead_nowhere_or_in_circles_are_refused() {
    for (import, part) in [
        ("nosuch.toml", "actuator.toml:1:24"),
        ("a.toml", "actuator.toml → a.toml → actuator.toml"),
        ("./", "actuator.toml → actuator.toml"),
        ("vault://secret", "vault: is not supported"),
        ("classpath:x.yml", "classpath: is not supported"),
        ("configtree:/nosuch/", "optional:"),
        ("plain", "[.yaml]"),
    ] {
        let text = format!("spring.config.import = '{import}'\n");
        let directory = Directory::with(&[
            ("actuator.toml", text.as_str()),
            ("a.toml", "spring.config.import = 'actuator.toml'"),
            ("plain", "a: 1"),
        ]);
        let error = in_directory(&directory).build().unwrap_err().to_string();
        assert!(error.contains(part), "{import}: {error}");
    }
    let text = "spring.config.import = ['optional:configserver:http://c', 'plain[.yaml]']\n";
    let directory = Directory::with(&[("actuator.toml", text), ("plain", "a: 1")]);
    let settings = in_directory(&directory).build().unwrap();
    assert_eq!(value(&settings, "a"), "1");
    assert!(settings.warnings().join("\n").contains("configserver: is not supported"));
}

#[test]
fn a_thousand_imports_are_too_many() {
    let many: Vec<String> = (0..1_000).map(|at| format!("a{at}.toml")).collect();
    let text = format!("spring.config.import = '{}'", many.join(","));
    let directory = Directory::with(&[("actuator.toml", text.as_str())]);
    for name in &many {
        fs::write(directory.0.join(name), "k.a = 1").unwrap();
    }
    let error = in_directory(&directory).build().unwrap_err().to_string();
    assert!(error.contains("more than 200 files"), "{error}");
}

#[test]
fn what_is_no_file_with_settings_is_refused_with_its_name() {
    let directory = Directory::with(&[("actuator.yml/x", "")]);
    let error = in_directory(&directory).build().unwrap_err().to_string();
    assert!(error.starts_with("actuator.yml cannot be read: "), "{error}");
    let large = "# 23456789012345\n".repeat(1 << 16);
    let directory = Directory::with(&[("actuator.yml", &large)]);
    let error = in_directory(&directory).build().unwrap_err().to_string();
    assert!(error.starts_with("actuator.yml is larger than 1024 KiB"), "{error}");
}

#[cfg(unix)]
mod trees {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::settings::SettingsBuilder;

    /// As Kubernetes mounts a secret: files are links to a hidden directory.
    fn mounted() -> Directory {
        let directory = Directory::with(&[
            ("secrets/..2026_01/db.password", "s3cret\n"),
            ("secrets/..2026_01/plain", "a\r\n"),
            ("secrets/..2026_01/pem", "one\ntwo\n"),
            ("secrets/pool/max-size", "7"),
        ]);
        let at = directory.0.join("secrets");
        symlink("..2026_01", at.join("..data")).unwrap();
        for name in ["db.password", "plain", "pem"] {
            symlink(format!("..data/{name}"), at.join(name)).unwrap();
        }
        symlink("..data/gone", at.join("gone")).unwrap();
        fs::write(at.join("binary"), [0xFF, 0]).unwrap();
        directory
    }

    fn importing(what: &str) -> SettingsBuilder {
        Settings::builder().arguments([format!("--spring.config.import={what}")])
    }

    #[test]
    fn a_mounted_secret_is_settings() {
        let directory = mounted();
        let at = directory.0.join("secrets").display().to_string();
        let settings = importing(&format!("configtree:{at}/")).build().unwrap();
        let values = ["db.password", "plain", "pem", "pool.max-size"];
        let values = values.map(|name| value(&settings, name));
        assert_eq!(values, ["s3cret", "a", "one\ntwo\n", "7"]);
        let password = settings.property("db.password").unwrap();
        assert_eq!(password.origin, format!("{at}/db.password:1:1"));
        assert!(password.holds_secret && settings.property("plain").unwrap().holds_secret);
        assert_eq!(files(&settings), [format!("configtree:{at}/")]);
        let source = &settings.sources()[1];
        assert!(source.properties.keys().all(|name| !name.contains("..")), "{source:?}");
        assert!(settings.warnings().join("\n").contains("binary is left out"));
    }

    #[test]
    fn many_trees_are_named_by_a_star() {
        let directory =
            Directory::with(&[("config/a/k.x", "1"), ("config/b/k.x", "2"), ("config/f", "3")]);
        let star = format!("configtree:{}/config/*/", directory.0.display());
        let settings = importing(&star).build().unwrap();
        assert_eq!(value(&settings, "k.x"), "2");
        assert!(!settings.property("k.x").unwrap().holds_secret);
        assert!(importing("optional:configtree:/nosuch/*/").build().is_ok());
        assert!(importing("configtree:/nosuch/*/").build().is_err());
    }

    #[test]
    fn trees_without_end_are_refused() {
        let directory = Directory::with(&[("tree/a", "1")]);
        let at = directory.0.join("tree");
        symlink(&at, at.join("round")).unwrap();
        let error = importing(&format!("configtree:{}", at.display())).build().unwrap_err();
        assert!(error.to_string().contains("deep"), "{error}");
        let directory = Directory::with(&[]);
        for at in 0..1_100 {
            fs::write(directory.0.join(format!("k{at}")), "1").unwrap();
        }
        let error = importing(&format!("configtree:{}", directory.0.display())).build();
        assert!(error.unwrap_err().to_string().contains("more than 1000 files"));
    }
}

#[test]
fn one_variable_gives_many_settings() {
    let json = r#"{"server": {"port": 1}, "management": {"server": {"port": "2"}}, "x": null}"#;
    let builder = || {
        Settings::builder()
            .environment([("SPRING_APPLICATION_JSON", json), ("SERVER_PORT", "9")])
            .arguments(["--management.server.port=3"])
    };
    let settings = builder().build().unwrap();
    assert_eq!(value(&settings, "server.port"), "1", "it wins over other variables");
    assert_eq!(value(&settings, "management.server.port"), "3");
    assert_eq!(value(&settings, "x"), "(unset)");
    let property = settings.property("server.port").unwrap();
    assert_eq!(property.origin, "environment variable SPRING_APPLICATION_JSON:1:21");
    assert_eq!(settings.sources()[1].name, "spring.application.json");
    let error = Settings::builder().arguments(["--spring.application.json={x"]).build();
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("argument --spring.application.json:1:2 is not JSON"), "{error}");
}

#[test]
fn a_file_of_somebody_elses_can_be_left_out() {
    let directory = Directory::with(&[("application.json", "[1]"), ("actuator.yml", "k: {a: 1}")]);
    let error = in_directory(&directory).build().unwrap_err().to_string();
    assert!(error.starts_with("application.json:1:1 is not JSON"), "{error}");
    assert!(error.contains("spring.config.name=actuator"), "{error}");
    let builder = in_directory(&directory).arguments(["--spring.config.name=actuator"]);
    assert_eq!(value(&builder.build().unwrap(), "k.a"), "1");
}

#[test]
fn a_mounted_secret_with_a_placeholder_stays_a_secret() {
    let directory = Directory::with(&[("secrets/plain", "a${b:c}")]);
    let tree = format!("configtree:{}/", directory.0.join("secrets").display());
    let builder = Settings::builder().arguments([format!("--spring.config.import={tree}")]);
    let settings = builder.build().unwrap();
    let property = settings.property("plain").unwrap();
    assert_eq!((property.value.as_str(), property.holds_secret), ("ac", true));
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_rather_than_waited_for() {
    let directory = Directory::with(&[]);
    let pipe = directory.0.join("actuator.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let error = in_directory(&directory).build().unwrap_err().to_string();
    assert!(error.contains("actuator.toml") && error.contains("pipe"), "{error}");
    // Who does not want a file hides it like this.
    fs::remove_file(&pipe).unwrap();
    std::os::unix::fs::symlink("/dev/null", &pipe).unwrap();
    in_directory(&directory).build().unwrap();
}
