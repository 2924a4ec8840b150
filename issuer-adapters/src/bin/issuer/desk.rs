//! Where commands get their answers: from the running server of the same folder, or, when none runs,
//! from the registry itself, which the command then holds.

use std::sync::Arc;

use credential_core::{
    clock::{Clock as _, SystemClock},
    jose::JwkSet,
    network::Network,
    rng::SystemRng,
};
use issuer_adapters::{
    audit::AuditLog,
    keystore::UnlockedKeys,
    server::{IssuerState, Lifetimes, Profile, Setup},
};

use crate::{
    asked::{Answer, Ask, answer},
    commands::init,
    control,
    failure::{Failure, Kind},
    folder::Folder,
    identity,
    place::Place,
};

/// The institution, for one command.
pub(crate) struct Desk {
    folder: Folder,
    /// None while a server runs.
    own: Option<IssuerState>,
}

impl Desk {
    /// Unlocks the keys only when no server runs.
    pub(crate) fn open(place: &Place) -> Result<Self, Failure> {
        let folder = place.folder();
        if control::is_listening(&folder) {
            return Ok(Self { folder, own: None });
        }
        let (folder, keys) = place.unlock()?;
        let institution = folder.institution()?;
        let identifier = init::of_development(init::chosen(&institution, None)?);
        let network = init::network_of(&identifier);
        let own = state(&folder, &keys, (&identifier, network), Rules::default())?;
        Ok(Self {
            folder,
            own: Some(own),
        })
    }

    pub(crate) fn ask(&self, ask: Ask) -> Result<Answer, Failure> {
        let answer = match &self.own {
            Some(state) => answer(state, ask),
            None => control::ask(&self.folder, &ask)?.ok_or_else(|| {
                let message = "the server was stopped in the middle; run the command again";
                Failure::new(Kind::Network, "server_stopped", message)
            })?,
        };
        match answer {
            Answer::Failed(failure) => Err(failure),
            answer => Ok(answer),
        }
    }
}

/// What a server is started with; for a single command the defaults do.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) lifetimes: Lifetimes,
    pub(crate) encryption_required: bool,
    /// Whose attestations of wallets are accepted.
    pub(crate) attesters: JwkSet,
    /// Whose certificates for makers of wallets are accepted (DER).
    pub(crate) attester_authorities: Vec<Vec<u8>>,
    /// Whether credentials will be signed, so that a certificate has to be there.
    pub(crate) issuing: bool,
}

/// An issuer over the folder's registry, which writes its audit file.
pub(crate) fn state(
    folder: &Folder,
    keys: &UnlockedKeys,
    (identifier, network): (&str, Network),
    rules: Rules,
) -> Result<IssuerState, Failure> {
    let sealing = keys.sealing_key()?;
    let institution = folder.institution()?;
    let issuing = rules.issuing.then(|| SystemClock.now());
    let setup = Setup {
        profile: Profile::new(identifier, institution.name(), network)?,
        lifetimes: rules.lifetimes,
        encryption_required: rules.encryption_required,
        attesters: rules.attesters,
        signer: identity::signer(folder, keys, identifier, issuing)?,
        registry: folder.registry(&sealing)?,
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng::default()),
    };
    let retired = keys.store().retired(SystemClock.now());
    let state = IssuerState::new(setup, &sealing)?;
    let state = state
        .publishing(retired)
        .audited(audit(folder))
        .believing(rules.attester_authorities);
    let state = match identity::did(&institution, identifier)? {
        Some(did) => state.called(did),
        None => state,
    };
    Ok(match keys.badge_key()? {
        Some(key) => state.with_badges(Arc::new(key)),
        None => state,
    })
}

/// The folder's audit file, in the name of whoever runs this program.
pub(crate) fn audit(folder: &Folder) -> AuditLog {
    AuditLog::in_folder(folder.path(), crate::account())
}
