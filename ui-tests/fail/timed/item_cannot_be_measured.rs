use actuator::{counted, timed};

#[timed]
struct Orders;

#[timed]
const fn constant() -> u8 {
    1
}

trait Shop {
    #[counted("orders.placed")]
    fn place(&self);
}

#[counted("Orders")]
impl Orders {}

fn main() {}
