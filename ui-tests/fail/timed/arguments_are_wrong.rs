use actuator::timed;

#[timed("ordersPlaced")]
fn name_in_camel_case() {}

#[timed(name = "Orders_placed")]
fn name_with_underscore() {}

#[timed("")]
fn empty_name() {}

#[timed(orders.place)]
fn name_without_quotes() {}

#[timed(5, name = "orders.place")]
fn name_is_a_number() {}

#[timed(tags("Channel" = "web", "outcome" = "x", "a" = "b", "a" = "c", "d" = ""))]
fn tags() {}

#[timed(tags = ["web"])]
fn tags_are_a_list() {}

#[timed(tags("channel"), tag("a" = "b"))]
fn tags_without_values() {}

#[timed(percentiles = [50, 99.9], slo = [100, "soon", "0s", "1s", "1s"])]
fn distribution() {}

#[timed(percentiles = 0.5, slo = "100ms", histogram = 1)]
fn distribution_is_no_list() {}

#[timed(long_task)]
fn long_task_without_a_name() {}

#[timed("orders.import", long_task, percentiles = [0.5], slo = ["1s"])]
fn long_task_with_a_distribution() {}

#[timed("orders.place", descripton = "what", base_unit = "seconds")]
fn unknown_arguments() {}

fn main() {}
