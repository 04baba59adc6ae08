//! axum's router with a memory: it knows what it routes, which axum itself does not tell.
//!
//! [`Router`] and [`MethodRouter`] have the methods of axum's types and hand everything on to them;
//! beside that they note method, pattern, handler and place of each route, for
//! `/actuator/mappings`. `serve!` takes them as it takes axum's. To switch, change the `use`:
//!
//! ```
//! use actuator::routing::{Router, get}; // was: use axum::{Router, routing::get};
//!
//! async fn hello() -> &'static str {
//!     "hello"
//! }
//!
//! let router: Router = Router::new().route("/hello", get(hello).post(hello));
//! let [get, post] = router.mappings() else { panic!() };
//! assert_eq!((get.methods().next(), get.pattern()), (Some("GET"), "/hello"));
//! assert!(post.handler().is_some_and(|handler| handler.ends_with("::hello")));
//! ```
//!
//! A router of axum's own can be merged into one of these, and becomes one with `into()`; what is
//! known of its routes is their patterns and methods. The other way, `axum::Router::from` gives
//! what is inside.

pub use crate::{
    model::mapping::Mapping,
    web::routing::{
        MethodFilter, MethodRouter, Router, any, any_service, connect, connect_service, delete,
        delete_service, get, get_service, head, head_service, on, on_service, options,
        options_service, patch, patch_service, post, post_service, put, put_service, trace,
        trace_service,
    },
};
