//! axum's router with a memory: which routes there are, who answers them, and where that was
//! written. Everything else is axum's.

mod listed;
mod method_router;
#[cfg(test)]
mod property_tests;
mod router;
#[cfg(test)]
mod tests;

pub use axum::routing::MethodFilter;

pub use self::{
    method_router::{
        MethodRouter, any, any_service, connect, connect_service, delete, delete_service, get,
        get_service, head, head_service, on, on_service, options, options_service, patch,
        patch_service, post, post_service, put, put_service, trace, trace_service,
    },
    router::Router,
};
