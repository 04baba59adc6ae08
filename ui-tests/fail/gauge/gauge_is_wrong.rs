use actuator::gauge;

struct Queue;

#[gauge]
fn queue_length() -> u8 {
    1
}

#[gauge("queueLength", base_unit = "many jobs")]
fn names() -> u8 {
    1
}

#[gauge("queue.length")]
async fn asynchronous() -> u8 {
    1
}

#[gauge("queue.length")]
fn parameters(queue: Queue, &number: &u8) -> u8 {
    1
}

#[gauge("queue.length")]
fn text() -> &'static str {
    "1"
}

#[gauge("queue.length", slo = [1])]
struct NoFunction;

fn main() {}
