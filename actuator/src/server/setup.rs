//! What `serve!` takes: nothing, a router, or a function that makes one.

use axum::Router;

use super::app::App;
use crate::{
    error::{Error, Result},
    web::routing,
};

/// Something that sets an application up. The marker keeps the implementations apart; it is
/// inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot set an application up",
    label = "not a set-up",
    note = "`serve!` takes an `axum::Router` or an `actuator::routing::Router`, a `fn() -> Router`, or an `async fn(&mut actuator::App) -> actuator::Result<Router>`"
)]
pub trait Setup<Marker> {
    /// Registers what the application has, and gives its routes.
    fn set_up(self, app: &mut App) -> impl Future<Output = Result<routing::Router>>;
}

/// `serve!()`: no routes of one's own.
#[derive(Clone, Copy, Debug)]
pub struct NoSetup;

/// Marks [`NoSetup`].
#[derive(Debug)]
pub struct ByNothing;
/// Marks a router.
#[derive(Debug)]
pub struct ByRouter;
/// Marks a router that knows its routes.
#[derive(Debug)]
pub struct ByRecordedRouter;
/// Marks a function without parameters.
#[derive(Debug)]
pub struct ByFunction<R>(std::marker::PhantomData<R>);
/// Marks an async function of the application.
#[derive(Debug)]
pub struct ByAsyncApp<R>(std::marker::PhantomData<R>);
/// Marks a function of the application.
#[derive(Debug)]
pub struct ByApp<R>(std::marker::PhantomData<R>);

impl Setup<ByNothing> for NoSetup {
    async fn set_up(self, _: &mut App) -> Result<routing::Router> {
        Ok(routing::Router::new())
    }
}

#[diagnostic::do_not_recommend] // the note of `Setup` says it in the words of users
impl Setup<ByRouter> for Router {
    async fn set_up(self, _: &mut App) -> Result<routing::Router> {
        Ok(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl Setup<ByRecordedRouter> for routing::Router {
    async fn set_up(self, _: &mut App) -> Result<routing::Router> {
        Ok(self)
    }
}

impl<F, R> Setup<ByFunction<R>> for F
where
    F: FnOnce() -> R,
    R: IntoRoutes,
{
    async fn set_up(self, _: &mut App) -> Result<routing::Router> {
        self().into_routes()
    }
}

impl<F, R> Setup<ByAsyncApp<R>> for F
where
    F: AsyncFnOnce(&mut App) -> R,
    R: IntoRoutes,
{
    async fn set_up(self, app: &mut App) -> Result<routing::Router> {
        self(app).await.into_routes()
    }
}

impl<F, R> Setup<ByApp<R>> for F
where
    F: FnOnce(&mut App) -> R,
    R: IntoRoutes,
{
    async fn set_up(self, app: &mut App) -> Result<routing::Router> {
        self(app).into_routes()
    }
}

/// What a set-up function may return.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give routes",
    label = "not routes",
    note = "return `axum::Router`, `actuator::routing::Router`, `()`, or a `Result` of one of them"
)]
pub trait IntoRoutes {
    /// The routes.
    fn into_routes(self) -> Result<routing::Router>;
}

impl IntoRoutes for Router {
    fn into_routes(self) -> Result<routing::Router> {
        Ok(self.into())
    }
}

impl IntoRoutes for routing::Router {
    fn into_routes(self) -> Result<routing::Router> {
        Ok(self)
    }
}

impl IntoRoutes for () {
    fn into_routes(self) -> Result<routing::Router> {
        Ok(routing::Router::new())
    }
}

impl<R: IntoRoutes, E: Into<Error>> IntoRoutes for Result<R, E> {
    fn into_routes(self) -> Result<routing::Router> {
        self.map_err(Into::into)?.into_routes()
    }
}
