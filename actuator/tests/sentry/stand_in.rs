//! A stand-in for a Sentry server, in the process of the test.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use crate::fake_sentry::Received;

/// What it answers: a status line with header lines, at once or after a while, or nothing ever.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Says(&'static str),
    Later(Duration),
    Never,
}

/// It is asked on threads of its own.
pub(crate) struct StandIn {
    pub(crate) address: SocketAddr,
    received: mpsc::Receiver<Received>,
}

impl StandIn {
    /// One that takes everything.
    pub(crate) fn start() -> Self {
        Self::answering(Answer::Says("200 OK"))
    }

    /// One that answers this.
    pub(crate) fn answering(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, received) = mpsc::channel();
        let tell = Arc::new(tell);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, tell) = (stream.unwrap(), Arc::clone(&tell));
                thread::spawn(move || serve(stream, &tell, answer));
            }
        });
        Self { address, received }
    }

    /// What it received until now.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.try_iter().collect()
    }

    /// What it receives next.
    #[track_caller]
    pub(crate) fn next(&self) -> Received {
        self.received.recv_timeout(Duration::from_secs(20)).unwrap()
    }
}

fn serve(stream: TcpStream, tell: &mpsc::Sender<Received>, answer: Answer) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let (line, headers) = head.split_once("\r\n").unwrap();
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    tell.send(Received::read(line.strip_suffix(" HTTP/1.1").unwrap(), headers, &body)).unwrap();
    let head = match answer {
        Answer::Says(head) => head,
        Answer::Later(pause) => {
            thread::sleep(pause);
            "200 OK"
        }
        // Until the other side hangs up.
        Answer::Never => return drop(reader.read(&mut [0])),
    };
    let answer = format!("HTTP/1.1 {head}\r\ncontent-length: 2\r\n\r\n{{}}");
    // Who asked may be gone.
    let _ = reader.get_mut().write_all(answer.as_bytes());
}
