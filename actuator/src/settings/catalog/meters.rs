//! The settings of meters and of where they go.

use super::{Entry, Kind, catalog};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "management.observations.*" Text "" "Settings of observations.";
    "management.metrics.enable.*" Bool "true" "Whether meters below this name exist.";
    "management.metrics.tags.*" Text "" "A tag of every meter.";
    "management.metrics.distribution.percentiles-histogram.*" Bool "false" "Whether meters below this name have buckets from which percentiles can be computed.";
    "management.metrics.distribution.percentiles.*" List "" "Shares of 1 whose percentiles are computed for meters below this name.";
    "management.metrics.distribution.slo.*" List "" "Bounds of buckets of meters below this name: durations, for a timer also milliseconds.";
    "management.metrics.distribution.minimum-expected-value.*" Text "" "The least bound of percentiles-histogram; 1ms for timers.";
    "management.metrics.distribution.maximum-expected-value.*" Text "" "The largest bound of percentiles-histogram; 30s for timers.";
    "management.metrics.distribution.expiry.*" Duration "2m" "How long maxima and percentiles look back.";
    "management.metrics.distribution.buffer-length.*" Number "3" "How many windows there are in expiry.";
    "management.metrics.system.diskspace.paths" List "." "Paths whose file systems are measured.";
    "management.metrics.web.client.max-uri-tags" Number "100" "How many URIs http.client.requests tells apart.";
    "management.metrics.web.server.max-uri-tags" Number "100" "How many URIs http.server.requests tells apart.";
    "management.metrics.*" Text "" "Settings of metrics.";
    "management.prometheus.metrics.export.enabled" Bool "true" "Whether there is an endpoint prometheus.";
    "management.prometheus.metrics.export.descriptions" Bool "true" "Whether Prometheus is told what a meter is.";
    "management.prometheus.*" Text "" "Settings of the Prometheus format.";
    "actuator.prometheus.compression" Bool "true" "Whether prometheus answers those who accept gzip with it.";
    "actuator.prometheus.created-timestamps" Bool "false" "Whether Prometheus is told since when something is counted.";
    "management.statsd.metrics.export.enabled" Bool "" "Whether meters are sent to a statsd server; by default if its host or statsd.address is set.";
    "management.statsd.metrics.export.host" Text "localhost" "Host of the statsd server; a path with the protocol uds-datagram.";
    "management.statsd.metrics.export.port" Number "8125" "Port of the statsd server.";
    "management.statsd.metrics.export.flavor" Text "datadog" "How names and tags are written: datadog, etsy, telegraf.";
    "management.statsd.metrics.export.protocol" Text "udp" "How datagrams travel: udp or uds-datagram.";
    "management.statsd.metrics.export.polling-frequency" Duration "10s" "Time between two steps.";
    "management.statsd.metrics.export.max-packet-length" Number "1400" "Longest datagram in bytes, to be kept below the MTU.";
    "management.statsd.metrics.export.publish-unchanged-meters" Bool "true" "Whether gauges that have not changed are sent.";
    "management.statsd.metrics.export.buffered" Bool "true" "Whether lines share datagrams.";
    "management.statsd.metrics.export.step" Duration "" "Window of maxima, which are the collector's business here.";
    "statsd.address" Text "" "Host and port of the statsd server, for the names and keys of c2cwsgiutils.";
    "statsd.prefix" Text "" "What stands in front of every name that is sent to statsd.";
    "statsd.use-tags" Bool "false" "Whether c2cwsgiutils' keys have tags, and not everything in the path.";
    "statsd.tag.*" Text "" "A tag of everything that is sent to statsd.";
    "actuator.metrics.facade.enabled" Bool "true" "Whether what is recorded through the metrics crate arrives among the meters.";
    "actuator.metrics.jvm-aliases" Bool "false" "Whether facts are also given under the JVM's names, for the admin server's cards.";
    "actuator.metrics.body-sizes" Bool "true" "Whether the sizes of bodies of requests and responses are measured.";
    "actuator.metrics.management-requests" Bool "true" "Whether requests to the management API are measured.";
    "actuator.metrics.max-series" Number "1000" "How many series one meter may have; what exceeds them is counted together.";
    "actuator.metrics.native-histograms" Bool "false" "Whether timers and summaries keep the buckets that Prometheus calls native and OTLP exponential.";
    "actuator.metrics.sample-interval" Duration "5s" "Time between two samples of the system.";
    "actuator.metrics.smaps-interval" Duration "60s" "Time between two looks at the memory of the process page by page, which cost more; 0 for never.";
    "actuator.server-timing.enabled" Bool "false" "Whether responses tell in Server-Timing how long they took.";
    "actuator.metrics.max-meters" Number "10000" "How many names of meters there may be.";
    "actuator.metrics.idle-timeout" Duration "" "After how long without a recording a series is hidden; never by default.";
    "actuator.metrics.rename.*" Text "" "The name under which this meter is kept.";
    "actuator.metrics.ignore-tags.*" List "" "Tags that meters below this name are not to have.";
};
