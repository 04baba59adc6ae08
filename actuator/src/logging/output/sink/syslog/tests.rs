//! Tests against sockets that receive, refuse, come back, or take nothing.

use std::{
    io::{BufRead as _, BufReader},
    net::{TcpListener, UdpSocket},
    time::Instant,
};

use tracing::Level;

use super::*;
use crate::settings::{Settings, SettingsReader};

fn sink(address: &str) -> SyslogSink {
    let settings = Settings::builder().force("actuator.logging.syslog.address", address);
    let settings = settings.build().unwrap();
    let settings = SyslogSettings::read(&mut SettingsReader::new(&settings)).unwrap();
    SyslogSink::start(&settings, "shop").unwrap()
}

fn write(sink: &mut SyslogSink, text: &str) -> io::Result<()> {
    sink.write(&[Formatted { level: Level::WARN, text }])
}

fn port(address: std::net::SocketAddr) -> u16 {
    address.port()
}

#[test]
fn lines_arrive_over_udp_by_name_and_by_either_version_of_ip() {
    for (host, bind) in [("127.0.0.1", "127.0.0.1:0"), ("[::1]", "[::1]:0")] {
        let server = UdpSocket::bind(bind).unwrap();
        let port = port(server.local_addr().unwrap());
        let mut sink = sink(&format!("udp://{host}:{port}"));
        write(&mut sink, "{\"msg\":\"hi\"}\n").unwrap();
        let mut bytes = [0; 1000];
        let count = server.recv(&mut bytes).unwrap();
        let text = std::str::from_utf8(&bytes[..count]).unwrap();
        assert!(text.starts_with("<12>1 20") && text.ends_with(" - - @cee: {\"msg\":\"hi\"}"));
    }
}

#[test]
fn a_server_that_comes_back_gets_what_waited_for_it() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let mut sink = sink(&format!("tcp://{address}"));
    write(&mut sink, "{\"n\":1}\n").unwrap();
    let read = |server: &TcpListener| {
        let mut line = String::new();
        let mut reader = BufReader::new(server.accept().unwrap().0);
        reader.read_line(&mut line).unwrap();
        (line, reader)
    };
    let (line, connection) = read(&server);
    assert!(line.ends_with("@cee: {\"n\":1}\n"), "{line}");
    drop((server, connection));
    for number in 2..5 {
        write(&mut sink, &format!("{{\"n\":{number}}}\n")).unwrap();
    }
    let server = TcpListener::bind(address).unwrap();
    let (line, mut reader) = read(&server);
    assert!(line.ends_with("@cee: {\"n\":2}\n"), "{line}");
    for number in 3..5 {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.ends_with(&format!("@cee: {{\"n\":{number}}}\n")), "{line}");
    }
}

#[test]
fn a_server_that_is_away_holds_up_nobody_and_room_for_what_waits_ends() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    drop(server);
    let mut sink = sink(&format!("tcp://{address}"));
    let line = format!("{{\"msg\":\"{}\"}}\n", "x".repeat(4_000));
    let refused = (0..1_000).map(|_| write(&mut sink, &line)).find_map(Result::err);
    assert!(refused.unwrap().to_string().contains("no more lines"));
    let started = Instant::now();
    sink.flush().unwrap();
    assert!(started.elapsed() < testkit::PATIENCE);
}

#[test]
fn a_server_that_takes_nothing_does_not_hold_up_the_end() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut sink = sink(&format!("tcp://{}", server.local_addr().unwrap()));
    let line = format!("{{\"msg\":\"{}\"}}\n", "x".repeat(8_000));
    // More than all buffers hold: in the end nothing more is taken.
    while write(&mut sink, &line).is_ok() {
        sink.flush().unwrap();
    }
    let queue = Arc::downgrade(&sink.queue);
    drop(sink);
    // The thread ends, and lets go of its queue.
    let end = Instant::now() + Duration::from_secs(20);
    while queue.strong_count() > 0 {
        assert!(Instant::now() < end, "the thread goes on");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_was_written_before_the_end_is_sent() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut sink = sink(&format!("udp://{}", server.local_addr().unwrap()));
    for _ in 0..50 {
        write(&mut sink, "{}\n").unwrap();
    }
    drop(sink);
    for _ in 0..50 {
        assert!(server.recv(&mut [0; 1000]).unwrap() > 0);
    }
}

#[test]
fn datagrams_that_nobody_takes_are_nothing_to_the_service() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    drop(server);
    let mut sink = sink(&format!("udp://{address}"));
    for _ in 0..20 {
        write(&mut sink, "{}\n").unwrap();
        sink.flush().unwrap();
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::net::{UnixDatagram, UnixListener};

    use super::*;

    fn path(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("actuator-{name}-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    #[test]
    fn a_socket_of_datagrams_gets_the_local_form_also_when_it_is_made_anew() {
        let path = path("syslog-datagrams");
        let server = UnixDatagram::bind(&path).unwrap();
        let mut sink = sink(&format!("unix://{}", path.display()));
        let received = |server: &UnixDatagram| {
            let mut bytes = [0; 1000];
            let count = server.recv(&mut bytes).unwrap();
            String::from_utf8(bytes[..count].to_vec()).unwrap()
        };
        write(&mut sink, "{\"n\":1}\n").unwrap();
        let text = received(&server);
        assert!(text.starts_with("<12>") && text.contains(" shop["), "{text}");
        assert!(text.ends_with("]: @cee: {\"n\":1}"), "{text}");
        drop(server);
        std::fs::remove_file(&path).unwrap();
        write(&mut sink, "{\"n\":2}\n").unwrap();
        let server = UnixDatagram::bind(&path).unwrap();
        assert!(received(&server).ends_with("]: @cee: {\"n\":2}"));
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_socket_of_connections_gets_lines() {
        let path = path("syslog-stream");
        let server = UnixListener::bind(&path).unwrap();
        let mut sink = sink(&format!("unix://{}", path.display()));
        write(&mut sink, "{\"n\":1}\n").unwrap();
        let mut line = String::new();
        BufReader::new(server.accept().unwrap().0).read_line(&mut line).unwrap();
        assert!(line.ends_with("]: @cee: {\"n\":1}\n"), "{line}");
        std::fs::remove_file(&path).unwrap();
    }
}
