//! Finding the components of a declaration's parameters, all missing ones at once.

use std::sync::Arc;

use super::{Components, MissingComponent};

/// All parameters of one declaration for which no component can be chosen.
pub type Missing = Vec<MissingComponent>;

/// The components for the parameters called `names`, in order.
pub fn bind<T: Bind>(components: &Components, names: &[&'static str]) -> Result<T, Missing> {
    T::bind(components, names)
}

/// Another owner of a component. A function, since generated code may not assume that `Clone` is
/// in scope.
pub fn share<T: ?Sized>(component: &Arc<T>) -> Arc<T> {
    Arc::clone(component)
}

/// A tuple of `Arc`s, one for each parameter.
pub trait Bind: Sized {
    /// Finds all, or says which are missing.
    fn bind(components: &Components, names: &[&'static str]) -> Result<Self, Missing>;
}

impl Bind for () {
    fn bind(_: &Components, _: &[&'static str]) -> Result<Self, Missing> {
        Ok(())
    }
}

macro_rules! bind_for_tuples {
    ($($($T:ident)+;)+) => {$(
        impl<$($T: ?Sized + Send + Sync + 'static),+> Bind for ($(Arc<$T>,)+) {
            #[allow(non_snake_case)] // the type parameters name the variables too
            fn bind(components: &Components, names: &[&'static str]) -> Result<Self, Missing> {
                let mut names = names.iter().copied();
                $(let $T = components.find::<$T>(names.next().unwrap_or("?"));)+
                match ($($T,)+) {
                    ($(Ok($T),)+) => Ok(($($T,)+)),
                    ($($T,)+) => Err([$($T.err()),+].into_iter().flatten().collect()),
                }
            }
        }
    )+};
}

bind_for_tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}
