//! How the commands of the same owner reach a running server: one line of JSON each way over a
//! socket of mode 0600 in the institution's folder. While the server runs it alone has the registry.

#[cfg(not(unix))]
pub(crate) use elsewhere::{Control, ask, is_listening};
#[cfg(unix)]
pub(crate) use socket::{Control, ask, is_listening};

#[cfg(unix)]
mod socket {
    use std::{
        fs,
        io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _},
        os::unix::{
            fs::PermissionsExt as _,
            net::{UnixListener, UnixStream},
        },
        path::PathBuf,
        thread,
        time::Duration,
    };

    use issuer_adapters::server::IssuerState;

    use crate::{
        asked::{Answer, Ask, answer},
        failure::{Failure, Kind},
        folder::Folder,
    };

    /// The longest question, in octets: 500 rows, each at its largest.
    const LONGEST_ASK: u64 = 256 * 1024 * 1024;
    /// The longest answer: 1,048,576 entries of the status list at some 300 octets.
    const LONGEST_ANSWER: u64 = 512 * 1024 * 1024;
    const PATIENCE: Duration = Duration::from_secs(30);

    /// The running server's side; removes the socket when dropped.
    #[derive(Debug)]
    pub(crate) struct Control(PathBuf);

    impl Control {
        /// Listens in a thread of its own. Without it the server still serves, so a failure is
        /// only logged.
        pub(crate) fn listen(folder: &Folder, state: &IssuerState) -> Option<Self> {
            let path = folder.control();
            let bound = || -> io::Result<UnixListener> {
                // Left from a server that was killed: the registry's lock says none is running.
                if path.exists() {
                    fs::remove_file(&path)?;
                }
                let listener = UnixListener::bind(&path)?;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
                Ok(listener)
            };
            match bound() {
                Ok(listener) => {
                    let state = state.clone();
                    thread::spawn(move || converse(&listener, &state));
                    Some(Self(path))
                }
                Err(error) => {
                    tracing::warn!(%error, "commands cannot reach this server");
                    None
                }
            }
        }
    }

    impl Drop for Control {
        fn drop(&mut self) {
            let _gone_already = fs::remove_file(&self.0);
        }
    }

    /// Whether a server runs in this folder.
    pub(crate) fn is_listening(folder: &Folder) -> bool {
        UnixStream::connect(folder.control()).is_ok()
    }

    /// Asks the running server; `None` when there is none.
    pub(crate) fn ask(folder: &Folder, ask: &Ask) -> Result<Option<Answer>, Failure> {
        let stream = match UnixStream::connect(folder.control()) {
            Ok(stream) => stream,
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::ConnectionRefused
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(Failure::file(&folder.control(), &error)),
        };
        let unanswered = |error: &dyn std::fmt::Display| {
            let message = format!("the running server did not answer: {error}");
            Failure::new(Kind::Network, "server_unanswered", message)
        };
        let line = exchange(&stream, ask).map_err(|error| unanswered(&error))?;
        serde_json::from_str(&line)
            .map(Some)
            .map_err(|error| unanswered(&error))
    }

    fn exchange(mut stream: &UnixStream, ask: &Ask) -> io::Result<String> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        writeln!(stream, "{}", serde_json::to_string(ask)?)?;
        let mut line = String::new();
        BufReader::new(stream.take(LONGEST_ANSWER)).read_line(&mut line)?;
        Ok(line)
    }

    fn converse(listener: &UnixListener, state: &IssuerState) {
        for stream in listener.incoming() {
            if let Err(error) = stream.and_then(|stream| reply(&stream, state)) {
                tracing::warn!(%error, "a command was not answered");
            }
        }
    }

    fn reply(mut stream: &UnixStream, state: &IssuerState) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut line = String::new();
        BufReader::new(stream.take(LONGEST_ASK)).read_line(&mut line)?;
        if line.is_empty() {
            // Somebody only looked whether a server runs.
            return Ok(());
        }
        let answer = answer(state, serde_json::from_str(&line)?);
        writeln!(stream, "{}", serde_json::to_string(&answer)?)
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use issuer_adapters::server::IssuerState;

    use crate::{
        asked::{Answer, Ask},
        failure::Failure,
        folder::Folder,
    };

    /// There is no such socket here: status changes need the server to be stopped.
    #[derive(Debug)]
    pub(crate) struct Control;

    impl Control {
        pub(crate) fn listen(_folder: &Folder, _state: &IssuerState) -> Option<Self> {
            None
        }
    }

    pub(crate) fn is_listening(_folder: &Folder) -> bool {
        false
    }

    pub(crate) fn ask(_folder: &Folder, _ask: &Ask) -> Result<Option<Answer>, Failure> {
        Ok(None)
    }
}
