//! The institution's folder: who it is, its keys, its registry. Only its owner may enter.
//!
//! | file | content |
//! |---|---|
//! | `issuer.json` | names and identifier; written last, so that a folder without it is unfinished |
//! | `signing-key.pk8` | the private key of credentials and status lists (PKCS #8), mode 0600 |
//! | `badge-key.pk8` | the private key of Open Badges (PKCS #8), mode 0600; folders of before have none until `issuer entry` |
//! | `sealing-key` | 32 octets that seal the registry, mode 0600 |
//! | `registry/` | offers, issued credentials, status |
//! | `control` | socket of the running server, mode 0600 |

use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use credential_core::{
    credential::CredentialType,
    jose::{EdDsaKey, Es256Key, Jwk, JwkSet, KeyUse, Signer as _},
    rng::{Rng, SystemRng},
    text::Text,
    trust::{Entry, IssuerRole},
};
use issuer_adapters::server::{Registry, SealingKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::failure::{Failure, Kind};

const FORMAT: u32 = 1;
const BADGE_KEY: &str = "badge-key.pk8";
/// Files of this folder are small; a larger one is not ours.
const LARGEST_FILE: u64 = 64 * 1024;

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
        }
    }

    pub(crate) fn name(&self) -> Text {
        Text::new(&self.name_fi, &self.name_sv, &self.name_en)
    }

    /// The institution's entry under `identifier`, with the public halves of its signing keys.
    pub(crate) fn entry(&self, identifier: &str, keys: &SigningKeys) -> Entry {
        let public = |key: &Jwk| key.clone().with_use(KeyUse::Sig);
        let types = CredentialType::ALL.map(|kind| kind.vct().to_owned());
        Entry {
            entity_id: identifier.into(),
            name: self.name(),
            business_id: self.business_id.clone(),
            organisation_oid: self.organisation_oid.clone(),
            jwks: JwkSet {
                keys: vec![
                    public(keys.credentials.public_jwk()),
                    public(keys.badges.public_jwk()),
                ],
            },
            issuer: Some(IssuerRole {
                credential_types: types.into(),
            }),
            recipient: None,
            broker: None,
            resource: None,
        }
    }
}

/// What an institution signs with.
pub(crate) struct SigningKeys {
    /// Credentials and status lists (ES256).
    pub(crate) credentials: Es256Key,
    /// Open Badges (Ed25519).
    pub(crate) badges: EdDsaKey,
}

/// An institution's folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Makes the keys, the empty registry and `issuer.json`; gives the signing keys.
    pub(crate) fn create(&self, institution: &Institution) -> Result<SigningKeys, Failure> {
        let rng: Arc<dyn Rng> = Arc::new(SystemRng::default());
        self.make()?;
        let (credentials, pkcs8) = Es256Key::generate().map_err(Failure::unexpected)?;
        let sealing = SealingKey::generate(&*rng)?;
        self.write("signing-key.pk8", &pkcs8)?;
        let badges = self.new_badge_key()?;
        self.write("sealing-key", sealing.as_bytes())?;
        drop(Registry::create(&self.0.join("registry"), &sealing, rng)?);
        let text = serde_json::to_vec_pretty(institution).map_err(Failure::unexpected)?;
        self.write("issuer.json", &text)?;
        Ok(SigningKeys {
            credentials,
            badges,
        })
    }

    pub(crate) fn institution(&self) -> Result<Institution, Failure> {
        let institution: Institution = serde_json::from_slice(&self.read("issuer.json")?)
            .map_err(|error| self.damaged("issuer.json", &error.to_string()))?;
        if institution.format != FORMAT {
            return Err(self.damaged("issuer.json", "made by a newer version of this program"));
        }
        Ok(institution)
    }

    pub(crate) fn signing_key(&self) -> Result<Es256Key, Failure> {
        Es256Key::from_pkcs8(&self.read("signing-key.pk8")?)
            .map_err(|error| self.damaged("signing-key.pk8", &error.to_string()))
    }

    /// The key of badges. A folder made before there were badges has none.
    pub(crate) fn badge_key(&self) -> Result<Option<EdDsaKey>, Failure> {
        if !self.0.join(BADGE_KEY).exists() {
            return Ok(None);
        }
        EdDsaKey::from_pkcs8(&self.read(BADGE_KEY)?)
            .map(Some)
            .map_err(|error| self.damaged(BADGE_KEY, &error.to_string()))
    }

    /// All signing keys; the one of badges is made when it is missing.
    pub(crate) fn signing_keys(&self) -> Result<SigningKeys, Failure> {
        Ok(SigningKeys {
            credentials: self.signing_key()?,
            badges: match self.badge_key()? {
                Some(key) => key,
                None => self.new_badge_key()?,
            },
        })
    }

    fn new_badge_key(&self) -> Result<EdDsaKey, Failure> {
        let (key, pkcs8) = EdDsaKey::generate().map_err(Failure::unexpected)?;
        self.write(BADGE_KEY, &pkcs8)?;
        Ok(key)
    }

    pub(crate) fn sealing_key(&self) -> Result<SealingKey, Failure> {
        Ok(SealingKey::from_bytes(&self.read("sealing-key")?)?)
    }

    pub(crate) fn registry(&self, key: &SealingKey) -> Result<Registry, Failure> {
        let rng = Arc::new(SystemRng::default());
        Ok(Registry::open(&self.0.join("registry"), key, rng)?)
    }

    /// Where the running server listens for the commands of its owner.
    pub(crate) fn control(&self) -> PathBuf {
        self.0.join("control")
    }

    fn make(&self) -> Result<(), Failure> {
        if self.0.join("issuer.json").exists() {
            let message = format!("{} holds an institution already", self.0.display());
            return Err(Failure::new(Kind::Refused, "issuer_exists", message));
        }
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
