//! The names of settings about meters that are pushed to others over HTTP.

use super::{Entry, Kind, catalog};

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "management.metrics.export.prometheus.pushgateway.*" Text "" "Older names of management.prometheus.metrics.export.pushgateway.*, with base-url.";
    "management.prometheus.metrics.export.pushgateway.enabled" Bool "false" "Whether metrics are pushed to a Pushgateway.";
    "management.prometheus.metrics.export.pushgateway.address" Text "localhost:9091" "Host and port of the Pushgateway.";
    "management.prometheus.metrics.export.pushgateway.scheme" Text "http" "How the Pushgateway is called: http or https.";
    "management.prometheus.metrics.export.pushgateway.base-url" Text "" "Address of the Pushgateway as a URL, with a path if it has one; wins over address and scheme.";
    "management.prometheus.metrics.export.pushgateway.username" Text "" "User name for the Pushgateway.";
    "management.prometheus.metrics.export.pushgateway.password" Text "" "Password for the Pushgateway.";
    "management.prometheus.metrics.export.pushgateway.token" Text "" "Token for the Pushgateway, in place of user name and password.";
    "management.prometheus.metrics.export.pushgateway.push-rate" Duration "1m" "Time from one push to the next.";
    "management.prometheus.metrics.export.pushgateway.job" Text "" "Job of the group; the application's name by default.";
    "management.prometheus.metrics.export.pushgateway.grouping-key.*" Text "" "A label of the group; one such as instance keeps the instances of a service apart.";
    "management.prometheus.metrics.export.pushgateway.shutdown-operation" Text "none" "What is done at the end: none, post (one more push), put (the same, in place of the whole group) or delete (the group).";
    "management.prometheus.metrics.export.pushgateway.format" Text "text" "Format of a push: text or protobuf.";
    "management.prometheus.metrics.export.pushgateway.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's.";
    "management.prometheus.metrics.export.pushgateway.client-certificate" Text "" "PEM file of the client certificate.";
    "management.prometheus.metrics.export.pushgateway.client-key" Text "" "PEM file of its private key.";
    "management.otlp.metrics.export.enabled" Bool "" "Whether metrics are sent to an OTLP receiver; by default if an address is set, here or by a variable.";
    "management.otlp.metrics.export.url" Text "http://localhost:4318/v1/metrics" "Address of the OTLP receiver, its path included.";
    "management.otlp.metrics.export.step" Duration "1m" "Time from one push to the next.";
    "management.otlp.metrics.export.aggregation-temporality" Text "cumulative" "What a value counts: cumulative, all since the start, or delta, what is new.";
    "management.otlp.metrics.export.histogram-flavor" Text "explicit-bucket-histogram" "Form of histograms: explicit-bucket-histogram or base2-exponential-bucket-histogram.";
    "management.otlp.metrics.export.max-scale" Number "20" "Largest scale of exponential histograms; more than 3 is as 3.";
    "management.otlp.metrics.export.max-bucket-count" Number "160" "Most buckets of an exponential histogram.";
    "management.otlp.metrics.export.base-time-unit" Text "milliseconds" "Unit of times: nanoseconds to days; seconds with exponential histograms.";
    "management.otlp.metrics.export.batch-size" Number "10000" "Most series in one request.";
    "management.otlp.metrics.export.compression-mode" Text "none" "How requests are compressed: none or gzip.";
    "management.otlp.metrics.export.connect-timeout" Duration "1s" "How long a connection to the OTLP receiver may take.";
    "management.otlp.metrics.export.read-timeout" Duration "10s" "How long the OTLP receiver may stay silent.";
    "management.otlp.metrics.export.headers.*" Text "" "One more header of each request.";
    "management.otlp.metrics.export.ca-certificate" Text "" "PEM file of the authorities to trust instead of the system's.";
    "management.otlp.metrics.export.client-certificate" Text "" "PEM file of the client certificate.";
    "management.otlp.metrics.export.client-key" Text "" "PEM file of its private key.";
    "management.opentelemetry.resource-attributes.*" Text "" "An attribute of OpenTelemetry's resource, such as deployment.environment.name.";
    "otel.exporter.otlp.metrics.endpoint" Text "" "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: address of the OTLP receiver, its path included.";
    "otel.exporter.otlp.endpoint" Text "" "OTEL_EXPORTER_OTLP_ENDPOINT: the same without /v1/metrics.";
    "otel.exporter.otlp.metrics.headers" Text "" "OTEL_EXPORTER_OTLP_METRICS_HEADERS: headers of each request, as key1=value1,key2=value2.";
    "otel.exporter.otlp.headers" Text "" "OTEL_EXPORTER_OTLP_HEADERS: the same for all signals.";
    "otel.resource.attributes" Text "" "OTEL_RESOURCE_ATTRIBUTES: attributes of the resource, as key1=value1,key2=value2.";
    "otel.service.name" Text "" "OTEL_SERVICE_NAME: the attribute service.name.";
};
