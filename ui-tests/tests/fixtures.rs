//! Declarations of other crates arrive, whatever names and lints those crates live with.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use actuator::Actuator;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

// Each fixture is named here; a crate that nothing names is not linked.
use lints as _;
use provider as _;
use renamed as _;
use shadowed as _;

async fn get(address: std::net::SocketAddr, path: &str) -> String {
    send(address, "GET", path).await
}

async fn send(address: std::net::SocketAddr, method: &str, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn declarations_of_linked_crates_are_collected() {
    let running = Actuator::builder()
        .isolated()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .force_setting("shadowed.word", "known")
        .with(|app| {
            app.component(lints::Pool).component(shadowed::Pool);
            renamed::step();
            assert_eq!((lints::step("7"), shadowed::step(7)), (Ok(7), 7));
        })
        .start()
        .await
        .unwrap();
    let address = running.address();
    let health = get(address, "/actuator/health").await;
    for name in ["provided", "renamed", "shadowed", "async", "sync", "associated"] {
        assert!(health.contains(&format!("\"{name}\":")), "{name} is missing in {health}");
    }
    assert!(!health.contains("\"none\""), "{health}");
    let env = get(address, "/actuator/env").await;
    for name in ["renamed", "lints", "shadowed"] {
        assert!(env.contains(&format!("\"{name}\"")), "{name} is missing in {env}");
    }
    let info = get(address, "/actuator/info").await;
    assert!(info.contains("\"renamed\":1") && info.contains("\"lints\":1"), "{info}");
    for name in [
        "renamed.timed",
        "renamed.counted",
        "renamed.gauge",
        "renamed.handle",
        "lints.timed",
        "lints.long",
        "lints.gauge",
        "lints.associated",
        "lints.counter",
        "lints.timer",
        "shadowed.timed",
        "shadowed.long",
        "shadowed.gauge",
        "shadowed.handle",
        "method.timed",
        "method.counted",
    ] {
        let meter = get(address, &format!("/actuator/metrics/{name}")).await;
        assert!(meter.starts_with("HTTP/1.1 200"), "{name}: {meter}");
    }
    let configprops = get(address, "/actuator/configprops").await;
    for prefix in ["renamed", "lints", "shadowed"] {
        let prefix = format!("\"prefix\":\"{prefix}\"");
        assert!(configprops.contains(&prefix), "{prefix} is missing in {configprops}");
    }
    for (method, target, status) in [
        ("GET", "renamed/on", "200"),
        ("GET", "renamed/OFF", "404"),
        ("GET", "renamed/neither", "400"),
        ("GET", "lints?number=7", "200"),
        // The fixture grants reading only.
        ("POST", "lints", "405"),
        ("GET", "shadowed/x", "200"),
        ("POST", "shadowed", "204"),
    ] {
        let answer = send(address, method, &format!("/actuator/{target}")).await;
        let expected = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&expected), "{method} {target}: {answer}");
    }
    assert!(get(address, "/actuator/renamed/on").await.ends_with("\r\n1"));
    let lints = get(address, "/actuator/lints?number=7").await;
    assert!(lints.ends_with("\r\nEndpoint Pool Some(7)"), "{lints}");
    let tasks = get(address, "/actuator/scheduledtasks").await;
    for task in ["renamed::task", "lints-task", "lints::blocking_task", "shadowed::task"] {
        let target = format!("\"target\":\"{task}\"");
        assert!(tasks.contains(&target), "{task} is missing in {tasks}");
    }
    let startup = get(address, "/actuator/startup").await;
    for step in ["renamed step", "lints step", "shadowed step"] {
        let step = format!("\"name\":\"{step}\"");
        assert!(startup.contains(&step), "{step} is missing in {startup}");
    }
    running.shutdown().await;
}
