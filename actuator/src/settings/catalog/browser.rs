//! What pages of browsers may ask of the management API.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "actuator.security.allowed-hosts" List "" "Names by which a listener on loopback may be called, beside localhost, 127.0.0.1, [::1] and the machine's own; *.example for all below, * for any.";
    "actuator.security.trusted-origins" List "" "Origins whose pages may change something, beside the service's own, those of the admin servers, and those of CORS.";
    "actuator.security.headers.enabled" Bool "true" "Whether answers of the management API tell browsers not to keep, sniff, frame or embed them.";
};
