//! The query parameters that select checks: `max_level`, `checks` and `tag`, and the answer to
//! those that select nothing.

use serde::Serialize;

use super::json;
use crate::{
    health::{Composite, HealthGroup, Selection, SelectionError, candidates},
    model::{call::Call, problem::Problem, reply::Reply},
};

/// More names are refused.
const MAX_NAMES: usize = 64;

/// What a call selects.
pub enum Selected {
    /// Something, or everything.
    Some(Selection),
    /// Nothing, which is answered so.
    Nothing(Reply),
}

impl Selected {
    /// What the call selects among the group's members at or below `names`. The reason why there
    /// is nothing is for those only who may see the names of checks; others cannot ask by name.
    pub fn of(
        call: &Call<'_>,
        root: &Composite,
        names: &[&str],
        group: &HealthGroup,
    ) -> Result<Self, Problem> {
        let wanted = selection(call)?;
        if wanted.is_everything() {
            return Ok(Self::Some(wanted));
        }
        let seen = group.shows_components(call.principal);
        if !seen && !wanted.checks.is_empty() {
            return Ok(Self::Nothing(Reply::NotFound));
        }
        let Some(members) = candidates(root, names, group) else {
            return Ok(Self::Nothing(Reply::NotFound));
        };
        Ok(match wanted.among(&members) {
            Ok(()) => Self::Some(wanted),
            Err(error) if seen => Self::Nothing(not_selected(&error)?),
            Err(_) => Self::Nothing(Reply::NotFound),
        })
    }
}

/// The selection of a call; one without any of the parameters is everything. `checks` and `tag`
/// are lists, separated by commas or repeated; an empty one selects nothing in particular.
pub fn selection(call: &Call<'_>) -> Result<Selection, Problem> {
    Ok(Selection {
        max_level: max_level(call)?,
        checks: names(call, "checks")?,
        tags: names(call, "tag")?,
    })
}

fn max_level(call: &Call<'_>) -> Result<Option<u32>, Problem> {
    let Some(given) = call.query_values("max_level").last().filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    // `parse` takes a sign, which no level has.
    let level = given.parse().ok().filter(|_| given.bytes().all(|byte| byte.is_ascii_digit()));
    level
        .map(Some)
        .ok_or_else(|| Problem::bad_request("max_level is no whole number from 0 to 4294967295"))
}

fn names(call: &Call<'_>, parameter: &str) -> Result<Vec<String>, Problem> {
    let mut names: Vec<String> = Vec::new();
    let given = call.query_values(parameter).flat_map(|list| list.split(',')).map(str::trim);
    for name in given.filter(|name| !name.is_empty()) {
        if names.iter().all(|known| known != name) {
            names.push(name.to_owned());
        }
        if names.len() > MAX_NAMES {
            return Err(Problem::bad_request(format!(
                "{parameter} has more than {MAX_NAMES} names"
            )));
        }
    }
    Ok(names)
}

/// 404 with the reason: for callers that may see the names of checks.
pub fn not_selected(error: &SelectionError) -> Result<Reply, Problem> {
    #[derive(Serialize)]
    struct Document {
        error: &'static str,
        message: String,
        status: u16,
    }
    let document = Document { error: "Not Found", message: error.to_string(), status: 404 };
    json(404, &document)
}
