//! Every form of `serve!` is an expression of one type.
use actuator::App;
use axum::Router;

fn routes() -> Router {
    Router::new()
}

fn with_app(app: &mut App) -> Router {
    app.component(1_u8);
    Router::new()
}

async fn set_up(app: &mut App) -> actuator::Result<Router> {
    let _: u16 = app.setting("server.port")?;
    let _ = "7".parse::<u8>()?;
    Ok(Router::new())
}

async fn only_components(app: &mut App) -> Result<(), std::io::Error> {
    app.named_component("a", 1_u8);
    Ok(())
}

pub(crate) fn main() {
    let _forms: [fn() -> actuator::Result<()>; 9] = [
        || actuator::serve!(),
        || actuator::serve!(Router::new()),
        || actuator::serve!(routes),
        || actuator::serve!(with_app),
        || actuator::serve!(set_up),
        || actuator::serve!(only_components),
        || {
            actuator::serve!(async |app: &mut App| {
                app.component(2_u8);
                Router::new()
            })
        },
        || actuator::serve!(set_up, link = [provider]),
        || actuator::serve!(link = [provider]),
    ];
}
