//! The rules, the names, and the list of the library's own settings.

use std::collections::{BTreeMap, HashMap};

use super::{
    DescribedSetting, FieldFacts, Place, Rules, SettingField, Shown, own_settings,
    registry::described_settings, shown::camel_case,
};
use crate::settings::{SettingKind, Settings, SettingsReader, catalog};

fn settings(values: &[(&str, &str)]) -> Settings {
    let builder = Settings::builder();
    let builder = values.iter().fold(builder, |builder, (k, v)| builder.default_value(k, *v));
    builder.build().unwrap()
}

fn read<T: SettingField>(settings: &Settings, name: &str) -> Result<T, String> {
    let mut reader = SettingsReader::new(settings);
    let read = T::read(&Place::new(name, settings), &FieldFacts::NONE, &mut reader);
    reader.finish().map_err(|error| error.to_string())?;
    Ok(read.value.unwrap())
}

#[test]
fn bounds_are_compared_as_what_the_value_is() {
    let rules = |min, max| Rules { min, max, ..Rules::NONE };
    for (text, kind, min, max, is_kept) in [
        ("10", SettingKind::Number, Some("9"), Some("10"), true),
        ("9", SettingKind::Number, Some("10"), None, false),
        ("0.5", SettingKind::Number, Some("0"), Some("1"), true),
        ("1.5", SettingKind::Number, None, Some("1"), false),
        ("18446744073709551615", SettingKind::Number, None, Some("18446744073709551614"), false),
        ("90s", SettingKind::Duration, Some("PT1M"), Some("2m"), true),
        ("59", SettingKind::Duration, Some("1s"), None, false),
        ("1MB", SettingKind::Size, Some("1024KB"), Some("1MB"), true),
        ("1MB", SettingKind::Size, Some("soon"), None, false),
    ] {
        let broken = rules(min, max).broken_by(text, kind);
        assert_eq!(broken.is_none(), is_kept, "{text}: {broken:?}");
    }
}

#[test]
fn variables_and_files_give_one_map_together() {
    let settings = Settings::builder()
        .default_value("shop.extra-labels.team-name", "till")
        .default_value("shop.extra-labels.teamname", "other")
        .default_value("shop.extra-labels.floor", "1")
        .environment([("SHOP_EXTRA_LABELS_TEAM_NAME", "top"), ("SHOP_EXTRALABELS_ROOM", "5")])
        .build()
        .unwrap();
    let map: BTreeMap<String, String> = read(&settings, "shop.extra-labels").unwrap();
    let expected = [("floor", "1"), ("room", "5"), ("team-name", "top"), ("teamname", "other")];
    assert_eq!(map, expected.map(|(k, v)| (k.to_owned(), v.to_owned())).into());
    let hashed: HashMap<String, String> = read(&settings, "shop.extra-labels").unwrap();
    assert_eq!(hashed.len(), 4);
}

#[test]
fn a_list_comes_from_one_place_and_an_empty_one_wins() {
    let settings = Settings::builder()
        .default_value("shop.ids[0]", "1")
        .default_value("shop.ids[1]", "2")
        .environment([("SHOP_IDS_0", "7")])
        .build()
        .unwrap();
    assert_eq!(read::<Vec<u8>>(&settings, "shop.ids"), Ok(vec![7]));
    let forced = Settings::builder().default_value("a[0]", "1").force("a", "").build().unwrap();
    assert_eq!(read::<Vec<u8>>(&forced, "a"), Ok(vec![]));
    assert_eq!(read::<Option<Vec<u8>>>(&forced, "a"), Ok(Some(vec![])));
    assert_eq!(read::<Option<Vec<u8>>>(&forced, "b"), Ok(None));
    let gap = self::settings(&[("a[0]", "1"), ("a[2]", "3")]);
    assert!(read::<Vec<u8>>(&gap, "a").unwrap_err().contains("a[1]: is missing"));
}

#[test]
fn an_empty_text_is_unset_unless_a_text_is_wanted() {
    let settings = settings(&[("a", " ")]);
    assert_eq!(read::<Option<u8>>(&settings, "a"), Ok(None));
    assert_eq!(read::<Option<String>>(&settings, "a"), Ok(Some(" ".to_owned())));
    assert!(read::<u8>(&settings, "a").unwrap_err().contains("a is not set"));
}

#[test]
fn names_are_described_with_stars_for_what_somebody_chooses() {
    let mut names = Vec::new();
    BTreeMap::<String, Vec<Option<u8>>>::describe("a.b", &FieldFacts::NONE, &mut names);
    Vec::<BTreeMap<String, bool>>::describe("c", &FieldFacts::NONE, &mut names);
    let names: Vec<(&str, SettingKind, bool)> =
        names.iter().map(|d| (d.name.as_str(), d.kind, d.is_required)).collect();
    let number = SettingKind::Number;
    assert_eq!(names, [("a.b.*[*]", number, false), ("c[*].*", SettingKind::Bool, false)]);
    assert_eq!(described_settings(&[]), Vec::<DescribedSetting>::new());
}

#[test]
fn names_of_the_language_of_java_are_in_camel_case() {
    for (name, camel) in [("show-details", "showDetails"), ("a", "a"), ("-x", "x"), ("a_b", "aB")] {
        assert_eq!(camel_case(name), camel);
    }
}

fn leaves(shown: &Shown) -> usize {
    match shown {
        Shown::Absent => 0,
        Shown::Value(_) | Shown::List(_) => 1,
        Shown::Group(members) => members.iter().map(|(_, member)| leaves(member)).sum(),
    }
}

#[test]
fn every_default_of_the_library_is_listed_once_under_its_prefix() {
    let groups = own_settings(&settings(&[]));
    let expected = catalog::entries().filter(|entry| {
        !entry.name.contains('*')
            && !entry.default.is_empty()
            && !entry.has_no_effect()
            && !entry.name.starts_with("info.")
    });
    let listed: usize = groups.iter().map(|group| leaves(&group.values)).sum();
    // The process itself gives PID, which no setting is.
    assert_eq!(listed, expected.count());
    for prefix in ["server", "management.endpoints.web", "spring.boot.admin.client.instance"] {
        assert!(groups.iter().any(|group| group.prefix == prefix), "{prefix}");
    }
    let mut prefixes: Vec<&str> = groups.iter().map(|group| group.prefix.as_str()).collect();
    prefixes.dedup();
    assert_eq!(prefixes.len(), groups.len());
}
