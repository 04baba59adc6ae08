//! The endpoint of the certificates, of a service that listens and calls others.

use serde_json::Value;

use super::{PATIENCE, Running, Scene, client::Client, start};

async fn certificates(client: &Client, service: &Running) -> Vec<Value> {
    let (status, body) = client.get(service.address(), "/actuator/certs").await.unwrap();
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(&body).unwrap();
    body["certificates"].as_array().unwrap().clone()
}

fn of_role<'c>(all: &'c [Value], role: &str) -> Vec<&'c Value> {
    all.iter().filter(|one| one["role"] == role).collect()
}

#[tokio::test]
async fn certificates_of_listeners_and_of_calls_out_are_told_as_they_are_in_force() {
    let scene = Scene::new();
    let ada = scene.ada();
    scene.folder.write("ada.crt", &ada.certificate);
    scene.folder.write("ada.key", &ada.key);
    scene.folder.write("ca.pem", &scene.authority.pem());
    let calls = "spring.boot.admin.client";
    let service = [
        ("ca-certificate", "ca.pem"),
        ("client-certificate", "ada.crt"),
        ("client-key", "ada.key"),
    ]
    .into_iter()
    .fold(scene.service("server.ssl"), |builder, (name, file)| {
        builder.force_setting(&format!("{calls}.{name}"), scene.folder.path(file))
    });
    // Without a server to call nobody reads them; that it is not there does no harm.
    let service = service.force_setting(&format!("{calls}.url"), "https://127.0.0.1:9");
    let service = start(service.force_setting("server.ssl.client-auth", "want")).await;
    let client = scene.client();
    let all = certificates(&client, &service).await;
    let [server] = of_role(&all, "server")[..] else { panic!("{all:?}") };
    assert!(server["subject"].as_str().unwrap().contains("shop"), "{server}");
    assert_eq!(server["usedBy"], serde_json::json!(["application"]));
    assert_eq!(
        (&server["inUse"], &server["setting"]),
        (&true.into(), &"server.ssl.certificate".into())
    );
    assert!(server["daysLeft"].is_i64() && server["names"].is_array(), "{server}");
    let [shown] = of_role(&all, "client")[..] else { panic!("{all:?}") };
    assert_eq!(shown["setting"], "spring.boot.admin.client.client-certificate");
    let settings: Vec<_> =
        of_role(&all, "authority").iter().map(|one| one["setting"].as_str().unwrap()).collect();
    assert_eq!(settings.len(), 2, "{all:?}");
    for wanted in ["server.ssl.trust-certificate", "spring.boot.admin.client.ca-certificate"] {
        assert!(settings.contains(&wanted), "{settings:?}");
    }
    assert!(!format!("{all:?}").contains("PRIVATE"), "{all:?}");

    // What is shown to callers next is what is told.
    let before = server["serialNumber"].clone();
    scene.folder.write_identity(&scene.authority.server("renewed"));
    let renewed = async {
        loop {
            let all = certificates(&client, &service).await;
            if of_role(&all, "server")[0]["serialNumber"] != before {
                return of_role(&all, "server")[0].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let renewed = tokio::time::timeout(PATIENCE, renewed).await.unwrap();
    assert!(renewed["subject"].as_str().unwrap().contains("renewed"), "{renewed}");
}
