//! The log: to standard error, as text for people or JSON for machines. `RUST_LOG` chooses levels.

use tracing_subscriber::EnvFilter;

use crate::settings::LogFormat;

/// Begins to log; once.
pub(crate) fn begin(format: LogFormat) {
    let levels = EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(levels);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log
            .json()
            .with_current_span(true)
            .with_span_list(false)
            .init(),
    }
}
