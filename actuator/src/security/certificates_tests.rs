//! Whose certificate it is, and what that makes of its holder.

use proptest::prelude::*;

use super::*;
use crate::{settings::Settings, support::odd_text::odd_text};

fn read(values: &[(&str, &str)]) -> Result<Option<Certificates>, String> {
    let builder = values
        .iter()
        .fold(Settings::builder(), |builder, (name, value)| builder.force(name, *value));
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let read = Certificates::read(&mut reader);
    reader.finish().map(|()| read).map_err(|error| error.to_string())
}

fn ada() -> ClientCertificate {
    ClientCertificate {
        subject: "CN=ada,O=shop".to_owned(),
        common_name: Some("ada".to_owned()),
        alternative_names: vec!["DNS:ada.example".to_owned(), "URI:spiffe://a/b".to_owned()],
        fingerprint: "ab".repeat(32),
    }
}

fn judge(values: &[(&str, &str)]) -> Verdict {
    read(values).unwrap().unwrap().judge(&ada())
}

const SUBJECT: &str = "actuator.security.certificates.boss.subject";
const NAME: &str = "actuator.security.certificates.boss.common-name";
const SAN: &str = "actuator.security.certificates.boss.san";
const FINGERPRINT: &str = "actuator.security.certificates.boss.fingerprint";
const ROLES: &str = "actuator.security.certificates.boss.roles";

#[test]
fn a_certificate_is_known_by_each_of_its_facts() {
    let colons = ["AB"; 32].join(":");
    for (setting, value) in [
        (SUBJECT, "CN=ada,O=shop"),
        (SUBJECT, "O=shop, CN=ada"),
        (NAME, "ada"),
        (SAN, "DNS:ada.example"),
        (SAN, "spiffe://a/b"),
        (FINGERPRINT, &*colons),
    ] {
        let boss = Verdict::Known(Principal::new("boss", ["operator", "auditor"]));
        assert_eq!(judge(&[(setting, value), (ROLES, "operator,auditor")]), boss, "{setting}");
        let viewer = Verdict::Known(Principal::new("boss", ["viewer"]));
        assert_eq!(judge(&[(setting, value)]), viewer);
    }
}

#[test]
fn all_that_is_described_has_to_fit_and_a_stranger_may_show_other_credentials() {
    for values in [
        [(NAME, "ada"), (SAN, "eve.example")],
        [(SUBJECT, "CN=ada,O=other"), (NAME, "ada")],
        [(SUBJECT, "CN=ada"), (NAME, "ada")],
        [(NAME, "Ada"), (ROLES, "operator")],
    ] {
        assert_eq!(judge(&values), Verdict::NotMine);
    }
}

#[test]
fn all_others_are_known_by_their_common_name_if_a_setting_says_so() {
    let values = [(NAME, "bob"), ("actuator.security.certificate-roles", "viewer")];
    assert_eq!(judge(&values), Verdict::Known(Principal::new("ada", ["viewer"])));
    let some = read(&values).unwrap().unwrap();
    let odd = ClientCertificate { common_name: Some("a\nb".to_owned()), ..ada() };
    assert!(matches!(some.judge(&odd), Verdict::Refused(_)));
    let nameless = ClientCertificate { common_name: None, ..ada() };
    assert_eq!(some.judge(&nameless), Verdict::Known(Principal::new("CN=ada,O=shop", ["viewer"])));
}

#[test]
fn a_description_without_facts_and_a_fingerprint_of_another_kind_are_refused() {
    assert!(read(&[]).unwrap().is_none());
    let error = read(&[(ROLES, "operator")]).unwrap_err();
    assert!(error.contains(ROLES) && error.contains("common-name"), "{error}");
    let error = read(&[(FINGERPRINT, "abcd")]).unwrap_err();
    assert!(error.contains("SHA-256"), "{error}");
}

#[test]
fn a_comma_within_a_value_does_not_end_it() {
    assert!(is_same_name(r"O=a\, b, CN=x", r"CN=x,O=a\, b"));
    assert!(!is_same_name(r"O=a\,CN=x", "CN=x,O=a"));
}

/// The parts of a distinguished name, written as RFC 4514 has them.
fn names() -> impl Strategy<Value = Vec<String>> {
    let value =
        prop::collection::vec(prop_oneof![Just(','), Just('\\'), Just('='), any::<char>()], 1..6);
    let written = |value: Vec<char>| {
        let escaped = |c| if matches!(c, ',' | '\\') { format!("\\{c}") } else { String::from(c) };
        let value: String = value.into_iter().filter(|c| !c.is_whitespace()).map(escaped).collect();
        format!("CN=x{value}")
    };
    prop::collection::vec(value.prop_map(written), 1..4)
}

proptest! {
    #[test]
    fn a_name_is_the_same_either_way_round_and_no_other(
        one in names(), other in names(), odd in odd_text("[a-c,\\\\= ]{0,20}"),
    ) {
        let (shown, spaced) = (one.join(","), one.join(", "));
        let reversed: Vec<String> = one.iter().rev().cloned().collect();
        prop_assert!(is_same_name(&spaced, &shown));
        prop_assert!(is_same_name(&reversed.join(", "), &shown), "{}", shown);
        let is_other = other != one && other != reversed;
        prop_assert_eq!(is_same_name(&other.join(","), &shown), !is_other);
        prop_assert!(is_same_name(&odd, &odd));
        let _ = is_same_name(&odd, &shown);
        let with_kind = format!("DNS:{odd}");
        prop_assert!(is_alias(&odd, &odd) && is_alias(&odd, &with_kind));
    }
}
