use std::sync::Arc;

use actuator::{meter::Counter, metrics};

#[metrics(prefix = "Orders", prefx = "orders")]
struct Names {
    #[meter("ordersPlaced", tags("class" = "a"))]
    placed: Arc<Counter>,
    #[meter(descripton = "what", percentiles = [95])]
    #[meter(slo = [0])]
    other: Arc<Counter>,
    #[meter]
    empty: Arc<Counter>,
}

#[metrics("Orders", tags("a" = "b", "a" = "c"))]
struct Positional {
    placed: Arc<Counter>,
    größe: Arc<Counter>,
}

#[metrics]
struct Generic<T> {
    placed: Arc<T>,
}

#[metrics]
struct Tuple(Arc<Counter>);

#[metrics]
struct Empty {}

#[metrics]
enum Choice {}

#[metrics(prefix = "orders")]
struct NoHandle {
    placed: u64,
}

fn main() {}
