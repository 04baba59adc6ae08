use actuator::endpoint;

struct Features;
struct Of<T>(T);
trait Reads {
    fn read(&self) -> u8;
}

#[endpoint(id = "features")]
fn no_block() -> u8 {
    1
}

#[endpoint(id = "features")]
impl Reads for Features {
    #[read]
    fn read(&self) -> u8 {
        1
    }
}

#[endpoint]
impl<T> Of<T> {
    #[read]
    fn read(&self) -> u8 {
        1
    }
}

#[endpoint(id = "My Features", acces = "read-only")]
impl Features {
    fn no_operation(&self) -> u8 {
        1
    }
}

#[endpoint(id = "features", access = "readonly")]
impl Features {
    #[read]
    #[write]
    fn both(&self) -> u8 {
        1
    }

    #[read(produce = ["text/plain"])]
    fn misspelt(&self, #[selector] one: u8) -> u8 {
        one
    }

    #[read(produces = ["text/*"])]
    fn wildcard(&self, #[selector] one: u8, #[selector] other: u8) -> u8 {
        one + other
    }
}

fn main() {}
