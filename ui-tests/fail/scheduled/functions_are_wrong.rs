use actuator::scheduled;

struct Store;

#[scheduled(fixed_rate = "1s")]
fn exclusive(_store: &mut Store) {}

#[scheduled(fixed_rate = "1s")]
fn by_value(_store: Store) {}

#[scheduled(fixed_rate = "1s")]
fn generic<T>(_store: &T) {}

#[scheduled(fixed_rate = "1s")]
struct NoFunction;

impl Store {
    #[scheduled(fixed_rate = "1s", on = Store)]
    fn receiver(&self) {}
}

fn main() {}
