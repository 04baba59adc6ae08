use actuator::health_check;

#[health_check(name = "number")]
fn number() -> u32 {
    1
}

#[health_check(name = "text")]
async fn text() -> String {
    String::new()
}

fn main() {}
