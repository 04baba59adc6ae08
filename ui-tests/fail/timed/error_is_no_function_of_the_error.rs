use actuator::timed;

struct Refused;

impl Refused {
    fn code(&self) -> u16 {
        409
    }

    fn kind(&self) -> &'static str {
        "refused"
    }
}

#[timed(error = Refused::code)]
fn kind_is_a_number() -> Result<(), Refused> {
    Err(Refused)
}

#[timed(error = Refused::kind)]
fn nothing_can_fail() -> u8 {
    1
}

#[timed]
fn body_is_wrong() -> Result<u8, Refused> {
    Ok("text")
}

#[timed]
async fn async_body_is_wrong() -> Result<u8, Refused> {
    let number: u8 = "text";
    Ok(number)
}

fn main() {
    let _ = Refused.code();
}
