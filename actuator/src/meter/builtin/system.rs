//! The machine: processors, load, memory, network, and how long tasks waited for them.

use super::{
    as_f64,
    sampled::{Pace, Sampled, Source},
};
use crate::support::host::{HostRoot, MachineMemory, NetworkTraffic, Pressure, SystemUsage};

/// What the machine has and uses. In a container it is still the machine, but for the network.
#[derive(Debug)]
pub(super) struct System {
    root: HostRoot,
    usage: SystemUsage,
}

impl System {
    pub(super) fn new(root: &HostRoot) -> Self {
        Self { root: root.clone(), usage: SystemUsage::new() }
    }
}

impl Source for System {
    fn sample(&mut self, into: &mut Sampled) {
        let description = "The recent cpu usage of the system the process runs on";
        into.meter("system.cpu.usage", description, "").gauge(self.usage.cpu_usage());
        let [one, five, fifteen] = SystemUsage::load_averages();
        for (name, description, value) in [
            ("system.load.average.1m", "Tasks that run or could, averaged over a minute", one),
            ("system.load.average.5m", "Tasks that run or could, over five minutes", five),
            ("system.load.average.15m", "Tasks that run or could, over fifteen minutes", fifteen),
        ] {
            into.meter(name, description, "").gauge(value);
        }
        let memory = MachineMemory::read(&self.root);
        for (name, description, value) in [
            ("system.memory.total", "The memory of the machine", memory.total),
            ("system.memory.available", "What could be used without swapping", memory.available),
            ("system.swap.total", "The swap space of the machine", memory.swap_total),
            ("system.swap.free", "The swap space that is not used", memory.swap_free),
        ] {
            into.meter(name, description, "bytes").number(value);
        }
        if let Some(traffic) = NetworkTraffic::read(&self.root) {
            let received = "Received by all network interfaces but the loopback's";
            let sent = "Sent by all network interfaces but the loopback's";
            into.meter("system.network.receive", received, "bytes")
                .counter(Some(as_f64(traffic.received)));
            into.meter("system.network.transmit", sent, "bytes")
                .counter(Some(as_f64(traffic.sent)));
        }
        let names = ["system.pressure.waiting", "system.pressure.stalled"];
        pressure(into, names, &Pressure::of_machine(&self.root));
    }

    fn pace(&self) -> Pace {
        Pace::AtOnce
    }
}

/// `names` are that of the time that some tasks waited, and that of the time that all did.
pub(super) fn pressure(into: &mut Sampled, names: [&'static str; 2], pressure: &Pressure) {
    let [waiting, stalled] = names;
    for (resource, stall) in
        [("cpu", pressure.cpu), ("memory", pressure.memory), ("io", pressure.io)]
    {
        let some = stall.map(|stall| stall.some.as_secs_f64());
        let description = "For how long some tasks waited for the resource";
        into.meter(waiting, description, "seconds").tag("resource", resource).counter(some);
        // Of the machine's processors the kernel says 0: somebody always has them.
        let full = stall.and_then(|stall| stall.full).map(|full| full.as_secs_f64());
        let description = "For how long all tasks that were not idle waited for the resource";
        into.meter(stalled, description, "seconds").tag("resource", resource).counter(full);
    }
}
