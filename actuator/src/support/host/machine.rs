//! The machine: its memory, and the traffic of its network.
//! Source of the formats: `proc_meminfo(5)`, `proc_pid_net(5)`.

use super::{HostRoot, process::bytes};

/// The memory of the machine, in bytes. Inside a container too it is that of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MachineMemory {
    /// All that the kernel can use.
    pub total: Option<u64>,
    /// What could be given to processes without swapping.
    pub available: Option<u64>,
    /// The swap space.
    pub swap_total: Option<u64>,
    /// What is free of it.
    pub swap_free: Option<u64>,
}

impl MachineMemory {
    /// Reads it.
    pub(crate) fn read(root: &HostRoot) -> Self {
        let text = root.read("/proc/meminfo").unwrap_or_default();
        let bytes = |name| bytes(&text, name);
        Self {
            total: bytes("MemTotal"),
            available: bytes("MemAvailable"),
            swap_total: bytes("SwapTotal"),
            swap_free: bytes("SwapFree"),
        }
    }
}

/// The traffic of all network interfaces but the loopback's, since they exist. They are those of
/// the process' own network: in a container usually the container's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetworkTraffic {
    /// Bytes received.
    pub received: u64,
    /// Bytes sent.
    pub sent: u64,
}

impl NetworkTraffic {
    /// Reads it.
    pub(crate) fn read(root: &HostRoot) -> Option<Self> {
        let text = root.read("/proc/self/net/dev")?;
        text.lines().filter_map(interface).filter(|(name, _)| *name != "lo").fold(
            None,
            |sum, (_, traffic)| {
                let sum = sum.unwrap_or(Self { received: 0, sent: 0 });
                Some(Self {
                    received: sum.received.wrapping_add(traffic.received),
                    sent: sum.sent.wrapping_add(traffic.sent),
                })
            },
        )
    }
}

/// `eth0: 1 2 3 4 5 6 7 8 9 …`: bytes are first among eight numbers of what was received, then
/// first among those of what was sent.
fn interface(line: &str) -> Option<(&str, NetworkTraffic)> {
    let (name, numbers) = line.split_once(':')?;
    let mut numbers = numbers.split_ascii_whitespace();
    let received = numbers.next()?.parse().ok()?;
    let sent = numbers.nth(7)?.parse().ok()?;
    Some((name.trim(), NetworkTraffic { received, sent }))
}

#[cfg(test)]
mod tests {
    use super::{super::root::Fixture, *};

    #[test]
    fn memory_is_read_in_bytes_and_traffic_is_summed_without_the_loopback() {
        let dev = "Inter-|   Receive                            |  Transmit\n\
                    face |bytes    packets errs drop fifo frame compressed multicast|bytes packets\n\
                       lo: 99 1 0 0 0 0 0 0 99 1 0 0 0 0 0 0\n\
                     eth0: 10 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0\n\
                     eth1:5 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0\n  bad: 1 2\n";
        let memory =
            "MemTotal:       24684084 kB\nMemFree: 1 kB\nMemAvailable: 3 kB\nSwapTotal: 0 kB\n";
        let tree =
            Fixture::new("machine", &[("/proc/self/net/dev", dev), ("/proc/meminfo", memory)]);
        let traffic = NetworkTraffic::read(&tree.root());
        assert_eq!(traffic, Some(NetworkTraffic { received: 15, sent: 27 }));
        let expected = MachineMemory {
            total: Some(24_684_084 * 1024),
            available: Some(3 * 1024),
            swap_total: Some(0),
            swap_free: None,
        };
        assert_eq!(MachineMemory::read(&tree.root()), expected);
    }
}
