//! Lines as messages to a syslog server, over UDP, TCP or a socket of the file system.
//!
//! A thread of its own looks names up, connects and sends, so that a server that is away or takes
//! nothing holds up neither the application nor the other sinks. Up to a megabyte of messages
//! waits for it; what comes when there is no more room is refused.

mod address;
mod connection;
mod courier;
mod cut;
mod message;
mod queue;
mod settings;

use std::{io, sync::Arc, thread, time::Duration, time::SystemTime};

use address::Address;
use courier::Courier;
use message::{Form, Messages};
use queue::Queue;

use super::{Formatted, Sink};
use crate::support::host_name::host_name;

pub(crate) use settings::{SyslogFormat, SyslogSettings};

/// How long lines that are under way are waited for.
const LAST_WAIT: Duration = Duration::from_millis(500);

/// Sends lines to one syslog server.
#[derive(Debug)]
pub(crate) struct SyslogSink {
    address: Address,
    messages: Messages,
    queue: Arc<Queue>,
}

impl SyslogSink {
    /// Sends from now on, as this application. An error is that there is no thread to send with;
    /// whether the server is there turns out later.
    pub(crate) fn start(settings: &SyslogSettings, application: &str) -> io::Result<Self> {
        let address = settings.address.clone();
        let form = match address {
            Address::Unix(_) => Form::Local,
            Address::Udp(_) | Address::Tcp(_) => Form::Network,
        };
        let host = host_name().unwrap_or_default();
        let messages = Messages::new(settings, form, application, &host);
        let queue = Arc::new(Queue::default());
        let courier = Courier::new(address.clone(), Arc::clone(&queue));
        thread::Builder::new().name("syslog".to_owned()).spawn(|| courier.run())?;
        Ok(Self { address, messages, queue })
    }
}

impl Sink for SyslogSink {
    fn write(&mut self, lines: &[Formatted<'_>]) -> io::Result<()> {
        let now = SystemTime::now();
        let messages = lines.iter().map(|line| self.messages.message(line, now)).collect();
        if self.queue.push(messages) {
            Ok(())
        } else {
            Err(io::Error::other("it takes nothing, and no more lines can wait for it"))
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.queue.drain(LAST_WAIT);
        Ok(())
    }

    fn describe(&self) -> String {
        format!("syslog at {}", self.address)
    }
}

impl Drop for SyslogSink {
    fn drop(&mut self) {
        self.queue.close();
    }
}

#[cfg(test)]
mod tests;
