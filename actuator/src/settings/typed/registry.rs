//! All typed structs of a service: read together, put into force together.

use std::{
    any::type_name,
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use super::{
    Current, DescribedSetting, Place, SettingsDeclaration, ShownGroup, TypedSettings, described,
    rules::FieldFacts, shown::Shown,
};
use crate::{
    error::{Error, ErrorKind, Result},
    model::component::Components,
    settings::{LiveSettings, Settings, SettingsReader},
};

/// Puts new values into force.
type Commit = Box<dyn FnOnce() + Send>;

/// The typed structs of a service, and their values.
#[derive(Debug, Default)]
pub struct TypedRegistry {
    bound: Mutex<Vec<Bound>>,
}

impl TypedRegistry {
    /// Reads all of these structs; the reader knows what is wrong.
    pub fn read<'d>(
        declarations: impl IntoIterator<Item = &'d SettingsDeclaration>,
        reader: &mut SettingsReader<'_>,
    ) -> Self {
        let registry = Self::default();
        for declaration in declarations {
            registry.add(declaration, reader);
        }
        registry
    }

    /// Reads one more, unless it is there already.
    fn add(&self, declaration: &SettingsDeclaration, reader: &mut SettingsReader<'_>) {
        let type_name = (declaration.type_name)();
        if self.bound().iter().any(|bound| bound.0.type_name() == type_name) {
            return;
        }
        if let Some(bound) = (declaration.read)(reader) {
            self.bound().push(bound);
        }
    }

    /// Makes components of all of them, and of the handles on their values of now.
    pub fn insert_into(&self, components: &mut Components) {
        for bound in self.bound().iter() {
            bound.0.insert_into(components);
        }
    }

    /// The values of this struct, which are read if they were not: it becomes a component then.
    ///
    /// # Errors
    /// All that is wrong with its settings.
    pub fn current<T: TypedSettings>(
        &self,
        settings: &Settings,
        components: &mut Components,
    ) -> Result<Current<T>> {
        if let Some((_, current)) = components.all::<Current<T>>().pop() {
            return Ok((*current).clone());
        }
        let read = settings.until_usable(|| {
            let mut reader = SettingsReader::new(settings);
            let read = Binding::<T>::read(&mut reader);
            reader.finish()?;
            Ok(read)
        });
        settings.tell_left_out();
        let Some(binding) = read? else {
            let message = format!("{} cannot be read from {}", type_name::<T>(), T::PREFIX);
            return Err(Error::new(ErrorKind::Setting, message));
        };
        let bound = Bound(Arc::new(binding.clone()));
        bound.0.insert_into(components);
        self.bound().push(bound);
        Ok(binding.current)
    }

    /// What they are made of, by prefix.
    pub fn shown(&self) -> Vec<ShownGroup> {
        let mut groups: Vec<ShownGroup> =
            self.bound().iter().map(|bound| bound.0.shown()).collect();
        groups.sort_by(|a, b| (&a.prefix, &a.type_name).cmp(&(&b.prefix, &b.type_name)));
        groups
    }

    /// The names that they are read from.
    pub fn described(&self) -> Vec<DescribedSetting> {
        let mut names = Vec::new();
        self.bound().iter().for_each(|bound| bound.0.describe(&mut names));
        names
    }

    /// Has all of them follow the settings, all or none.
    pub fn follow(self: &Arc<Self>, live: &LiveSettings) {
        let prefixes: Vec<&str> = self.bound().iter().map(|bound| bound.0.prefix()).collect();
        let registry = Arc::clone(self);
        live.join_for(prefixes, move |settings| registry.prepare(settings));
    }

    /// Reads all of them from other settings, and gives what puts those into force.
    ///
    /// # Errors
    /// All that is wrong with them; nothing changes then.
    pub fn prepare(&self, settings: &Settings) -> Result<Commit> {
        let mut reader = SettingsReader::new(settings);
        let bound = self.bound().clone();
        let commits: Vec<Commit> =
            bound.iter().filter_map(|bound| bound.0.prepare(&mut reader)).collect();
        reader.finish()?;
        Ok(Box::new(move || commits.into_iter().for_each(|commit| commit())))
    }

    fn bound(&self) -> std::sync::MutexGuard<'_, Vec<Bound>> {
        self.bound.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All names that these structs read.
pub fn described_settings(declarations: &[SettingsDeclaration]) -> Vec<DescribedSetting> {
    let mut names = Vec::new();
    for declaration in declarations {
        (declaration.describe)(&mut names);
    }
    names
}

/// One warning for each name below the prefixes of these structs that none of them reads.
pub fn unknown_names(settings: &Settings, declarations: &[SettingsDeclaration]) -> Vec<String> {
    let names = described_settings(declarations);
    let prefixes: Vec<&str> = declarations.iter().map(|declaration| declaration.prefix).collect();
    described::unknown_names(settings.sources(), &prefixes, &names)
}

/// A struct that was read.
#[derive(Clone)]
pub struct Bound(Arc<dyn Follower>);

impl Bound {
    /// Reads the struct; `None` if something was wrong, which the reader knows.
    pub(super) fn read<T: TypedSettings>(reader: &mut SettingsReader<'_>) -> Option<Self> {
        Some(Self(Arc::new(Binding::<T>::read(reader)?)))
    }
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bound").field(&self.0.prefix()).field(&self.0.type_name()).finish()
    }
}

/// A struct of any type.
trait Follower: Send + Sync {
    fn prefix(&self) -> &'static str;
    fn type_name(&self) -> &'static str;
    fn insert_into(&self, components: &mut Components);
    fn shown(&self) -> ShownGroup;
    fn describe(&self, into: &mut Vec<DescribedSetting>);
    fn prepare(&self, reader: &mut SettingsReader<'_>) -> Option<Commit>;
}

struct Binding<T> {
    current: Current<T>,
    shown: Arc<RwLock<Shown>>,
}

impl<T> Clone for Binding<T> {
    fn clone(&self) -> Self {
        Self { current: self.current.clone(), shown: Arc::clone(&self.shown) }
    }
}

impl<T: TypedSettings> Binding<T> {
    fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        let (value, shown) = read::<T>(reader)?;
        Some(Self { current: Current::new(value), shown: Arc::new(RwLock::new(shown)) })
    }
}

fn read<T: TypedSettings>(reader: &mut SettingsReader<'_>) -> Option<(Arc<T>, Shown)> {
    let place = Place::new(T::PREFIX, reader.settings());
    let read = T::read(&place, &FieldFacts::NONE, reader);
    Some((Arc::new(read.value?), read.shown))
}

impl<T: TypedSettings> Follower for Binding<T> {
    fn prefix(&self) -> &'static str {
        T::PREFIX
    }

    fn type_name(&self) -> &'static str {
        type_name::<T>()
    }

    fn insert_into(&self, components: &mut Components) {
        components.insert(None, self.current.get());
        components.insert(None, self.current.clone());
    }

    fn shown(&self) -> ShownGroup {
        ShownGroup {
            prefix: T::PREFIX.to_owned(),
            type_name: type_name::<T>().to_owned(),
            values: self.shown.read().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    fn describe(&self, into: &mut Vec<DescribedSetting>) {
        T::describe(T::PREFIX, &FieldFacts::NONE, into);
    }

    fn prepare(&self, reader: &mut SettingsReader<'_>) -> Option<Commit> {
        let (value, shown) = read::<T>(reader)?;
        let binding = self.clone();
        Some(Box::new(move || {
            *binding.shown.write().unwrap_or_else(PoisonError::into_inner) = shown;
            binding.current.set(value);
        }))
    }
}
