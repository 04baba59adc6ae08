#![allow(unused_variables)] use actuator::{custom::WebRequest, endpoint, security::Principal};

struct Features;

#[endpoint(id = "features")]
impl Features {
    #[read]
    fn all(&self) -> u8 {
        1
    }

    #[read]
    fn same(&self, filter: Option<String>) -> u8 {
        filter.map_or(1, |_| 2)
    }

    #[write]
    fn mutable(&mut self) {}

    #[delete]
    fn consumed(self) {}

    #[read]
    fn generic<T>(&self, #[selector] name: T) {}

    #[read]
    fn behind(&self, #[selector(remaining)] path: Vec<String>, #[selector] name: &str) {}

    #[delete]
    fn optional(&self, #[selector] name: Option<String>) {}

    #[delete]
    fn list(&self, #[selector] a: u8, #[selector] names: Vec<String>) {}

    #[write]
    fn no_list(&self, #[selector(remaining)] path: String) {}

    #[write]
    fn references(&self, #[selector] of: u8, caller: &Principal, name: &String, me: &mut Features) {}

    #[write]
    fn request(&self, #[selector] a: u8, #[selector] b: u8, request: &WebRequest) {}

    #[write]
    fn twice(&self, #[selector(all)] a: u8, dry_run: bool, #[argument(name = "dryRun")] b: bool) {}
}

fn main() {}
