//! The institution's folder: who it is, its keys, its registry. Only its owner may enter.
//!
//! | file | content |
//! |---|---|
//! | `issuer.json` | names and identifier; written last, so that a folder without it is unfinished |
//! | `keys.json`, `keys/`, `sealing-key…` | the keys: `issuer_adapters::keystore` |
//! | `certificate.json` | a chain of certificates for one key: [`Certificate`] |
//! | `registry/` | offers, issued credentials, status |
//! | `control` | socket of the running server, mode 0600 |

use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use credential_core::{
    clock::{Clock as _, SystemClock},
    credential::CredentialType,
    jose::{Jwk, JwkSet},
    rng::{Rng, SystemRng},
    text::Text,
    trust::{Entry, IssuerRole},
};
use issuer_adapters::{
    keystore::{KdfCost, Keystore, Passphrase},
    server::{Registry, SealingKey},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, Kind},
    identity::{self, Certificate, Identity},
};

const FORMAT: u32 = 1;
const CERTIFICATE: &str = "certificate.json";
/// Files of this folder are small; a larger one is not ours.
const LARGEST_FILE: u64 = 256 * 1024;

/// Who the institution is, as `issuer.json` keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Institution {
    pub(crate) format: u32,
    pub(crate) name_fi: String,
    pub(crate) name_sv: String,
    pub(crate) name_en: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) business_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organisation_oid: Option<String>,
    /// Absent while the institution is only tried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identifier: Option<String>,
    /// As whom it signs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) identity: Identity,
}

fn is_default(identity: &Identity) -> bool {
    *identity == Identity::default()
}

impl Institution {
    pub(crate) fn new(names: [String; 3]) -> Self {
        let [name_fi, name_sv, name_en] = names;
        Self {
            format: FORMAT,
            name_fi,
            name_sv,
            name_en,
            business_id: None,
            organisation_oid: None,
            identifier: None,
            identity: Identity::default(),
        }
    }

    pub(crate) fn name(&self) -> Text {
        Text::new(&self.name_fi, &self.name_sv, &self.name_en)
    }

    /// The institution's entry under `identifier`, with these public keys, and what verifiers need for its
    /// identity.
    pub(crate) fn entry(
        &self,
        identifier: &str,
        keys: Vec<Jwk>,
        certificate: Option<Certificate>,
    ) -> Result<Entry, Failure> {
        let did = identity::did(self, identifier)?;
        let certificate = certificate.filter(|_kept| self.identity == Identity::X5c);
        let types = CredentialType::ALL.map(|kind| kind.vct().to_owned());
        Ok(Entry {
            entity_id: identifier.into(),
            name: self.name(),
            business_id: self.business_id.clone(),
            organisation_oid: self.organisation_oid.clone(),
            jwks: JwkSet { keys },
            issuer: Some(IssuerRole {
                credential_types: types.into(),
                did: did.map(|did| did.as_str().to_owned()),
                certificate_anchors: certificate.into_iter().map(|it| it.anchor).collect(),
                ..IssuerRole::default()
            }),
            recipient: None,
            broker: None,
            resource: None,
        })
    }
}

