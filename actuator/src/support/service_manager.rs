//! What a service manager such as systemd is told: datagrams to the socket of `NOTIFY_SOCKET`
//! (`sd_notify(3)`). Without such a socket nothing is sent.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{host, text::shortened};

/// The longest status text, in bytes: a datagram must not become too long to be sent.
const MAX_STATUS: usize = 400;

/// Tells a service manager; clones tell the same one. It never blocks and never fails: who does not
/// listen is told of once, in the log.
#[derive(Clone, Debug, Default)]
pub struct ServiceManager {
    told: Option<Arc<Told>>,
}

#[derive(Debug)]
struct Told {
    socket: socket::Socket,
    complained: AtomicBool,
    watchdog: Option<Duration>,
    /// It was said that the service is there, and not that it ends.
    is_ready: AtomicBool,
}

impl ServiceManager {
    /// The one that these variables name: `NOTIFY_SOCKET`, and with `WATCHDOG_USEC` (and its
    /// `WATCHDOG_PID`, if that is this process) one that waits for signs of life.
    pub fn of(environment: &BTreeMap<String, String>) -> Self {
        let Some(address) = environment.get("NOTIFY_SOCKET").filter(|text| !text.is_empty()) else {
            return Self::default();
        };
        match socket::Socket::open(address) {
            Ok(socket) => {
                let watchdog = watchdog(environment, std::process::id());
                let [complained, is_ready] = [false, false].map(AtomicBool::new);
                let told = Told { socket, complained, watchdog, is_ready };
                Self { told: Some(Arc::new(told)) }
            }
            Err(error) => {
                tracing::warn!(
                    target: "actuator::server",
                    "the service manager is told nothing: NOTIFY_SOCKET={address}: {error}"
                );
                Self::default()
            }
        }
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.told.is_some()
    }

    /// After how long without a sign of life it ends the process; `None` if it does not.
    pub fn watchdog(&self) -> Option<Duration> {
        self.told.as_ref()?.watchdog
    }

    /// The service is there.
    pub fn ready(&self, status: &str) {
        self.stands(true);
        self.tell("READY=1", Some(status));
    }

    /// The service takes over new settings; until [`Self::reloaded`]. One that is not there yet, or
    /// ends, says nothing: the answer would be taken for [`Self::ready`].
    pub fn reloading(&self) {
        if self.is_ready() {
            self.tell_of_reload(None);
        }
    }

    /// It has taken them over, or not, which is said then.
    pub fn reloaded(&self, failure: Option<&str>) {
        if self.is_ready() {
            self.tell("READY=1", failure);
        }
    }

    /// The service ends in order to begin anew in the same process.
    pub fn restarting(&self, status: &str) {
        self.stands(false);
        self.tell_of_reload(Some(status));
    }

    fn tell_of_reload(&self, status: Option<&str>) {
        // Without the time systemd cannot tell an answer to its signal from an earlier reload.
        match host::monotonic_micros() {
            Some(now) => self.tell(&format!("RELOADING=1\nMONOTONIC_USEC={now}"), status),
            None => self.tell("RELOADING=1", status),
        }
    }

    /// The service ends.
    pub fn stopping(&self, status: &str) {
        self.stands(false);
        self.tell("STOPPING=1", Some(status));
    }

    /// What the service is about, in one line for people.
    pub fn status(&self, status: &str) {
        self.tell("", Some(status));
    }

    /// It takes so long from now on until the service says something else: it is not to be killed
    /// before.
    pub fn extend(&self, time: Duration, status: &str) {
        self.tell(&format!("EXTEND_TIMEOUT_USEC={}", time.as_micros()), Some(status));
    }

    /// The service is alive.
    pub fn alive(&self) {
        self.tell("WATCHDOG=1", None);
    }

    fn is_ready(&self) -> bool {
        self.told.as_ref().is_some_and(|told| told.is_ready.load(Ordering::Relaxed))
    }

    fn stands(&self, is_ready: bool) {
        if let Some(told) = &self.told {
            told.is_ready.store(is_ready, Ordering::Relaxed);
        }
    }

    fn tell(&self, message: &str, status: Option<&str>) {
        let Some(told) = &self.told else { return };
        let mut text = message.to_owned();
        if let Some(status) = status {
            let status = shortened(status, MAX_STATUS);
            // A line of its own would be another message.
            let status: String =
                status.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            text.push_str(if text.is_empty() { "STATUS=" } else { "\nSTATUS=" });
            text.push_str(&status);
        }
        if let Err(error) = told.socket.send(text.as_bytes())
            && !told.complained.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                target: "actuator::server",
                "the service manager at NOTIFY_SOCKET cannot be told: {error}"
            );
        }
    }
}

