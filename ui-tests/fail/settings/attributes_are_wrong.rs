use actuator::Settings;

#[derive(Settings)]
#[settings(prefix = "Shop.payment_url", valdate = check, nested)]
struct Names {
    #[settings(name = "apiKey", defualt = 3)]
    api_key: String,
    #[settings(name = "url")]
    address: String,
    url: String,
    größe: u8,
}

#[derive(Settings)]
#[settings(prefix = "shop")]
struct Rules {
    #[settings(default = Duration::ZERO, min = one, pattern = "[")]
    a: u8,
    #[settings(length = 5..1, non_empty = 1)]
    b: String,
    #[settings(length = 1..3, parse = "yes", secret = false)]
    c: String,
    #[settings]
    d: String,
}

#[derive(Settings)]
struct Tuple(u8);

#[derive(Settings)]
struct Empty {}

#[derive(Settings)]
struct Generic<T> {
    value: T,
}

#[derive(Settings)]
union Both {
    a: u8,
    b: i8,
}

#[derive(Settings)]
#[settings(prefix = "shop.mode")]
enum Mode {
    Live,
    #[settings(name = "Live One")]
    Other(u8),
    #[settings(name = "live")]
    Again,
}

#[derive(Settings)]
enum Nothing {}

fn main() {}
