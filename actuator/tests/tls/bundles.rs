//! Bundles of certificates in info, in health and as meters, of services that use them or not.

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SerialNumber, date_time_ymd};
use serde_json::{Value, json};

use super::{Builder, PATIENCE, Running, Scene, TcpStream, start};
use actuator::Actuator;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// A certificate in PEM, from the first day of a year to that of another.
fn certificate(name: &str, serial: u64, years: [i32; 2]) -> String {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Example");
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(serial));
    params.not_before = date_time_ymd(years[0], 1, 1);
    params.not_after = date_time_ymd(years[1], 1, 1);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}

/// A service of plain HTTP with these settings below `spring.ssl.bundle.pem`.
fn service(bundles: &[(&str, &str)]) -> Builder {
    let builder = Actuator::builder()
        .application("shop", "1.0.0")
        .isolated()
        .without_declarations()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .force_setting("spring.ssl.bundle.watch.file.quiet-period", "0");
    bundles.iter().fold(builder, |builder, (name, value)| {
        builder.force_setting(&format!("spring.ssl.bundle.pem.{name}"), *value)
    })
}

async fn get(service: &Running, target: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(service.management_address()).await.unwrap();
    let request =
        format!("GET /actuator/{target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

async fn json(service: &Running, target: &str) -> Value {
    serde_json::from_str(&get(service, target).await.1).unwrap()
}

/// Asks until it is so.
async fn until(service: &Running, target: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let asked = async {
        loop {
            let answer = json(service, target).await;
            if is_so(&answer) {
                return answer;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap()
}

#[tokio::test]
async fn info_tells_of_every_bundle_in_the_form_of_spring_where_a_setting_asks_for_it() {
    let scene = Scene::new();
    let new = certificate("new.example", 0x951b_37d1_a5af_3d65, [4000, 4001]);
    let old = certificate("old.example", 7, [2019, 2020]);
    let good = certificate("good.example", 8, [2020, 4000]);
    let both = scene.folder.write("both.pem", &format!("{old}{good}"));
    let bundles = [("b.keystore.certificate", &*new), ("b.truststore.certificate", &*both)];
    let service = start(service(&bundles).force_setting("management.info.ssl.enabled", "true"));
    let service = service.await;
    let told = json(&service, "info").await["ssl"].clone();
    let one = |name: &str, serial: &str, years: [i32; 2], validity: Value| {
        json!({
            "subject": format!("CN={name},O=Example"),
            "issuer": format!("CN={name},O=Example"),
            "serialNumber": serial,
            "signatureAlgorithmName": "SHA256withECDSA",
            "version": "V3",
            "validity": validity,
            "validityStarts": format!("{}-01-01T00:00:00Z", years[0]),
            "validityEnds": format!("{}-01-01T00:00:00Z", years[1]),
        })
    };
    let early =
        json!({"status": "NOT_YET_VALID", "message": "Not valid before 4000-01-01T00:00:00Z"});
    let late = json!({"status": "EXPIRED", "message": "Not valid after 2020-01-01T00:00:00Z"});
    let new = one("new.example", "951b37d1a5af3d65", [4000, 4001], early);
    let old = one("old.example", "7", [2019, 2020], late);
    let good = one("good.example", "8", [2020, 4000], json!({"status": "VALID"}));
    let expected = json!({"bundles": [{
        "name": "b",
        "certificateChains": [{"alias": "ssl", "certificates": [new]}],
        "trustStoreCertificateChains": [
            {"alias": "ssl-0", "certificates": [old]},
            {"alias": "ssl-1", "certificates": [good]},
        ],
    }]});
    assert_eq!(told, expected);

    // Nothing of it unless it is asked for, as in Spring; and no bundles are an empty list.
    let silent = start(super::bundles::service(&bundles)).await;
    assert_eq!(json(&silent, "info").await.get("ssl"), None);
    let bare = super::bundles::service(&[]).force_setting("management.info.ssl.enabled", "true");
    assert_eq!(json(&start(bare).await, "info").await["ssl"], json!({"bundles": []}));
}

#[tokio::test]
async fn health_is_out_of_service_with_a_certificate_that_is_not_valid_and_lists_all_chains() {
    let good = certificate("good.example", 1, [2020, 4000]);
    let old = certificate("old.example", 2, [2019, 2020]);
    let aliases = |chains: &Value| -> Vec<String> {
        let chains = chains.as_array().unwrap().iter();
        chains.map(|chain| chain["alias"].as_str().unwrap().to_owned()).collect()
    };
    let lists = |health: &Value| {
        ["expiringChains", "invalidChains", "validChains"]
            .map(|list| aliases(&health["details"][list]))
    };
    // Those that vouch for others are not asked.
    let bundles = [
        ("web.keystore.certificate", &*good),
        ("web.key.alias", "web"),
        ("web.truststore.certificate", &*old),
    ];
    let shop = start(service(&bundles)).await;
    let (status, body) = get(&shop, "health/ssl").await;
    let health: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &health["status"]), (200, &json!("UP")), "{body}");
    assert_eq!(lists(&health), [vec![], vec![], vec!["web".to_owned()]]);

    let bundles = [&bundles[..2], &[("old.keystore.certificate", &*old)]].concat();
    let threshold = "management.health.ssl.certificate-validity-warning-threshold";
    let shop = start(service(&bundles).force_setting(threshold, "1000000d")).await;
    let (status, body) = get(&shop, "health/ssl").await;
    let health: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &health["status"]), (503, &json!("OUT_OF_SERVICE")), "{body}");
    let web = vec!["web".to_owned()];
    assert_eq!(lists(&health), [web.clone(), vec!["ssl".to_owned()], web]);
    assert_eq!(json(&shop, "health").await["status"], "OUT_OF_SERVICE");
}

#[tokio::test]
async fn the_check_is_there_with_bundles_or_on_request_and_a_setting_takes_it_away() {
    let good = certificate("good.example", 1, [2020, 4000]);
    let bundles = [("web.keystore.certificate", &*good)];
    let switched =
        |builder: Builder, on: &str| builder.force_setting("management.health.ssl.enabled", on);
    for (builder, expected) in [
        (service(&bundles), 200),
        (switched(service(&bundles), "false"), 404),
        (service(&bundles).force_setting("management.health.defaults.enabled", "false"), 404),
        (service(&[]), 404),
        (switched(service(&[]), "true"), 200),
    ] {
        let service = start(builder).await;
        assert_eq!(get(&service, "health/ssl").await.0, expected);
    }
}

#[tokio::test]
async fn each_chain_has_a_gauge_of_the_seconds_that_it_lasts_which_follows_its_file() {
    let scene = Scene::new();
    let old = certificate("old.example", 0xab, [2019, 2020]);
    let file = scene.folder.write("web.crt", &old);
    let bundles = [("web.keystore.certificate", &*file), ("web.truststore.certificate", &*old)];
    let shop = start(service(&bundles).force_setting("management.info.ssl.enabled", "true")).await;
    let text = get(&shop, "prometheus?includedNames=ssl_chain_expiry_seconds").await.1;
    let head = "# HELP ssl_chain_expiry_seconds SSL certificate chain expiry for key store and \
                trust store chains\n# TYPE ssl_chain_expiry_seconds gauge\n";
    let (_, series) = text.split_once(head).unwrap();
    for source in ["keystore", "truststore"] {
        let labels = format!(
            r#"ssl_chain_expiry_seconds{{bundle="web",certificate="ab",chain="ssl",source="{source}"}} -"#
        );
        assert!(series.contains(&labels), "{series}");
    }
    let of_file = "metrics/ssl.chain.expiry?tag=source:keystore";
    let gauge = json(&shop, of_file).await;
    assert_eq!(gauge["baseUnit"], "seconds");
    let since_2020 = |gauge: &Value| -gauge["measurements"][0]["value"].as_f64().unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    // 2020 began so many seconds after 1970.
    assert!((since_2020(&gauge) - (now - 1_577_836_800.0)).abs() < 60.0, "{gauge}");

    // What the file says next is what everybody is told next.
    scene.folder.write("web.crt", &certificate("new.example", 0xcd, [2020, 4000]));
    until(&shop, "health/ssl", |health| health["status"] == "UP").await;
    let gauge = json(&shop, of_file).await;
    assert!(since_2020(&gauge) < 0.0, "{gauge}");
    let tags = gauge["availableTags"].as_array().unwrap();
    let serials = tags.iter().find(|tag| tag["tag"] == "certificate").unwrap();
    assert_eq!(serials["values"], json!(["cd"]));
    let told = json(&shop, "info").await["ssl"]["bundles"][0]["certificateChains"].clone();
    assert_eq!(told[0]["certificates"][0]["serialNumber"], "cd");
}

#[tokio::test]
async fn of_a_bundle_that_a_listener_uses_that_which_is_in_force_is_told() {
    let scene = Scene::new();
    let path = |file: &str| scene.folder.path(file);
    scene.folder.write("other.crt", &certificate("other.example", 1, [2020, 4000]));
    let service = service(&[
        ("other.keystore.certificate", &path("other.crt")),
        ("web.keystore.certificate", &path("tls.crt")),
        ("web.keystore.private-key", &path("tls.key")),
    ]);
    let service = service
        .force_setting("server.ssl.bundle", "web")
        .force_setting("management.info.ssl.enabled", "true")
        .force_setting("management.server.port", "0")
        .force_setting("management.server.address", "127.0.0.1")
        .force_setting("management.server.ssl.enabled", "false");
    let service = start(service).await;
    let is = |info: &Value, bundle: usize, name: &str| {
        let chain = &info["ssl"]["bundles"][bundle]["certificateChains"][0];
        chain["certificates"][0]["subject"].as_str().unwrap().contains(&format!("CN={name}"))
    };
    assert!(is(&json(&service, "info").await, 1, "shop"));
    // A certificate whose key is missing comes into force nowhere. All files are looked at together.
    let renewed = scene.authority.server("renewed");
    scene.folder.write("tls.crt", &renewed.certificate);
    scene.folder.write("other.crt", &certificate("another.example", 2, [2020, 4000]));
    let info = until(&service, "info", |info| is(info, 0, "another.example")).await;
    assert!(is(&info, 1, "shop"), "{info}");
    // Once it is there, it does.
    scene.folder.write("tls.key", &renewed.key);
    until(&service, "info", |info| is(info, 1, "renewed")).await;
    assert_eq!(scene.client().certificate(service.address()).await, renewed.der);
}

#[tokio::test]
async fn a_bundle_that_cannot_be_read_refuses_the_start_whether_a_listener_uses_it_or_not() {
    let bundles = [("web.keystore.certificate", "/nonexistent/web.crt")];
    let error = service(&bundles).start().await.unwrap_err();
    assert!(error.is_setting(), "{error}");
    for word in ["spring.ssl.bundle.pem.web.keystore.certificate", "/nonexistent/web.crt"] {
        assert!(error.to_string().contains(word), "{error}");
    }
    let both = service(&bundles).force_setting("server.ssl.bundle", "web").start().await;
    let error = both.unwrap_err().to_string();
    assert_eq!(error.matches("/nonexistent/web.crt").count(), 1, "told once: {error}");
}
