//! What checks, sources and endpoints ask for by type.

use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    fmt,
    sync::Arc,
};

/// The components of an application, by type, and by name where a type occurs more than once.
#[derive(Default)]
pub struct Components {
    by_type: HashMap<TypeId, Vec<Component>>,
}

struct Component {
    name: Option<String>,
    type_name: &'static str,
    /// An `Arc<T>`.
    value: Box<dyn Any + Send + Sync>,
}

impl Components {
    /// Registers a component under its type. A name tells it from others of the type.
    pub fn insert<T: Send + Sync + 'static>(&mut self, name: Option<String>, component: T) {
        self.by_type.entry(TypeId::of::<T>()).or_default().push(Component {
            name,
            type_name: type_name::<T>(),
            value: Box::new(Arc::new(component)),
        });
    }

    /// The component of type `T` for a parameter called `parameter`: the one of that name if
    /// there is one, else the only one of its type. A component registered as `Arc<T>` serves a
    /// parameter of type `T` too.
    pub fn find<T>(&self, parameter: &'static str) -> Result<Arc<T>, MissingComponent>
    where
        T: ?Sized + Send + Sync + 'static,
    {
        let found = self.all::<T>();
        if let Some((_, value)) = found.iter().find(|(name, _)| *name == Some(parameter)) {
            return Ok(Arc::clone(value));
        }
        match found.as_slice() {
            [(_, value)] => Ok(Arc::clone(value)),
            others => Err(MissingComponent {
                parameter,
                type_name: type_name::<T>(),
                names: others
                    .iter()
                    .map(|(name, _)| name.unwrap_or("(unnamed)").to_owned())
                    .collect(),
            }),
        }
    }

    /// All components of type `T` with their names, those registered as `Arc<T>` last; each kind
    /// in the order of registration.
    pub fn all<T>(&self) -> Vec<(Option<&str>, Arc<T>)>
    where
        T: ?Sized + Send + Sync + 'static,
    {
        let direct = self.by_type.get(&TypeId::of::<T>()).map_or(&[][..], Vec::as_slice);
        let shared = self.by_type.get(&TypeId::of::<Arc<T>>()).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<(Option<&str>, Arc<T>)> = Vec::new();
        for component in direct {
            // An unsized T has no direct entry: `insert` takes sized types.
            if let Some(value) = component.value.downcast_ref::<Arc<T>>() {
                found.push((component.name.as_deref(), Arc::clone(value)));
            }
        }
        for component in shared {
            if let Some(value) = component.value.downcast_ref::<Arc<Arc<T>>>() {
                found.push((component.name.as_deref(), Arc::clone(value)));
            }
        }
        found
    }

    /// The name, if any, and the type of each component, in a fixed order. A component that is an
    /// `Arc<T>` is listed as the `T` that is asked for.
    pub fn list(&self) -> Vec<(Option<&str>, &'static str)> {
        let mut list: Vec<_> = self
            .by_type
            .values()
            .flatten()
            .map(|component| (component.name.as_deref(), shared(component.type_name)))
            .collect();
        list.sort_by_key(|(name, type_name)| (*type_name, *name));
        list
    }
}

/// `T` of `Arc<T>`.
fn shared(type_name: &'static str) -> &'static str {
    type_name
        .strip_prefix("alloc::sync::Arc<")
        .and_then(|inner| inner.strip_suffix('>'))
        .unwrap_or(type_name)
}

impl fmt::Debug for Components {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list()).finish()
    }
}

/// A parameter for which no component can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingComponent {
    /// The parameter's name.
    pub parameter: &'static str,
    /// The type it asks for.
    pub type_name: &'static str,
    /// The names of the several candidates; empty if there is none of the type.
    pub names: Vec<String>,
}

impl fmt::Display for MissingComponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { parameter, type_name, names } = self;
        if names.is_empty() {
            return write!(
                f,
                "parameter `{parameter}` asks for {type_name}, which nobody registered; \
                 add `app.component(…)` with a value of that type to the set-up"
            );
        }
        write!(
            f,
            "parameter `{parameter}` asks for {type_name}, of which there are {}: {}; \
             name the parameter after one of them (`app.named_component(\"{parameter}\", …)`)",
            names.len(),
            names.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_found_by_type_and_by_name_where_two_of_a_type_exist() {
        let mut components = Components::default();
        components.insert(None, 1_u8);
        components.insert(Some("primary".to_owned()), "p".to_owned());
        components.insert(Some("replica".to_owned()), "r".to_owned());
        assert_eq!(*components.find::<u8>("any").unwrap(), 1);
        assert_eq!(*components.find::<String>("replica").unwrap(), "r");
        let ambiguous = components.find::<String>("other").unwrap_err();
        assert_eq!(ambiguous.names, ["primary", "replica"]);
        assert!(components.find::<u16>("port").unwrap_err().names.is_empty());
    }

    #[test]
    fn all_components_of_a_type_come_with_their_names_however_they_are_shared() {
        let mut components = Components::default();
        components.insert(Some("first".to_owned()), 1_u8);
        components.insert(None, Arc::new(2_u8));
        components.insert(None, 3_u16);
        let all: Vec<_> =
            components.all::<u8>().into_iter().map(|(name, value)| (name, *value)).collect();
        assert_eq!(all, [(Some("first"), 1), (None, 2)]);
        assert!(components.all::<u32>().is_empty());
    }

    #[test]
    fn a_shared_component_serves_its_inner_type_also_when_that_is_a_trait_object() {
        trait Greeter: Send + Sync {
            fn greet(&self) -> u8;
        }
        impl Greeter for u8 {
            fn greet(&self) -> u8 {
                *self
            }
        }
        let mut components = Components::default();
        components.insert::<Arc<dyn Greeter>>(None, Arc::new(7_u8));
        assert_eq!(components.find::<dyn Greeter>("greeter").unwrap().greet(), 7);
    }
}
