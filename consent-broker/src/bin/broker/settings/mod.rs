//! What the operator configures. A value is taken from the command line, else from the environment,
//! else from the file, else it is the default; [`table`] says what there is.

mod check;
mod environment;
mod example;
mod file;
mod kinds;
mod table;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub(crate) use self::{
    check::{Problem, Settings, StoreSettings, Tls},
    environment::Environment,
    example::example,
    file::FileError,
    kinds::{LogFormat, Proxies, StoreKind, Witnesses},
    table::{Given, Row, rows},
};

/// The file's name in the broker's folder.
const FILE: &str = "broker.toml";

/// The layers of the configuration, uppermost first.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    command_line: Given,
    environment: Given,
    file: Given,
    /// Where the file stands, when there is one.
    pub(crate) path: Option<PathBuf>,
    /// Variables that begin like ours and are none.
    pub(crate) unknown_variables: Vec<String>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    CommandLine,
    Environment,
    File,
    Default,
    Nowhere,
}

impl Origin {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::CommandLine => "command line",
            Self::Environment => "environment",
            Self::File => "file",
            Self::Default => "default",
            Self::Nowhere => "not set",
        }
    }
}

impl Layers {
    /// Reads the environment and the file: the one that is named, else the one in the broker's folder,
    /// if there is one.
    ///
    /// # Errors
    /// [`FileError`]; a file that is named has to be there.
    pub(crate) fn read(
        command_line: Given,
        named: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, FileError> {
        let (given, unknown_variables) = environment.given()?;
        let named = named.map(Path::to_owned).or_else(|| environment.file());
        let data = command_line.broker.data.as_ref();
        let data = data.or(given.broker.data.as_ref());
        let usual = data
            .map(|folder| folder.join(FILE))
            .filter(|path| path.exists());
        let path = named.or(usual);
        let file = path.as_deref().map(file::read).transpose()?;
        Ok(Self {
            command_line,
            environment: given,
            file: file.unwrap_or_default(),
            path,
            unknown_variables,
        })
    }

    /// Everything that is set, with the defaults.
    pub(crate) fn merged(&self) -> Given {
        let Self {
            command_line,
            environment,
            file,
            ..
        } = self;
        let merged = command_line
            .clone()
            .or(environment.clone())
            .or(file.clone());
        merged.or(Given::defaults())
    }

    /// Each setting's value, secrets covered, and where it comes from.
    pub(crate) fn shown(&self) -> Vec<(Row, String, Origin)> {
        let layers = [
            (&self.command_line, Origin::CommandLine),
            (&self.environment, Origin::Environment),
            (&self.file, Origin::File),
            (&Given::defaults(), Origin::Default),
        ]
        .map(|(given, origin)| (given.shown(), origin));
        let of = |place: usize, row: Row| {
            let mut found = layers.iter().filter_map(|(shown, origin)| {
                let value = shown.get(place)?.clone()?;
                Some((row, value, *origin))
            });
            let nowhere = (row, String::new(), Origin::Nowhere);
            found.next().unwrap_or(nowhere)
        };
        let all = rows().into_iter().enumerate();
        all.map(|(place, row)| of(place, row)).collect()
    }
}
