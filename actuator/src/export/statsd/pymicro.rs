//! pymicro's counter of requests, from those that `http.server.requests` measured.

use super::{ledger::News, lines::Lines, naming::Naming};
use crate::meter::{Family, Series};

/// The name that pymicro's dashboards ask for.
const NAME: &str = "pymicro_req_total";

/// `pymicro_req_total:1|c|#code:200`, if the series measures requests.
pub(super) fn tell(
    naming: &Naming,
    family: &Family,
    series: &Series,
    news: &News,
    lines: &mut Lines<'_>,
) {
    let News::Times(samples) = news else { return };
    if family.name() != "http.server.requests" {
        return;
    }
    let tags = series.tags();
    let status = tags.iter().find(|tag| tag.key == "status");
    let code = status.map_or("UNKNOWN", |tag| &tag.value);
    let requests = samples.iter().map(|sample| sample.count).sum();
    lines.count(&naming.foreign(NAME, "code", code), requests);
}
