//! The loop that takes connections: while there is room, and patiently when the system has none.

use std::{io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use tokio::time::{Instant, sleep, timeout};

use super::{
    activity::Order,
    connection::Connection,
    http1 as h1, http2 as h2, preface,
    registry::{Entry, Registry},
    service::RequestService,
    settings::Limits,
    socket::{Place, Socket},
    stream::Stream,
    watch::{Brief, End, watch},
};
use crate::{
    model::peer::Peer,
    server::tls::Tls,
    support::{live_answers::LiveAnswers, trigger::Trigger},
};

/// The first and the longest pause after an error of the system, such as no more files to open.
const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(1));
/// How long there has to be no error until trouble is over.
const OVER: Duration = Duration::from_secs(5);
/// How often those who stall are looked for while there is no room and nobody leaves.
const LOOK_FOR_ROOM: Duration = Duration::from_millis(100);

/// What all connections of a listener have in common.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) router: Router,
    pub(super) tls: Option<Tls>,
    pub(super) limits: Limits,
    pub(super) live: LiveAnswers,
    pub(super) registry: Arc<Registry>,
    pub(super) http1: http1::Builder,
}

/// Takes connections until `stop` is thrown, then closes the socket and waits for the last of them.
pub(super) async fn run(socket: Socket, place: Place, common: Arc<Common>, stop: Trigger) {
    tokio::select! {
        biased;
        () = stop.thrown() => {}
        () = accept_all(&socket, &place, &common) => {}
    }
    drop(socket);
    let registry = &common.registry;
    registry.order(Order::WindDown);
    while registry.len() > 0 {
        registry.fewer.notified().await;
    }
}

/// Without end.
async fn accept_all(socket: &Socket, place: &Place, common: &Arc<Common>) {
    let mut trouble = Trouble::default();
    loop {
        match socket.accept().await {
            Ok((stream, address)) => {
                trouble.works(place);
                make_room(common).await;
                let entry = common.registry.add();
                tokio::spawn(serve(stream, address, entry, Arc::clone(common)));
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // What is most often missing is files, and these have some.
                common.registry.make_room();
                sleep(trouble.pause(place, &error)).await;
            }
        }
    }
}

/// Waits until there is room for the one that was accepted: nobody has to go before somebody comes.
async fn make_room(common: &Common) {
    let registry = &common.registry;
    while registry.len() >= common.limits.connections {
        registry.make_room();
        // The next look comes in any case.
        let _ = timeout(LOOK_FOR_ROOM, registry.fewer.notified()).await;
    }
}

/// Whether the caller was gone before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Errors of the system, and how long they have lasted. The log hears of their begin and their end
/// once; while there are too many callers, they come and go by the second.
#[derive(Debug, Default)]
struct Trouble {
    /// How long was waited after the last error, if nothing was accepted since.
    pause: Option<Duration>,
    /// When the last error was, while there is trouble.
    last: Option<Instant>,
}

impl Trouble {
    /// One more error: how long to wait.
    fn pause(&mut self, place: &Place, error: &io::Error) -> Duration {
        let (first, longest) = PAUSES;
        if self.last.replace(Instant::now()).is_none() {
            tracing::warn!(
                target: "actuator::server", %place, %error,
                "no connection can be accepted; idle ones are closed, and it is tried again"
            );
        }
        let pause = self.pause.map_or(first, |last| (last * 2).min(longest));
        self.pause = Some(pause);
        pause
    }

    /// One was accepted.
    fn works(&mut self, place: &Place) {
        self.pause = None;
        if self.last.is_some_and(|last| last.elapsed() > OVER) {
            self.last = None;
            tracing::info!(target: "actuator::server", %place, "connections are accepted again");
        }
    }
}

/// Serves one connection to its end.
async fn serve(stream: Stream, address: Option<SocketAddr>, entry: Entry, common: Arc<Common>) {
    let activity = &entry.activity;
    let limits = &common.limits;
    let mut shaking = Brief(Box::pin(handshake(stream, common.tls.as_ref())));
    let (stream, secured) = match watch(Pin::new(&mut shaking), activity, limits).await {
        End::Done(Ok(done)) => done,
        // Whoever does not speak TLS, or shows no certificate that is known, is none of the log's.
        End::Done(Err(error)) => {
            return tracing::debug!(target: "actuator::server", %error, "no TLS handshake");
        }
        End::Given(reason) => return entry.ended(reason),
    };
    let mut connection = Connection::new(stream, Arc::clone(activity), common.live.clone());
    let service = RequestService {
        router: common.router.clone(),
        peer: Peer { address: address.map(canonical), ..secured },
        connected: address,
        activity: Arc::clone(activity),
        max_head: limits.head,
    };
    let mut multiplexed = false;
    if limits.http2 {
        let mut begin = Brief(Box::pin(preface::is_spoken(&mut connection)));
        match watch(Pin::new(&mut begin), activity, limits).await {
            End::Done(Ok(spoken)) => multiplexed = spoken,
            End::Done(Err(_)) => return,
            End::Given(reason) => return entry.ended(reason),
        }
    }
    let end = if multiplexed {
        activity.is_multiplexed();
        h2::serve(connection, service, activity, limits).await
    } else {
        h1::serve(connection, service, &common.http1, activity, limits).await
    };
    if let End::Given(reason) = end {
        entry.ended(reason);
    }
}

/// The stream as it is read from, and what the handshake tells of its other end.
async fn handshake(stream: Stream, tls: Option<&Tls>) -> io::Result<(Stream, Peer)> {
    match (stream, tls) {
        (Stream::Tcp(stream), Some(tls)) => {
            let (stream, certificate) = tls.accept(stream).await?;
            let peer = Peer { is_secure: true, certificate, ..Peer::default() };
            Ok((Stream::Tls(Box::new(stream)), peer))
        }
        (plain, _) => Ok((plain, Peer::default())),
    }
}

/// An IPv4 address of an IPv6 socket is what it is.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_to_a_second_and_begin_anew_with_a_connection() {
        let place = Place::Network(([127, 0, 0, 1], 80).into());
        let error = io::Error::other("no files");
        let mut trouble = Trouble::default();
        let mut pauses = |count: usize| {
            (0..count).map(|_| trouble.pause(&place, &error).as_millis()).collect::<Vec<_>>()
        };
        assert_eq!(pauses(9), [10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
        trouble.works(&place);
        assert!(trouble.last.is_some(), "it may come back at once");
        assert_eq!(trouble.pause(&place, &error).as_millis(), 10);
        tokio::time::advance(OVER * 2).await;
        trouble.works(&place);
        assert!(trouble.last.is_none());
    }
}
