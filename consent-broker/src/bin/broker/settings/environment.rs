//! The environment: `BROKER_`, the section unless it is `broker`, and the name, in capitals.

use std::path::PathBuf;

use super::{
    file::{FileError, nearest},
    table::{Given, rows},
};

/// Where the file stands.
const FILE_VARIABLE: &str = "BROKER_CONFIG";

/// The variables that begin with `BROKER_`.
#[derive(Default)]
pub(crate) struct Environment(Vec<(String, String)>);

/// Values may be secrets.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl Environment {
    /// The process's own.
    pub(crate) fn of_process() -> Self {
        let texts = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            let is_ours = name.starts_with("BROKER_");
            is_ours.then_some((name, value.into_string().ok()?))
        });
        Self(texts.collect())
    }

    #[cfg(test)]
    pub(super) fn of(variables: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self(variables.iter().map(owned).collect())
    }

    pub(super) fn file(&self) -> Option<PathBuf> {
        let file = self.0.iter().find(|(name, _)| name == FILE_VARIABLE);
        file.map(|(_, value)| PathBuf::from(value))
    }

    /// What is set, and what only looks like ours. That is no error: whoever starts programs sets
    /// variables of its own, and a service that is called "broker" gets `BROKER_PORT` from Kubernetes.
    ///
    /// # Errors
    /// [`FileError::Variable`]; never repeats the value.
    pub(super) fn given(&self) -> Result<(Given, Vec<String>), FileError> {
        let (rows, mut given, mut unknown) = (rows(), Given::default(), Vec::new());
        for (name, value) in &self.0 {
            match rows.iter().find(|row| row.variable() == *name) {
                Some(row) => given
                    .set(row, value)
                    .map_err(|message| FileError::Variable {
                        variable: name.clone(),
                        message,
                    })?,
                None if name == FILE_VARIABLE => {}
                None => unknown.push(with_guess(name)),
            }
        }
        Ok((given, unknown))
    }
}

fn with_guess(name: &str) -> String {
    let known: Vec<String> = rows().iter().map(super::Row::variable).collect();
    let mut rest = known.iter().map(String::as_str);
    // All begin alike: what follows is compared.
    let tail = |full: &str| full.trim_start_matches("BROKER_").to_owned();
    let tails: Vec<String> = rest.by_ref().map(tail).collect();
    match nearest(&tail(name), tails.iter().map(String::as_str)) {
        Some(near) => format!("{name} (did you mean BROKER_{near}?)"),
        None => name.to_owned(),
    }
}
