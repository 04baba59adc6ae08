//! The management API inside an axum server that the application opens and serves itself.
//!
//! `LISTEN=0.0.0.0:8080` says where, loopback by default. `embedded --actuator-probe` asks the
//! running one how it is.

use actuator::{Actuator, ActuatorInfo, Health};
use axum::{Router, routing::get};

#[derive(ActuatorInfo)]
struct Embedded;

/// Ends on ctrl-c, and on the SIGTERM of an orchestrator.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}

#[tokio::main]
async fn main() -> actuator::Result<()> {
    let listen = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let listen: std::net::SocketAddr = listen.parse()?;
    let builder = Actuator::builder()
        .application(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
        .listening_on(listen);
    builder.exit_if_help_asked();
    builder.exit_if_probed();

    let listener = tokio::net::TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let actuator = builder
        .listening_on(address)
        .with(|app| {
            app.health_check("stock", || async { Health::up().with_detail("items", 7) });
        })
        .build()
        .await?;

    let app = Router::new()
        .route("/", get(|| async { "Hello from my own server\n" }))
        .layer(actuator.layer())
        .merge(actuator.router());

    let registration = actuator.register(address);
    println!("listening on http://{address}");
    let streams = actuator.streams();
    let stop = async move {
        told_to_stop().await;
        // Else the server would wait for those who watch the log.
        streams.end();
    };
    axum::serve(listener, app).with_graceful_shutdown(stop).await?;
    registration.shutdown().await;
    Ok(())
}
