//! An endpoint of the application: its operations, and the code behind each.

use std::{borrow::Cow, fmt, panic::Location, sync::Arc};

use super::{
    answer::WebEndpointResponse,
    arguments::Arguments,
    declaration::EndpointDeclaration,
    error::EndpointError,
    work::{Handler, Place, Work},
};
use crate::model::endpoint::{
    BoxFuture, Endpoint, EndpointResult, Operation, OperationKind, Selector,
};
use crate::{
    model::{access::Access, call::Call, problem::Problem, sanitizer::Sanitizer},
    support::application_runtime::ApplicationRuntime,
};

/// An endpoint that is put together at run time; the twin of [`endpoint`](macro@crate::endpoint).
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use actuator::{App, custom::{CustomEndpoint, Operation, Selector, WebEndpointResponse}};
///
/// fn setup(app: &mut App) {
///     let motd = Arc::new(Mutex::new("hello".to_owned()));
///     let shown = Arc::clone(&motd);
///     app.endpoint(
///         CustomEndpoint::new("motd")
///             .described("The message of the day.")
///             .operation(Operation::read(&[]), move |_| {
///                 let text = shown.lock().map(|text| text.clone()).unwrap_or_default();
///                 async move { Ok(WebEndpointResponse::text(text)) }
///             })
///             .blocking_operation(Operation::write(&[Selector::One("lang")]), move |arguments| {
///                 let (lang, text): (String, String) =
///                     (arguments.get("lang")?, arguments.get("text")?);
///                 if let Ok(mut motd) = motd.lock() {
///                     *motd = format!("{lang}: {text}");
///                 }
///                 Ok(WebEndpointResponse::nothing())
///             }),
///     );
/// }
/// ```
pub struct CustomEndpoint {
    id: String,
    description: String,
    access: Access,
    operations: Vec<Operation>,
    handlers: Vec<Handler>,
    place: Place,
    /// Where it stands in the source.
    declared_at: String,
}

impl CustomEndpoint {
    /// One without operations. Ids are letters, digits, `.` and `-`, and begin with a lower-case
    /// letter.
    #[track_caller]
    pub fn new(id: impl Into<String>) -> Self {
        let caller = Location::caller();
        Self {
            id: id.into(),
            description: String::new(),
            access: Access::Unrestricted,
            operations: Vec::new(),
            handlers: Vec::new(),
            place: Place::default(),
            declared_at: format!("{}:{}", caller.file(), caller.line()),
        }
    }

    /// What it is for, for documents of the API.
    #[must_use]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// The access that is granted when no setting says otherwise; unrestricted without this.
    #[must_use]
    pub fn with_access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// Adds an operation, which must not block its thread. The call's arguments are named as the
    /// operation's selectors are, and as query and body name them.
    #[must_use]
    pub fn operation<F, Fut>(mut self, operation: Operation, run: F) -> Self
    where
        F: Fn(Arguments) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<WebEndpointResponse, EndpointError>> + Send + 'static,
    {
        self.add(operation, Arc::new(move |arguments| Ok(Work::Future(Box::pin(run(arguments))))));
        self
    }

    /// Adds an operation that may block: it runs beside the workers of the runtime.
    #[must_use]
    pub fn blocking_operation<F>(mut self, operation: Operation, run: F) -> Self
    where
        F: Fn(Arguments) -> Result<WebEndpointResponse, EndpointError> + Send + Sync + 'static,
    {
        let run = Arc::new(run);
        self.add(
            operation,
            Arc::new(move |arguments| {
                let run = Arc::clone(&run);
                Ok(Work::Blocking(Box::new(move || run(arguments))))
            }),
        );
        self
    }

    pub(super) fn declared(declaration: &EndpointDeclaration) -> Self {
        Self {
            id: declaration.id.to_owned(),
            description: declaration.description.to_owned(),
            access: declaration.access,
            operations: Vec::new(),
            handlers: Vec::new(),
            place: Place::default(),
            declared_at: declaration.source.to_string(),
        }
    }

    pub(super) fn add(&mut self, operation: Operation, handler: Handler) {
        self.operations.push(operation);
        self.handlers.push(handler);
    }

    /// Where it stands in the source: `src/main.rs:12`.
    pub(crate) fn declared_at(&self) -> &str {
        &self.declared_at
    }

    /// Its operations run on this runtime, whoever calls.
    #[must_use]
    pub(crate) fn on(mut self, runtime: &ApplicationRuntime) -> Self {
        self.place.settle(runtime);
        self
    }

    /// What it is for, as the sanitiser shows it.
    #[must_use]
    pub(crate) fn shown_by(mut self, sanitizer: &Sanitizer) -> Self {
        if let Cow::Owned(clean) = sanitizer.sanitize_text(&self.description) {
            self.description = clean;
        }
        self
    }

    /// What is wrong with it, in words that can stand behind its id and place.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let begins_well = self.id.starts_with(|c: char| c.is_ascii_lowercase());
        if !begins_well || !self.id.chars().all(is_plain) {
            complaints.push(
                "an id is letters, digits, `.` and `-`, and begins with a lower-case letter".into(),
            );
        }
        if self.operations.is_empty() {
            complaints.push("it has no operation; add one".into());
        }
        for (at, operation) in self.operations.iter().enumerate() {
            let before = operation.selectors.split_last().map_or(&[][..], |(_, before)| before);
            if before.iter().any(|selector| matches!(selector, Selector::Remaining(_))) {
                complaints.push("all remaining segments come last".into());
            }
            if self.operations.iter().take(at).any(|other| are_one(other, operation)) {
                complaints.push(format!(
                    "two operations answer the same: {:?} {}",
                    operation.kind,
                    path_of(operation)
                ));
            }
        }
        complaints
    }

    async fn call(&self, call: Call<'_>) -> EndpointResult {
        let unknown = || Problem::internal("no such operation");
        let operation = self.operations.get(call.operation).ok_or_else(unknown)?;
        let handler = self.handlers.get(call.operation).ok_or_else(unknown)?;
        let work = handler(Arguments::of(operation, call)?)?;
        let is_read = operation.kind == OperationKind::Read;
        Ok(self.place.run(work, is_read).await?.into_reply(operation))
    }
}

/// Whether nothing tells the calls of two operations apart.
fn are_one(one: &Operation, other: &Operation) -> bool {
    let forms = |operation: &Operation| -> Vec<bool> {
        let is_remaining = |selector: &Selector| matches!(selector, Selector::Remaining(_));
        operation.selectors.iter().map(is_remaining).collect()
    };
    one.kind == other.kind && one.produces == other.produces && forms(one) == forms(other)
}

fn path_of(operation: &Operation) -> String {
    let segment = |selector: &Selector| match selector {
        Selector::One(name) => format!("/{{{name}}}"),
        Selector::Remaining(name) => format!("/{{*{name}}}"),
    };
    operation.selectors.iter().map(segment).collect()
}

/// Ids are compared without case and punctuation, as Spring's are.
pub(crate) fn comparable(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

impl Endpoint for CustomEndpoint {
    fn id(&self) -> &str {
        &self.id
    }

    fn operations(&self) -> &[Operation] {
        &self.operations
    }

    fn description(&self) -> &str {
        &self.description
    }

    fn default_access(&self) -> Access {
        self.access
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(self.call(call))
    }
}

impl fmt::Debug for CustomEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomEndpoint").field("id", &self.id).finish_non_exhaustive()
    }
}