/// An institution's folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Makes the keys, the empty registry and `issuer.json`; gives the public keys.
    pub(crate) fn create(
        &self,
        institution: &Institution,
        passphrase: Option<&Passphrase>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Jwk>, Failure> {
        let rng: Arc<dyn Rng> = Arc::new(SystemRng::default());
        self.make()?;
        let protection = passphrase.map(|it| (it, KdfCost::recommended()));
        let keys = Keystore::create(&self.0, protection, now, &rng)?;
        let sealing = keys.sealing_key()?;
        drop(Registry::create(&self.0.join("registry"), &sealing, rng)?);
        let text = serde_json::to_vec_pretty(institution).map_err(Failure::unexpected)?;
        self.write("issuer.json", &text)?;
        Ok(keys.store().published(now))
    }

    pub(crate) fn institution(&self) -> Result<Institution, Failure> {
        let institution: Institution = serde_json::from_slice(&self.read("issuer.json")?)
            .map_err(|error| self.damaged("issuer.json", &error.to_string()))?;
        if institution.format != FORMAT {
            return Err(self.damaged("issuer.json", "made by a newer version of this program"));
        }
        Ok(institution)
    }

    /// What is known of the keys without a passphrase.
    pub(crate) fn keys(&self) -> Result<Keystore, Failure> {
        Ok(Keystore::open(&self.0)?)
    }

    /// The public keys for the trust list; an unprotected folder from before there were badges gets
    /// its key of badges now.
    pub(crate) fn published(&self) -> Result<Vec<Jwk>, Failure> {
        let (store, now) = (self.keys()?, SystemClock.now());
        if store.is_protected() {
            return Ok(store.published(now));
        }
        let mut keys = store.unlock(None, Arc::new(SystemRng::default()))?;
        keys.complete(now)?;
        Ok(keys.store().published(now))
    }

    pub(crate) fn registry(&self, key: &SealingKey) -> Result<Registry, Failure> {
        let rng = Arc::new(SystemRng::default());
        Ok(Registry::open(&self.0.join("registry"), key, rng)?)
    }

    /// The certificate that was put in last, of whichever key.
    pub(crate) fn certificate(&self) -> Result<Option<Certificate>, Failure> {
        if !self.0.join(CERTIFICATE).exists() {
            return Ok(None);
        }
        let certificate = serde_json::from_slice(&self.read(CERTIFICATE)?);
        certificate.map_err(|error| self.damaged(CERTIFICATE, &error.to_string()))
    }

    /// Keeps a certificate in the place of an earlier one: the old content or the new one, whatever happens
    /// in between.
    pub(crate) fn keep_certificate(&self, certificate: &Certificate) -> Result<(), Failure> {
        let text = serde_json::to_vec_pretty(certificate).map_err(Failure::unexpected)?;
        let (beside, path) = (format!("{CERTIFICATE}.new"), self.0.join(CERTIFICATE));
        let left_over = self.0.join(&beside);
        if left_over.exists() {
            fs::remove_file(&left_over).map_err(|error| Failure::file(&left_over, &error))?;
        }
        self.write(&beside, &text)?;
        fs::rename(&left_over, &path).map_err(|error| Failure::file(&path, &error))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Where the running server listens for the commands of its owner.
    pub(crate) fn control(&self) -> PathBuf {
        self.0.join("control")
    }

    /// There must be no institution yet.
    pub(crate) fn check_absent(&self) -> Result<(), Failure> {
        if self.0.join("issuer.json").exists() {
            let message = format!("{} holds an institution already", self.0.display());
            return Err(Failure::new(Kind::Refused, "issuer_exists", message));
        }
        Ok(())
    }

    fn make(&self) -> Result<(), Failure> {
        self.check_absent()?;
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.0)
            .map_err(|error| Failure::file(&self.0, &error))
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), Failure> {
        let path = self.0.join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = || -> io::Result<()> {
            let mut file = options.open(&path)?;
            file.write_all(content)?;
            file.sync_all()
        };
        written().map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::new(
                Kind::Refused,
                "issuer_unfinished",
                format!(
                    "{} is left from an init that was not finished; remove the folder first",
                    path.display()
                ),
            ),
            _ => Failure::file(&path, &error),
        })
    }

    fn read(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let path = self.0.join(name);
        let mut content = Zeroizing::new(Vec::new());
        fs::File::open(&path)
            .and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut content))
            .map_err(|error| Failure::file(&path, &error))?;
        Ok(content)
    }

    fn damaged(&self, name: &str, problem: &str) -> Failure {
        let path = self.0.join(name);
        let message = format!("{}: {problem}", path.display());
        Failure::new(Kind::Damaged, "issuer_folder_damaged", message)
    }
}
