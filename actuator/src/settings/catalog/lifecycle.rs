//! The life of a service: its end, a new beginning, other settings, and who is told.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "server.shutdown" Text "graceful" "Whether requests are finished at shutdown: graceful or immediate.";
    "actuator.shutdown.delay" Duration "0ms" "How long the service goes on serving, unready, after it was told to stop.";
    "spring.lifecycle.timeout-per-shutdown-phase" Duration "30s" "How long requests in progress may take to finish at shutdown, and each shutdown hook.";
    "actuator.restart.mode" Text "exec" "How the restart endpoint begins anew: exec, the process becomes the program again; exit, it ends and a supervisor starts it.";
    "actuator.restart.exit-code" Number "75" "Exit code of a restart that a supervisor is to do, 1 to 255.";
    "actuator.refresh.on-hangup" Bool "" "Whether SIGHUP reads all settings again; by default where the refresh endpoint may be called.";
    "actuator.env.writable" List "" "Names that POST to env may set while the service runs: demo.color, or demo.* for all below; none: it cannot be written.";
    "actuator.systemd.watchdog.follows-liveness" Bool "true" "Whether the watchdog of systemd gets no sign of life of an application that calls itself broken.";
    "actuator.scheduling.enabled" Bool "true" "Whether scheduled tasks run: in an instance that leaves them to others they are shown, and do not.";
    "spring.task.scheduling.*" Text "" "Threads of Spring's scheduler.";
    "spring.pid.file" Text "" "File to which the number of the process is written while it runs.";
    "spring.pid.fail-on-write-error" Bool "false" "Whether a file of the process number or the ports that cannot be written refuses the start.";
    "portfile" Text "" "File to which the port is written while the service runs; -management is added to its name for the management port.";
};
