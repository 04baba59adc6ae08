//! Whom requests are believed to come from, and how links are put together.

use http::{HeaderValue, header};

use super::{cidr::Cidr, *};

fn forwarding(networks: &[&str], unix: bool) -> Forwarding {
    let networks = networks.iter().map(|network| Cidr::parse(network).unwrap()).collect();
    let believed = Believed { proxies: TrustedProxies { networks, unix }, headers: Headers::Auto };
    Forwarding { believed: Some(Arc::new(believed)) }
}

fn request(headers: &[(&'static str, &str)]) -> Request<()> {
    let mut request = Request::new(());
    *request.uri_mut() = "/actuator?a=b".parse().unwrap();
    request.headers_mut().insert(header::HOST, HeaderValue::from_static("app.example:8080"));
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_str(value).unwrap());
    }
    request
}

fn from(peer: &str, headers: &[(&'static str, &str)]) -> Request<()> {
    let mut request = request(headers);
    let address: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(address));
    request
}

/// What its caller is told the service is called.
fn address(request: &Request<()>) -> String {
    let named = named_host(request.uri(), request.headers());
    let (scheme, host, prefix) = public_address(request.uri(), request.extensions(), named);
    format!("{scheme}://{host}{prefix}")
}

fn settled(mut request: Request<()>, networks: &[&str], unix: bool) -> (String, Option<IpAddr>) {
    forwarding(networks, unix).settle(&mut request);
    (address(&request), client_address(request.extensions()))
}

fn through_proxy(headers: &[(&'static str, &str)]) -> String {
    settled(from("10.0.0.9:4711", headers), &["10.0.0.0/8"], false).0
}

#[test]
fn addresses_are_put_together_as_recorded() {
    let proto = ("x-forwarded-proto", "https");
    let host = ("x-forwarded-host", "public.example");
    assert_eq!(through_proxy(&[]), "http://app.example:8080");
    assert_eq!(through_proxy(&[proto]), "https://app.example");
    let port = |port| ("x-forwarded-port", port);
    assert_eq!(through_proxy(&[host, proto, port("8443")]), "https://public.example:8443");
    let all = [host, proto, port("443"), ("x-forwarded-prefix", "/p")];
    assert_eq!(through_proxy(&all), "https://public.example/p");
    let forwarded = ("forwarded", "proto=https;host=public.example");
    assert_eq!(through_proxy(&[forwarded]), "https://public.example");
    assert_eq!(through_proxy(&[host]), "http://public.example");
    assert_eq!(through_proxy(&[("x-forwarded-ssl", "on")]), "https://app.example");
    assert_eq!(
        through_proxy(&[("x-forwarded-host", "[2001:db8::1]:81")]),
        "http://[2001:db8::1]:81"
    );
    assert_eq!(through_proxy(&[("x-forwarded-host", "a:443"), proto]), "https://a");
}

#[test]
fn only_a_trusted_peer_is_believed() {
    let headers = [
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
    ];
    let networks = &["10.0.0.0/8"];
    let plain = "http://app.example:8080".to_owned();
    let stranger = "192.0.2.1".parse().unwrap();
    assert_eq!(
        settled(from("192.0.2.1:1", &headers), networks, true),
        (plain.clone(), Some(stranger))
    );
    // Whose connection it is is not known.
    assert_eq!(settled(request(&headers), networks, true), (plain.clone(), None));
    let believed = ("https://evil.example".to_owned(), Some("203.0.113.7".parse().unwrap()));
    assert_eq!(settled(from("10.0.0.1:1", &headers), networks, false), believed);
    assert_eq!(settled(from("[::ffff:10.0.0.1]:1", &headers), networks, false), believed);
    let unix = || {
        let mut request = request(&headers);
        request.extensions_mut().insert(Peer::default());
        request
    };
    assert_eq!(settled(unix(), networks, true), believed);
    assert_eq!(settled(unix(), networks, false), (plain, None));
}

#[test]
fn the_words_of_a_caller_in_front_of_the_proxys_are_not_believed() {
    let headers = [
        ("x-forwarded-for", "127.0.0.1, 203.0.113.7"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=127.0.0.1;host=evil.example"),
    ];
    let (address, client) = settled(from("10.0.0.1:1", &headers), &["10.0.0.0/8"], false);
    assert_eq!(client, Some("203.0.113.7".parse().unwrap()));
    assert_eq!(address, "https://app.example");
}

#[test]
fn a_proxy_that_says_nothing_usable_is_the_caller() {
    for headers in [
        vec![],
        vec![("x-forwarded-for", "garbage")],
        vec![("forwarded", "for=;;==\"unclosed")],
        vec![("x-forwarded-host", "a b")],
    ] {
        let (address, client) = settled(from("10.0.0.1:1", &headers), &["10.0.0.0/8"], false);
        assert_eq!(client, Some("10.0.0.1".parse().unwrap()), "{headers:?}");
        assert_eq!(address, "http://app.example:8080");
    }
}

#[test]
fn the_connection_says_whether_it_is_secure() {
    let mut request = request(&[]);
    let peer = Peer { is_secure: true, ..Peer::default() };
    request.extensions_mut().insert(peer);
    assert_eq!(address(&request), "https://app.example:8080");
}

#[test]
fn an_origin_is_decided_once() {
    let mut request = from("10.0.0.1:1", &[("x-forwarded-for", "203.0.113.7")]);
    forwarding(&["10.0.0.0/8"], false).settle(&mut request);
    request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static("6.6.6.6"));
    forwarding(&["10.0.0.0/8"], false).settle(&mut request);
    assert_eq!(client_address(request.extensions()), Some("203.0.113.7".parse().unwrap()));
}
