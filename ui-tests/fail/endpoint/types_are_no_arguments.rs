use actuator::{Argument, endpoint};

#[derive(Default)]
struct Features;
struct Pool;
struct NotSerialize;
#[derive(Debug)]
struct NotDisplay;

#[derive(Argument)]
struct NoEnum;

#[derive(Argument)]
enum Odd {
    DarkBlue,
    Dark_Blue,
    Of(u8),
}

#[endpoint(id = "features")]
impl Features {
    #[read]
    fn component(&self, pool: Pool) -> u8 {
        1
    }

    #[read]
    fn answer(&self, #[selector] name: &str) -> NotSerialize {
        NotSerialize
    }

    #[write]
    fn error(&self) -> Result<u8, NotDisplay> {
        Err(NotDisplay)
    }
}

fn main() {}
