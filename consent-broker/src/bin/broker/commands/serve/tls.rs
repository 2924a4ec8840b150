//! The certificate, read again when it is renewed: TLS 1.2 and 1.3 (BCP 195) by rustls over ring.

use std::{
    fs,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio_rustls::TlsAcceptor;

use crate::{failure::Failure, settings::Tls};

/// The certificate in force; clones share it.
#[derive(Clone)]
pub(super) struct Certificates {
    files: Tls,
    current: Arc<RwLock<Arc<ServerConfig>>>,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl Certificates {
    /// # Errors
    /// When a file is missing, no certificate or key, or open to others, or both do not belong together.
    pub(super) fn load(files: Tls) -> Result<Self, Failure> {
        let current = Arc::new(RwLock::new(Arc::new(config(&files)?)));
        Ok(Self { files, current })
    }

    /// Reads the files again; what was in force stays if they cannot be used.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub(super) fn reload(&self) -> Result<(), Failure> {
        let next = Arc::new(config(&self.files)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// For the next handshake.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&current))
    }
}

fn config(files: &Tls) -> Result<ServerConfig, Failure> {
    let unusable = |what: &Path, error: &dyn std::fmt::Display| {
        let error = anyhow::anyhow!("{}: {error}", what.display());
        Failure::new(Failure::DAMAGED, error)
    };
    refuse_open(&files.key)?;
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(&files.certificate, &error))?;
    let key = PrivateKeyDer::from_pem_file(&files.key);
    let key = key.map_err(|error| unusable(&files.key, &error))?;
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Failure::unexpected)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| unusable(&files.certificate, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// As for the broker's own keys.
fn refuse_open(key: &Path) -> Result<(), Failure> {
    let metadata = fs::metadata(key).map_err(|error| {
        Failure::new(Failure::NOT_FOUND, error).about(key.display().to_string())
    })?;
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 {
        let error = anyhow::anyhow!(
            "{} can be read by others: set its mode to 0600",
            key.display()
        );
        return Err(Failure::new(Failure::REFUSED, error));
    }
    Ok(())
}
