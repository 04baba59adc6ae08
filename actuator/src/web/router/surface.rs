//! What is served, as documents of the API tell it.

use super::{Management, find::MountedPath};
use crate::{
    model::{
        endpoint::{OperationKind, SharedEndpoint},
        surface::{Needed, Served, Surface},
    },
    web::guard::Guard,
};

impl Management {
    /// All that answers on this listener.
    pub(crate) fn surface(&self) -> Surface {
        let below = self.endpoints.iter().map(|exposed| {
            let endpoint = exposed.endpoint();
            let operations = exposed.operations();
            let operations =
                operations.map(|(index, one)| (index, self.needed(endpoint, one.kind)));
            Served {
                path: format!("{}/{}", self.base_path, exposed.path()),
                is_additional: false,
                operations: operations.collect(),
                endpoint: SharedEndpoint::clone(endpoint),
            }
        });
        let index = if self.base_path.is_empty() { "/" } else { &self.base_path };
        let guard = self.guard.as_deref();
        Surface {
            index: self.discovery.then(|| index.to_owned()),
            served: below.chain(self.mounted.iter().map(|path| self.mounted(path))).collect(),
            credentials: guard.map(|guard| guard.credentials().to_vec()),
            index_need: guard
                .map_or(Needed::Nothing, |guard| guard.needed(None, OperationKind::Read)),
        }
    }

    /// Its reads, or only the first.
    fn mounted(&self, mounted: &MountedPath) -> Served {
        let endpoint = &mounted.endpoint;
        let reads = endpoint.operations().iter().enumerate();
        let reads = reads.filter(|(_, operation)| operation.kind == OperationKind::Read);
        let operations = reads.map(|(index, one)| (index, self.needed(endpoint, one.kind)));
        Served {
            path: mounted.path.clone(),
            is_additional: true,
            operations: operations.take(if mounted.below { usize::MAX } else { 1 }).collect(),
            endpoint: SharedEndpoint::clone(endpoint),
        }
    }

    fn needed(&self, endpoint: &SharedEndpoint, kind: OperationKind) -> Needed {
        let guard: Option<&Guard> = self.guard.as_deref();
        guard.map_or(Needed::Nothing, |guard| guard.needed(Some(endpoint.id()), kind))
    }
}
