//! Names that resolve, that do not, and a resolver that hangs.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::health::Status;

fn resolving(addresses: &'static [&'static str]) -> Dns {
    let lookup = Lookup::with(move |_| {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        async move { Ok(addresses) }
    });
    Dns { lookup, ..Dns::new("db.example").unwrap() }
}

async fn shown(check: &Dns) -> (Status, String) {
    let health = check.check().await;
    let details: Vec<String> =
        health.details().map(|(key, value)| format!("{key}={}", value.get())).collect();
    (health.status().clone(), details.join(" "))
}

#[tokio::test]
async fn a_name_that_the_system_resolves_is_up() {
    let (status, details) = shown(&Dns::new("localhost").unwrap()).await;
    assert_eq!(status, Status::UP, "{details}");
    assert!(details.starts_with("name=\"localhost\" addresses=[\""), "{details}");
}

#[tokio::test]
async fn addresses_are_shown_in_the_same_order_whatever_the_resolver_turned_them_into() {
    let check = resolving(&["10.0.0.2", "10.0.0.1", "10.0.0.2"]).at_least(2);
    let (status, details) = shown(&check).await;
    assert_eq!(status, Status::UP);
    assert_eq!(details, r#"name="db.example" addresses=["10.0.0.1","10.0.0.2"]"#);
}

#[tokio::test]
async fn too_few_or_other_addresses_are_down_with_what_was_expected_and_found() {
    let check = resolving(&["10.0.0.1"]).at_least(2);
    let (status, details) = shown(&check).await;
    assert_eq!(status, Status::DOWN);
    assert!(details.contains("expected at least 2 addresses, found 1"), "{details}");

    let check = resolving(&["10.0.0.1"]).expect_address("10.0.0.7".parse().unwrap());
    let (status, details) = shown(&check).await;
    assert_eq!(status, Status::DOWN);
    assert!(details.contains("expected 10.0.0.7 among the addresses, found 10.0.0.1"), "{details}");

    let (status, details) = shown(&resolving(&[])).await;
    assert_eq!(status, Status::DOWN);
    assert!(details.contains("expected at least 1 addresses, found 0"), "{details}");
}

#[tokio::test]
async fn a_resolver_that_hangs_is_asked_once_however_often_the_check_runs() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let lookup = Lookup::with(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        std::future::pending()
    });
    let check = Dns { lookup, ..Dns::new("db.example").unwrap() };
    let check = check.timeout(Duration::from_millis(5));
    for _ in 0..3 {
        let (status, details) = shown(&check).await;
        assert_eq!(status, Status::DOWN);
        assert!(details.contains("expected an answer within 5ms, found none"), "{details}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn what_is_no_name_is_refused_with_an_example() {
    for bad in ["", "db:5432", "10.0.0.1", "a b", "http://x"] {
        let error = Dns::new(bad).unwrap_err().to_string();
        assert!(error.contains("db.example, without a port"), "{bad}: {error}");
    }
}
