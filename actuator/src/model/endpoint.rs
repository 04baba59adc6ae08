//! What an endpoint is: an id, some operations, and an answer to a [`Call`].

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use super::{access::Access, call::Call, parameter::Parameter, problem::Problem, reply::Reply};

/// A boxed future, as the object-safe traits of this crate return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What an endpoint answers: a reply, or the problem that prevents one.
pub type EndpointResult = Result<Reply, Problem>;

/// Something that is served below the base path (`/actuator/<id>`).
///
/// It knows its subject, not HTTP: `web` finds the operation, checks access, negotiates the media
/// type, reads the body and writes the answer.
pub trait Endpoint: Send + Sync + 'static {
    /// The id: `[a-z][a-zA-Z0-9.-]*`, also the default path below the base path.
    fn id(&self) -> &str;

    /// Everything that can be done with it. Stable for the life of the endpoint.
    fn operations(&self) -> &[Operation];

    /// What it is for, in a sentence or more: documents of the API tell it. May be empty.
    fn description(&self) -> &str {
        ""
    }

    /// The access that is granted when no setting says otherwise.
    fn default_access(&self) -> Access {
        Access::Unrestricted
    }

    /// Answers one call; `call.operation` indexes [`Self::operations`].
    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult>;
}

/// A shared endpoint, as registries hold it.
pub type SharedEndpoint = Arc<dyn Endpoint>;

impl fmt::Debug for dyn Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// One thing that can be done with an endpoint: a kind, a path below the id, a body or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Read (GET, HEAD), write (POST) or delete (DELETE).
    pub kind: OperationKind,
    /// The path segments below the id, all of them selectors.
    pub selectors: &'static [Selector],
    /// What it produces, the default first.
    pub produces: Produces,
    /// Whether a write takes named parameters from a JSON body. Such an operation answers 415
    /// to a body of another type, and to a missing `Content-Type`, as Spring does.
    pub takes_body: bool,
    /// Whether members of that body may be objects themselves; elsewhere they are refused.
    pub takes_objects: bool,
    /// What it does, in a line: documents of the API tell it. May be empty.
    pub summary: &'static str,
    /// Whether it is given the request as it came (`Call::request`); its body is not looked at then.
    pub takes_request: bool,
    /// The arguments by name, for documents of the API; those of the path only if there is more to
    /// tell than their names.
    pub parameters: &'static [Parameter],
}

impl Operation {
    /// A read of the endpoint itself that produces JSON.
    pub const fn read(selectors: &'static [Selector]) -> Self {
        Self::new(OperationKind::Read, selectors, Produces::Json)
    }

    /// A write that takes parameters from a JSON body.
    pub const fn write(selectors: &'static [Selector]) -> Self {
        let mut write = Self::write_without_body(selectors);
        write.takes_body = true;
        write
    }

    /// A write without parameters (`shutdown`).
    pub const fn write_without_body(selectors: &'static [Selector]) -> Self {
        Self::new(OperationKind::Write, selectors, Produces::Json)
    }

    /// A delete.
    pub const fn delete(selectors: &'static [Selector]) -> Self {
        Self::new(OperationKind::Delete, selectors, Produces::Nothing)
    }

    const fn new(kind: OperationKind, selectors: &'static [Selector], produces: Produces) -> Self {
        Self {
            kind,
            selectors,
            produces,
            takes_body: false,
            takes_objects: false,
            takes_request: false,
            summary: "",
            parameters: &[],
        }
    }

    /// The same operation with the line that says what it does.
    #[must_use]
    pub const fn doing(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// The same operation with the arguments that it knows by name.
    #[must_use]
    pub const fn taking(mut self, parameters: &'static [Parameter]) -> Self {
        self.parameters = parameters;
        self
    }

    /// The same operation, whose body may have objects as members.
    #[must_use]
    pub const fn taking_objects(mut self) -> Self {
        self.takes_objects = true;
        self
    }

    /// The same operation, which is given the request as it came.
    #[must_use]
    pub const fn taking_request(mut self) -> Self {
        self.takes_request = true;
        self.takes_body = false;
        self
    }

    /// The same operation with another product.
    #[must_use]
    pub const fn producing(mut self, produces: Produces) -> Self {
        self.produces = produces;
        self
    }
}

/// Which HTTP method an operation answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OperationKind {
    /// GET and HEAD.
    Read,
    /// POST.
    Write,
    /// DELETE.
    Delete,
}

/// A variable path segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector {
    /// Exactly one segment, `{name}` in links.
    One(&'static str),
    /// All remaining segments, none included; `{*name}` in links. Only as the last selector.
    Remaining(&'static str),
}

impl Selector {
    /// The name, as links and error messages show it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::One(name) | Self::Remaining(name) => name,
        }
    }
}

/// The media types that an operation can produce. Two operations of one path may differ in it;
/// negotiation then picks the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Produces {
    /// The actuator's JSON: v3, v2 or plain, as negotiated.
    Json,
    /// `text/plain;charset=UTF-8`.
    Text,
    /// This media type, with its parameters: only for callers that name it, never for `*/*`.
    Named(&'static str),
    /// One of several forms of a document, each with an operation of its own and the newest first:
    /// of those that the caller names the first is sent, whatever their qualities, and the last
    /// to callers who accept anything.
    Ranked(&'static str),
    /// A resource or document of its own media type (log file); the caller's `Accept` is not
    /// consulted.
    Resource,
    /// Nothing: success is 204. `Accept` is not consulted.
    Nothing,
}
