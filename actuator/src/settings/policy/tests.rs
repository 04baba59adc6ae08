//! Bad values that refuse, and bad values that are left out.

use crate::settings::{Settings, SettingsReader, tests::Directory};

fn port(settings: &Settings) -> crate::error::Result<Option<u16>> {
    settings.until_usable(|| {
        let mut reader = SettingsReader::new(settings);
        let port = reader.value::<u16>("server.port");
        if port == Some(1) {
            reader.reject("server.port", "expected another one");
        }
        reader.finish()?;
        Ok(port)
    })
}

#[test]
fn a_bad_value_is_left_out_and_that_of_another_place_is_kept() {
    let directory = Directory::with(&[("actuator.toml", "server.port = 8081")]);
    let with = |policy: &str, port: &str| {
        Settings::builder()
            .file_directory(&directory.0)
            .environment([("SERVER_PORT", port), ("ACTUATOR_SETTINGS_ON_INVALID", policy)])
            .build()
            .unwrap()
    };
    for bad in ["many", "1"] {
        assert!(port(&with("fail", bad)).is_err());
        let settings = with("warn-and-keep", bad);
        assert_eq!(port(&settings).unwrap(), Some(8081), "{bad}");
        let told = settings.left_out_warnings();
        assert_eq!(told.len(), 1);
        assert!(
            told[0].contains("environment variable SERVER_PORT") && told[0].ends_with("left out"),
            "{told:?}"
        );
        assert_eq!(settings.property("server.port").unwrap().origin, "actuator.toml:1:15");
    }
    let settings = with("warn-and-keep", "8080");
    assert_eq!(port(&settings).unwrap(), Some(8080));
    assert!(settings.left_out_warnings().is_empty());
}

#[test]
fn every_bad_place_is_left_out_until_the_default_is_left() {
    let directory = Directory::with(&[("actuator.toml", "server.port = 'some'")]);
    let settings = Settings::builder()
        .file_directory(&directory.0)
        .arguments(["--server.port=none", "--actuator.settings.on-invalid=warn-and-keep"])
        .build()
        .unwrap();
    assert_eq!(port(&settings).unwrap(), None);
    assert_eq!(settings.left_out_warnings().len(), 2);
}

#[test]
fn a_bad_item_takes_its_list_with_it() {
    let settings = Settings::builder()
        .arguments(["--k.list[0]=a", "--k.list[1]=b"])
        .default_value("k.list", "c")
        .default_value("actuator.settings.on-invalid", "warn-and-keep")
        .build()
        .unwrap();
    let list = settings.until_usable(|| {
        let mut reader = SettingsReader::new(&settings);
        let list = reader.list("k.list").unwrap();
        if list.contains(&"b".to_owned()) {
            reader.reject("k.list", "expected no b");
        }
        reader.finish()?;
        Ok(list)
    });
    assert_eq!(list.unwrap(), ["c"]);
}

#[test]
fn a_policy_that_is_none_is_refused() {
    let settings =
        Settings::builder().force("actuator.settings.on-invalid", "ignore").build().unwrap();
    let read = settings.until_usable(|| {
        let mut reader = SettingsReader::new(&settings);
        reader.on_invalid();
        reader.finish()
    });
    assert!(read.unwrap_err().to_string().contains("warn-and-keep"));
}

#[test]
fn what_nobody_gave_cannot_be_left_out() {
    let settings =
        Settings::builder().force("actuator.settings.on-invalid", "warn-and-keep").build().unwrap();
    let read = settings.until_usable(|| {
        let mut reader = SettingsReader::new(&settings);
        reader.reject("k.needed", "needs a value");
        reader.finish()
    });
    assert!(read.is_err());
}

#[test]
fn what_decides_who_may_do_what_is_never_left_out() {
    for name in ["spring.security.user.password", "management.endpoint.env.read-roles"] {
        let settings = Settings::builder()
            .force(name, "bad")
            .force("server.port", "some")
            .force("actuator.settings.on-invalid", "warn-and-keep")
            .build()
            .unwrap();
        let read = settings.until_usable(|| {
            let mut reader = SettingsReader::new(&settings);
            reader.value::<u16>("server.port");
            reader.reject_hidden(name, "expected another one");
            reader.finish()
        });
        assert!(read.unwrap_err().to_string().contains(name));
        assert!(settings.property(name).is_some(), "{name}");
        assert_eq!(settings.left_out_warnings().len(), 1, "the port is");
    }
}
