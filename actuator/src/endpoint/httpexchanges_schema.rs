//! The forms of `httpexchanges` and `httptrace`, for documents of the API.

use crate::model::schema::{Member, Schema};

const HEADERS: Schema = Schema::Map(&Schema::List(&Schema::Text));
const BODY: Schema = Schema::Named(
    "ExchangeBody",
    &Schema::Object(&[
        Member::new("size", Schema::Integer),
        Member::optional("text", Schema::Text),
        Member::optional("truncated", Schema::Boolean),
        Member::optional("incomplete", Schema::Boolean),
    ]),
);
const PRINCIPAL: Schema = Schema::Object(&[Member::new("name", Schema::Text)]);

/// `httpexchanges`.
pub(super) const EXCHANGES: Schema = Schema::Named(
    "HttpExchanges",
    &Schema::Object(&[Member::new("exchanges", Schema::List(&EXCHANGE))]),
);
const EXCHANGE: Schema = Schema::Named(
    "HttpExchange",
    &Schema::Object(&[
        Member::new("timestamp", Schema::Instant),
        Member::new(
            "request",
            Schema::Object(&[
                Member::new("method", Schema::Text),
                Member::new("uri", Schema::Text),
                Member::new("headers", HEADERS),
                Member::optional("remoteAddress", Schema::Text),
                Member::optional("body", BODY),
            ]),
        ),
        Member::new(
            "response",
            Schema::Object(&[
                Member::new("status", Schema::Integer),
                Member::new("headers", HEADERS),
                Member::optional("body", BODY),
            ]),
        ),
        Member::optional("principal", PRINCIPAL),
        Member::optional("timeTaken", Schema::Duration),
        Member::optional("requestId", Schema::Text),
        Member::optional("log", Schema::Text),
    ]),
);

/// `httptrace`.
pub(super) const TRACES: Schema = Schema::Named(
    "HttpTraces",
    &Schema::Object(&[Member::new(
        "traces",
        Schema::List(&Schema::Object(&[
            Member::new("timestamp", Schema::Instant),
            Member::new("principal", Schema::Either(&[PRINCIPAL, Schema::Null])),
            Member::new("session", Schema::Null),
            Member::new(
                "request",
                Schema::Object(&[
                    Member::new("method", Schema::Text),
                    Member::new("uri", Schema::Text),
                    Member::new("headers", HEADERS),
                    Member::new("remoteAddress", Schema::Either(&[Schema::Text, Schema::Null])),
                ]),
            ),
            Member::new(
                "response",
                Schema::Object(&[
                    Member::new("status", Schema::Integer),
                    Member::new("headers", HEADERS),
                ]),
            ),
            Member::new("timeTaken", Schema::Either(&[Schema::Integer, Schema::Null])),
        ])),
    )]),
);
