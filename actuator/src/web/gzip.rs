//! Streams in gzip's format.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use crate::model::reply::StreamContent;

/// Whether this build compresses.
pub(super) const IS_AVAILABLE: bool = true;

/// The same content, compressed part by part: quickly rather than tightly.
pub(super) fn compressed(content: Box<dyn StreamContent>) -> Box<dyn StreamContent> {
    let encoder = GzEncoder::new(Vec::new(), Compression::fast());
    Box::new(Gzip { content, plain: Vec::new(), encoder: Some(encoder) })
}

struct Gzip {
    content: Box<dyn StreamContent>,
    plain: Vec<u8>,
    /// `None` once all is written.
    encoder: Option<GzEncoder<Vec<u8>>>,
}

impl StreamContent for Gzip {
    fn write_part(&mut self, into: &mut Vec<u8>) -> bool {
        let Some(encoder) = &mut self.encoder else { return false };
        self.plain.clear();
        let more = self.content.write_part(&mut self.plain);
        // Writing to a vector cannot fail; what is cut is no gzip any more, which the caller sees.
        let more = encoder.write_all(&self.plain).is_ok() && more;
        into.append(encoder.get_mut());
        if !more && let Some(Ok(mut end)) = self.encoder.take().map(GzEncoder::finish) {
            into.append(&mut end);
        }
        more
    }
}
