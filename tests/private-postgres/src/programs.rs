//! PostgreSQL's programs, wherever they are, run as a user who may: the server refuses root.

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::NotStarted;

/// The user that Debian's package makes.
const UNPRIVILEGED: &str = "postgres";

/// Where the programs are, and who runs them.
#[derive(Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
    is_root: bool,
}

impl Programs {
    /// Debian keeps each version's programs in a folder of its own: the newest is taken.
    pub(crate) fn find() -> Result<Self, NotStarted> {
        let versions = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten();
        let folders = versions.flatten().map(|version| version.path().join("bin"));
        let folder = folders
            .filter(|folder| folder.join("initdb").exists())
            .max();
        let folder = folder.ok_or_else(|| NotStarted("it is not installed".into()))?;
        let told = run(Command::new("id").arg("-u"))?;
        Ok(Self {
            folder,
            is_root: told.trim() == "0",
        })
    }

    /// Runs a program to its end and gives what it printed.
    pub(crate) fn run(
        &self,
        name: &str,
        arguments: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<String, NotStarted> {
        let mut command = self.command(&[], name);
        arguments(&mut command);
        run(&mut command)
    }

    /// A program that is killed when the thread that started it ends.
    pub(crate) fn ending_with_its_thread(&self, name: &str) -> Command {
        self.command(&["--pdeathsig", "KILL"], name)
    }

    /// Makes a folder that belongs to who runs the programs.
    pub(crate) fn make_folder(&self, folder: &Path) -> Result<(), NotStarted> {
        let mut install = Command::new("install");
        if self.is_root {
            install.args(["-o", UNPRIVILEGED, "-g", UNPRIVILEGED]);
        }
        run(install.args(["-d", "-m", "700"]).arg(folder)).map(drop)
    }

    fn command(&self, options: &[&str], name: &str) -> Command {
        let mut command = Command::new("setpriv");
        command.args(options);
        if self.is_root {
            command.args([
                "--reuid",
                UNPRIVILEGED,
                "--regid",
                UNPRIVILEGED,
                "--clear-groups",
            ]);
        }
        command
            .arg("--")
            .arg(self.folder.join(name))
            .current_dir("/");
        command
    }
}

fn run(command: &mut Command) -> Result<String, NotStarted> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = Command::output(command.stdin(Stdio::null()));
    let done = done.map_err(|error| NotStarted(format!("{name} does not run: {error}")))?;
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&done.stderr);
        Err(NotStarted(format!("{command:?} failed: {said}")))
    }
}

/// Sends what a program says to a file.
pub(crate) fn quiet(command: &mut Command, log: &Path) -> Result<(), NotStarted> {
    let file = OpenOptions::new().create(true).append(true).open(log);
    let both = file.and_then(|file| Ok((file.try_clone()?, file)));
    let (out, err) = both.map_err(|error| NotStarted(error.to_string()))?;
    command.stdin(Stdio::null()).stdout(out).stderr(err);
    Ok(())
}

pub(crate) fn kill(id: u32) {
    let _done = run(Command::new("kill").args(["-KILL", &id.to_string()]));
}

pub(crate) fn is_running(id: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = state
        .rsplit(") ")
        .next()
        .and_then(|rest| rest.chars().next());
    state.is_some_and(|state| state != 'Z')
}
