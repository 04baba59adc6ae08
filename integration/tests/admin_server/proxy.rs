//! A service that the world, and so the admin servers, know only through nginx, below a path.

use actuator_integration::http::{self, ACCEPT_V3};
use actuator_integration::{Nginx, Service, wait};
use serde_json::json;

use crate::everywhere::{all_servers, id_everywhere, registering};

/// Where nginx calls the service from: another address than anybody else's here.
const PROXY: &str = "127.0.0.9";

/// As docs/proxies.md says it.
fn directives(service: &str) -> String {
    format!(
        "location /shop/ {{
            proxy_pass {service}/;
            proxy_bind {PROXY};
            proxy_set_header Host               $host;
            proxy_set_header X-Forwarded-For    $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto  $scheme;
            proxy_set_header X-Forwarded-Host   $host;
            proxy_set_header X-Forwarded-Port   $server_port;
            proxy_set_header X-Forwarded-Prefix /shop;
        }}"
    )
}

#[test]
fn a_service_below_a_path_of_nginx_is_managed_through_it() {
    let servers = all_servers();
    let port = http::free_port();
    let public = format!("http://127.0.0.1:{port}/shop");
    let service = registering(&servers, Service::example("quickstart"))
        .setting("server.forward-headers-strategy", "native")
        .setting("actuator.forwarded.trusted-proxies", PROXY)
        .setting("actuator.security.allowed-hosts", "shop.example")
        .setting("management.httpexchanges.recording.include", "remote-address")
        .setting("spring.boot.admin.client.instance.service-base-url", &public)
        .setting("spring.boot.admin.client.instance.management-base-url", &public)
        .start();
    let _nginx = Nginx::start(port, &directives(service.url()));

    let instance = id_everywhere(&servers, &public);
    let management = format!("{public}/actuator");
    for server in &servers {
        let known = server.wait_for_status(&instance, "UP");
        assert_eq!(known["registration"]["managementUrl"], management.as_str());
        let known = wait::until("the endpoints are found", || {
            let known = server.get(&format!("/instances/{instance}"), "application/json").json();
            (known["endpoints"].as_array()?.len() == crate::ENDPOINTS.len()).then_some(known)
        });
        for endpoint in known["endpoints"].as_array().unwrap() {
            // From the links of the index: without the prefix the server would call into nowhere.
            let url = endpoint["url"].as_str().unwrap();
            assert!(url.starts_with(&management), "{url}");
        }
        let body = json!({"configuredLevel": "DEBUG"});
        let page = [("Origin", "https://admin.example"), ("Sec-Fetch-Site", "same-origin")];
        let path = "loggers/quickstart::proxied";
        let answer = server.send_with("POST", &instance, path, Some(&body), &page);
        assert_eq!(answer.status, 204, "{answer:?}");
        let set = server.proxied(&instance, path, ACCEPT_V3).json();
        assert_eq!(set["configuredLevel"], "DEBUG");
    }
    links_are_those_of_the_world(&service, port);
    callers_are_those_before_the_proxy(&service, &public);
}

#[track_caller]
fn links_are_those_of_the_world(service: &Service, port: u16) {
    let index = |host: &str| {
        http::get(&format!("http://127.0.0.1:{port}/shop/actuator"), &[("Host", host)])
    };
    let link = index("shop.example").json()["_links"]["health"]["href"].clone();
    assert_eq!(link, format!("http://shop.example:{port}/shop/actuator/health"));
    // A name that somebody gave to this machine, through the proxy or not.
    assert_eq!(index("rebound.example").status, 403);
    let url = format!("{}/actuator", service.url());
    assert_eq!(http::get(&url, &[("Host", "rebound.example")]).status, 403);
    // Whoever is no proxy is not believed.
    let lies = [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil")];
    let link = http::get(&url, &lies).json()["_links"]["health"]["href"].clone();
    assert_eq!(link, format!("{}/actuator/health", service.url()));
}

#[track_caller]
fn callers_are_those_before_the_proxy(service: &Service, public: &str) {
    // nginx adds whom it sees behind what its caller says, which is not believed.
    http::get(&format!("{public}/hello/nginx"), &[("X-Forwarded-For", "203.0.113.7")]);
    let exchange = wait::until("the request is recorded", || {
        let exchanges = service.get("/actuator/httpexchanges").json();
        let mut exchanges = exchanges["exchanges"].as_array()?.iter();
        let is_it = |uri: &str| uri.ends_with("/hello/nginx");
        exchanges.find(|one| one["request"]["uri"].as_str().is_some_and(is_it)).cloned()
    });
    assert_eq!(exchange["request"]["remoteAddress"], "127.0.0.1", "{exchange}");
    assert_eq!(exchange["request"]["uri"], format!("{public}/hello/nginx"), "{exchange}");
}
