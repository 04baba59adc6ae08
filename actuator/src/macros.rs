//! `serve!`: the whole service in one line.

/// Serves the application and its management API until the process is told to stop.
///
/// ```no_run
/// fn main() -> actuator::Result<()> {
///     actuator::serve!()
/// }
/// ```
///
/// | form | the application's routes |
/// |---|---|
/// | `serve!()` | none |
/// | `serve!(router)` | an [`axum::Router`](https://docs.rs/axum/latest/axum/struct.Router.html) |
/// | `serve!(setup)` | made by a function: `fn() -> Router`, `fn(&mut App) -> …`, or `async fn(&mut App) -> actuator::Result<Router>`, which registers components |
/// | `serve!(…, link = [billing, stock])` | the same; declarations of these crates are linked in |
///
/// A provider crate that nothing in `main` names is not linked, and its declarations are silently
/// absent; that is true of every link-time collector. `link = […]` names them. The start log
/// counts what was found by kind and crate.
///
/// It may be called from a plain `fn main()`, where it starts a runtime of its own, and inside a
/// multi-threaded tokio runtime. In a current-thread runtime it returns an error that names the
/// alternative. The caller's package name and version become the application's.
#[macro_export]
macro_rules! serve {
    () => {
        $crate::__private::serve($crate::__private::package!(), $crate::__private::NoSetup)
    };
    (link = [$($provider:ident),* $(,)?] $(,)?) => {{
        $(use $provider as _;)*
        $crate::serve!()
    }};
    ($setup:expr, link = [$($provider:ident),* $(,)?] $(,)?) => {{
        $(use $provider as _;)*
        $crate::serve!($setup)
    }};
    ($setup:expr $(,)?) => {
        $crate::__private::serve($crate::__private::package!(), $setup)
    };
}
