//! Management on a port of its own, and ports that the system chooses.

use actuator_integration::http::{self, ACCEPT_V3};
use actuator_integration::{Service, wait};

use crate::everywhere::{all_servers, id_everywhere, registering};

#[test]
fn a_service_on_two_random_ports_is_registered_and_managed_on_those_that_it_got() {
    let servers = all_servers();
    let service = registering(&servers, Service::example("quickstart"))
        .setting("server.port", "0")
        .setting("management.server.port", "0")
        .setting("management.server.address", "127.0.0.1")
        .setting("management.server.base-path", "/internal")
        .start();
    let (application, management) = (service.url(), service.management_url());
    assert_ne!(http::port(application), http::port(&management));
    assert!(management.ends_with("/internal/actuator"), "{management}");

    let instance = id_everywhere(&servers, &management);
    for server in &servers {
        let known = server.wait_for_status(&instance, "UP");
        let registration = &known["registration"];
        assert_eq!(registration["managementUrl"], management.as_str(), "{registration}");
        assert_eq!(registration["healthUrl"], format!("{management}/health"), "{registration}");
        assert_eq!(registration["serviceUrl"], format!("{application}/"), "{registration}");
        let known = wait::until("the endpoints are found", || {
            let known = server.get(&format!("/instances/{instance}"), "application/json").json();
            (known["endpoints"].as_array()?.len() == crate::ENDPOINTS.len()).then_some(known)
        });
        for endpoint in known["endpoints"].as_array().unwrap() {
            let url = endpoint["url"].as_str().unwrap();
            assert!(url.starts_with(&management), "{url}");
        }
        let health = server.proxied(&instance, "health", ACCEPT_V3).json();
        assert_eq!(health["components"]["greetings"]["status"], "UP", "{health}");
    }
    assert_eq!(service.get("/actuator/health").status, 404);
    assert_eq!(http::get(&format!("{management}/health"), &[]).status, 200);
    let origin = management.strip_suffix("/internal/actuator").unwrap();
    assert_eq!(http::get(&format!("{origin}/hello/you"), &[]).status, 404);
}
