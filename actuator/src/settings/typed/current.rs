//! The values of now.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

/// A struct of settings as it is now: after a refresh [`Self::get`] gives the new values, all of
/// them or, if one of them is refused, none.
///
/// A `&Payment` or `Arc<Payment>` stays what it was at the start; who wants to follow asks for
/// `&Current<Payment>`, which is a component too, or has it from
/// [`App::current_settings`](crate::App::current_settings).
///
/// ```
/// use actuator::{Health, health_check, settings::Current};
///
/// /// How the shop takes money.
/// #[derive(actuator::Settings)]
/// #[settings(prefix = "shop.payment")]
/// struct Payment {
///     /// Whether orders are taken at all.
///     #[settings(default = true)]
///     open: bool,
/// }
///
/// #[health_check(name = "payment")]
/// async fn payment(payment: &Current<Payment>) -> Health {
///     if payment.get().open { Health::up() } else { Health::out_of_service() }
/// }
/// ```
pub struct Current<T> {
    value: Arc<RwLock<Arc<T>>>,
}

impl<T> Current<T> {
    /// These values until others come.
    pub(super) fn new(value: Arc<T>) -> Self {
        Self { value: Arc::new(RwLock::new(value)) }
    }

    /// The values in force. Keep them for one piece of work, so that it sees no halves.
    pub fn get(&self) -> Arc<T> {
        Arc::clone(&self.value.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts others into force.
    pub(super) fn set(&self, value: Arc<T>) {
        *self.value.write().unwrap_or_else(PoisonError::into_inner) = value;
    }
}

impl<T> Clone for Current<T> {
    /// Another handle on the same values.
    fn clone(&self) -> Self {
        Self { value: Arc::clone(&self.value) }
    }
}

impl<T: fmt::Debug> fmt::Debug for Current<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Current").field(&self.get()).finish()
    }
}
