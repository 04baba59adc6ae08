use actuator::scheduled;

#[scheduled(fixed_rate = "1s")]
fn number() -> u32 {
    1
}

#[scheduled(fixed_rate = "1s")]
async fn text() -> String {
    String::new()
}

fn main() {}
