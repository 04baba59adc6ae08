//! What a parameter of an operation may be, beside components: arguments by name, and what is known
//! of the call.

use super::{
    argument::Argument,
    arguments::{Arguments, Unusable},
};
use crate::model::{
    call::ApiVersion, parameter::Shape, principal::Principal, web_request::WebRequest,
};

/// A parameter of an operation that is made of the call: an [`Argument`], `Option` or `Vec` of one,
/// [`ApiVersion`], `Option<Principal>`, [`WebRequest`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no parameter of an operation",
    label = "neither an argument nor something of the call",
    note = "arguments are `String`, `&str`, numbers, `bool`, `char`, `Duration`, `SystemTime`, \
            `OffsetDateTime`, `LocalDate`, and `Option` or `Vec` of these; derive \
            `actuator::Argument` for an enum",
    note = "of the call there are `ApiVersion`, `Option<&Principal>` and `WebRequest`; a component is \
            taken as `&T` or `Arc<T>`"
)]
pub trait FromCall: Sized + Send + 'static {
    /// What it looks like; `None` for what callers do not send.
    const SHAPE: Option<Shape>;
    /// Whether a call without it is refused.
    const IS_REQUIRED: bool = false;
    /// Whether it needs the request as it came.
    const TAKES_REQUEST: bool = false;

    /// Makes it of what was sent under `name`.
    ///
    /// # Errors
    /// It is missing, or cannot be read.
    fn from_call(name: &str, arguments: &Arguments) -> Result<Self, Unusable>;
}

impl<T: Argument> FromCall for T {
    const SHAPE: Option<Shape> = Some(T::SHAPE);
    const IS_REQUIRED: bool = true;

    fn from_call(name: &str, arguments: &Arguments) -> Result<Self, Unusable> {
        let texts = arguments.texts(name).ok_or_else(|| Unusable::Missing(name.to_owned()))?;
        read(name, &single::<T>(&texts))
    }
}

impl<T: Argument> FromCall for Option<T> {
    const SHAPE: Option<Shape> = Some(T::SHAPE);

    fn from_call(name: &str, arguments: &Arguments) -> Result<Self, Unusable> {
        let Some(texts) = arguments.texts(name) else { return Ok(None) };
        let text = single::<T>(&texts);
        if text.is_empty() && !T::TAKES_EMPTY {
            return Ok(None);
        }
        read(name, &text).map(Some)
    }
}

impl<T: Argument> FromCall for Vec<T> {
    const SHAPE: Option<Shape> = Some(Shape::List(&T::SHAPE));
    const IS_REQUIRED: bool = true;

    fn from_call(name: &str, arguments: &Arguments) -> Result<Self, Unusable> {
        let found = list(name, arguments)?;
        found.ok_or_else(|| Unusable::Missing(name.to_owned()))
    }
}

impl<T: Argument> FromCall for Option<Vec<T>> {
    const SHAPE: Option<Shape> = Some(Shape::List(&T::SHAPE));

    fn from_call(name: &str, arguments: &Arguments) -> Result<Self, Unusable> {
        list(name, arguments)
    }
}

impl FromCall for ApiVersion {
    const SHAPE: Option<Shape> = None;

    fn from_call(_: &str, arguments: &Arguments) -> Result<Self, Unusable> {
        Ok(arguments.version())
    }
}

impl FromCall for Option<Principal> {
    const SHAPE: Option<Shape> = None;

    fn from_call(_: &str, arguments: &Arguments) -> Result<Self, Unusable> {
        Ok(arguments.principal().cloned())
    }
}

impl FromCall for WebRequest {
    const SHAPE: Option<Shape> = None;
    const TAKES_REQUEST: bool = true;

    fn from_call(_: &str, arguments: &Arguments) -> Result<Self, Unusable> {
        Ok(arguments.request().cloned().unwrap_or_default())
    }
}

/// One text of those that were sent under a name.
fn single<T: Argument>(texts: &[&str]) -> String {
    match T::SHAPE {
        Shape::Text => texts.join(","),
        _ => texts.first().copied().unwrap_or_default().to_owned(),
    }
}

fn read<T: Argument>(name: &str, text: &str) -> Result<T, Unusable> {
    T::from_text(text).map_err(|expected| Unusable::Unreadable(format!("{name}: {expected}")))
}

/// A single text is split at commas, several are not; an empty one is an empty list.
fn list<T: Argument>(name: &str, arguments: &Arguments) -> Result<Option<Vec<T>>, Unusable> {
    let Some(texts) = arguments.texts(name) else { return Ok(None) };
    let items: Vec<&str> = match texts.as_slice() {
        [""] => Vec::new(),
        [single] if !arguments.is_selector(name) => single.split(',').map(str::trim).collect(),
        several => several.to_vec(),
    };
    items.into_iter().map(|item| read(name, item)).collect::<Result<_, _>>().map(Some)
}
