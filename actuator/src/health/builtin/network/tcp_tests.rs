//! Ports that are open, closed, and without a name.

use super::*;
use crate::health::Status;

fn details(health: &Health) -> Vec<String> {
    health.details().map(|(key, value)| format!("{key}={}", value.get())).collect()
}

#[tokio::test]
async fn a_port_is_up_while_it_is_open_and_down_when_it_is_not() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let listener = std::net::TcpListener::bind(address).unwrap();
        let open = listener.local_addr().unwrap().to_string();
        let check = Tcp::new(&open).unwrap();
        let health = check.check().await;
        assert_eq!(health.status(), &Status::UP);
        assert_eq!(details(&health), [format!("address=\"{open}\""), format!("remote=\"{open}\"")]);
        drop(listener);
        let health = check.check().await;
        assert_eq!(health.status(), &Status::DOWN);
        let details = details(&health).join(" ");
        assert!(details.contains("expected an open port, found"), "{details}");
        assert!(details.contains("Connection refused"), "{details}");
    }
}

#[tokio::test]
async fn a_name_that_is_not_resolved_is_down_with_the_reason() {
    let unknown = |_| async { Err(std::io::Error::other("no such name")) };
    let check = Tcp { lookup: Lookup::with(unknown), ..Tcp::new("db.example:5432").unwrap() };
    let shown = details(&check.check().await).join(" ");
    assert!(shown.contains("the name db.example was not resolved: no such name"), "{shown}");

    let hangs = |_| std::future::pending();
    let check = Tcp { lookup: Lookup::with(hangs), ..check }.timeout(Duration::from_millis(20));
    let shown = details(&check.check().await).join(" ");
    assert!(shown.contains("the name db.example was not resolved within 20ms"), "{shown}");
}

#[test]
fn what_has_no_port_is_refused_with_an_example() {
    let error = Tcp::new("db.example").unwrap_err().to_string();
    assert!(error.contains("db.example:5432"), "{error}");
}