/// The time of the watchdog, if it watches this process.
fn watchdog(environment: &BTreeMap<String, String>, own_pid: u32) -> Option<Duration> {
    let micros = environment.get("WATCHDOG_USEC")?.parse().ok().filter(|micros| *micros > 0)?;
    let is_ours = match environment.get("WATCHDOG_PID") {
        Some(pid) => pid.parse() == Ok(own_pid),
        None => true,
    };
    is_ours.then(|| Duration::from_micros(micros))
}

#[cfg(unix)]
mod socket {
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    use super::io;

    /// A socket without a name of its own, and to whom it sends.
    #[derive(Debug)]
    pub(super) struct Socket {
        socket: UnixDatagram,
        to: SocketAddr,
    }

    impl Socket {
        /// `address` is a path, or a name in Linux' abstract name space behind an `@`.
        pub(super) fn open(address: &str) -> io::Result<Self> {
            let to = match address.strip_prefix('@') {
                Some(name) => abstract_address(name)?,
                None if address.starts_with('/') => SocketAddr::from_pathname(address)?,
                None => return Err(io::Error::other("expected a path, or @ and a name")),
            };
            let socket = UnixDatagram::unbound()?;
            socket.set_nonblocking(true)?;
            Ok(Self { socket, to })
        }

        pub(super) fn send(&self, bytes: &[u8]) -> io::Result<()> {
            self.socket.send_to_addr(bytes, &self.to).map(drop)
        }
    }

    #[cfg(target_os = "linux")]
    fn abstract_address(name: &str) -> io::Result<SocketAddr> {
        use std::os::linux::net::SocketAddrExt as _;
        SocketAddr::from_abstract_name(name)
    }

    #[cfg(not(target_os = "linux"))]
    fn abstract_address(_: &str) -> io::Result<SocketAddr> {
        Err(io::Error::other("only Linux has such names"))
    }
}

#[cfg(not(unix))]
mod socket {
    use super::io;

    /// There is none.
    #[derive(Debug)]
    pub(super) struct Socket;

    impl Socket {
        pub(super) fn open(_: &str) -> io::Result<Self> {
            Err(io::Error::other("this system has no such sockets"))
        }

        pub(super) fn send(&self, _: &[u8]) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixDatagram},
    };

    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn received(socket: &UnixDatagram) -> String {
        let mut bytes = [0; 2048];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    }

    #[test]
    fn messages_arrive_at_a_path_and_at_an_abstract_name() {
        let folder = std::env::temp_dir().join(format!("manager-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("notify");
        let name = format!("actuator-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        for (address, socket) in [
            (path.display().to_string(), UnixDatagram::bind(&path).unwrap()),
            (format!("@{name}"), UnixDatagram::bind_addr(&address).unwrap()),
        ] {
            let manager = ServiceManager::of(&environment(&[("NOTIFY_SOCKET", &address)]));
            manager.reloading();
            manager.reloaded(None);
            manager.ready("serving\nSTOPPING=1");
            assert_eq!(received(&socket), "READY=1\nSTATUS=serving STOPPING=1");
            manager.status("busy");
            assert_eq!(received(&socket), "STATUS=busy");
            manager.extend(Duration::from_secs(30), "draining");
            assert_eq!(received(&socket), "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=draining");
            manager.reloading();
            let reloading = received(&socket);
            let (begin, end) = reloading.split_once("MONOTONIC_USEC=").unwrap();
            assert_eq!(begin, "RELOADING=1\n");
            assert!(end.parse::<u64>().unwrap() > 0, "{end}");
            manager.reloaded(None);
            assert_eq!(received(&socket), "READY=1");
            manager.alive();
            assert_eq!(received(&socket), "WATCHDOG=1");
            manager.stopping("bye");
            assert_eq!(received(&socket), "STOPPING=1\nSTATUS=bye");
            manager.reloading();
            manager.reloaded(Some("too late"));
            manager.alive();
            assert_eq!(received(&socket), "WATCHDOG=1");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn nobody_is_told_without_a_socket_and_a_bad_or_dead_one_does_no_harm() {
        for address in ["", "vsock:2:1234", "/no/such/place", "@nobody-binds-this"] {
            let manager = ServiceManager::of(&environment(&[("NOTIFY_SOCKET", address)]));
            manager.ready("x");
            manager.alive();
        }
        assert!(!ServiceManager::of(&environment(&[])).is_there());
    }

    #[test]
    fn the_watchdog_counts_only_for_the_process_that_it_names() {
        let of = |pairs: &[(&str, &str)]| watchdog(&environment(pairs), 7);
        assert_eq!(of(&[("WATCHDOG_USEC", "2000000")]), Some(Duration::from_secs(2)));
        assert_eq!(of(&[("WATCHDOG_USEC", "5"), ("WATCHDOG_PID", "7")]).unwrap().as_micros(), 5);
        assert_eq!(of(&[("WATCHDOG_USEC", "5"), ("WATCHDOG_PID", "8")]), None);
        for micros in ["", "0", "-1", "many"] {
            assert_eq!(of(&[("WATCHDOG_USEC", micros)]), None, "{micros}");
        }
    }
}
