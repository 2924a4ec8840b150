//! What can go wrong with a vault, told apart by who can do something about it.

use std::io;

use credential_core::rng::NoRandomness;

/// Why the vault did not do what was asked. Nothing in here names a person, a record or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The person: the vault is whole, the passphrase is another one.
    #[error("the passphrase does not open this vault")]
    WrongPassphrase,
    /// The disk, or someone who wrote to it: bring back a backup.
    #[error("the vault is damaged: {0}")]
    Damaged(Damage),
    /// The program: a newer one wrote this vault.
    #[error("the vault has format {found}; this program knows formats up to {known}")]
    NewerVersion {
        /// The format on disk.
        found: u32,
        /// The newest format this program reads.
        known: u32,
    },
    /// The caller: there is no vault at this path.
    #[error("there is no vault here")]
    NotAVault,
    /// The caller: something is already at the path where a vault was to be created.
    #[error("something is already there")]
    AlreadyExists,
    /// The person: another program has the vault open.
    #[error("another program has the vault open")]
    InUse,
    /// The system did not read or write.
    #[error("the system did not read or write: {0}")]
    Io(io::ErrorKind),
    /// The system's random generator did not answer; nothing was written.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The caller: this cost would make guessing a passphrase cheap, or is out of bounds.
    #[error("the passphrase hash must cost at least 64 MiB and 192 MiB-passes, at most 4 GiB")]
    KdfCost,
    /// The machine has too little memory for the cost stored with the vault.
    #[error("too little memory to check the passphrase")]
    OutOfMemory,
    /// The caller: a key, a value or a transaction is above its limit, in octets.
    #[error("larger than the limit of {limit} octets")]
    TooLarge {
        /// The limit, in octets.
        limit: usize,
    },
    /// The person: the vault holds as many records as it can.
    #[error("the vault holds as many records as it can ({limit})")]
    Full {
        /// The limit, in records.
        limit: usize,
    },
    /// The program: a key or value of this tree does not serialize.
    #[error("a record of {tree} cannot be written")]
    NotSerializable {
        /// The tree's name.
        tree: &'static str,
    },
    /// The program: the record is whole, but not what this tree's types describe.
    #[error("a record of {tree} is not of the expected type")]
    OtherType {
        /// The tree's name.
        tree: &'static str,
    },
    /// The caller: an earlier write failed half-way, so what is on disk is unknown. Open again.
    #[error("an earlier write failed; the vault has to be opened again")]
    Stopped,
}

impl VaultError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::WrongPassphrase => "vault_wrong_passphrase",
            Self::Damaged(damage) => damage.reason(),
            Self::NewerVersion { .. } => "vault_newer_version",
            Self::NotAVault => "vault_not_found",
            Self::AlreadyExists => "vault_already_exists",
            Self::InUse => "vault_in_use",
            Self::Io(_) => "vault_io",
            Self::Randomness(_) => "vault_no_randomness",
            Self::KdfCost => "vault_kdf_cost",
            Self::OutOfMemory => "vault_out_of_memory",
            Self::TooLarge { .. } => "vault_too_large",
            Self::Full { .. } => "vault_full",
            Self::NotSerializable { .. } => "vault_not_serializable",
            Self::OtherType { .. } => "vault_other_type",
            Self::Stopped => "vault_stopped",
        }
    }
}

impl From<io::Error> for VaultError {
    fn from(error: io::Error) -> Self {
        Self::Io(error.kind())
    }
}

impl From<Damage> for VaultError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

/// Which part of a vault cannot be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// The header: without it the data key is out of reach.
    #[error("its header cannot be read")]
    Header,
    /// The file that remembers the last write.
    #[error("its mark of the last write cannot be read")]
    Mark,
    /// The storage engine's own files.
    #[error("its storage files cannot be read")]
    Engine,
    /// The list of all records.
    #[error("its list of records cannot be trusted")]
    Catalogue,
    /// Writes that were acknowledged are gone, though what is left fits together.
    #[error("its last {writes} writes are missing")]
    LostWrites {
        /// How many.
        writes: u64,
    },
    /// The list is whole, single records are not.
    #[error("{0}")]
    Records(RecordDamage),
}

impl Damage {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Header => "vault_damaged_header",
            Self::Mark => "vault_damaged_mark",
            Self::Engine => "vault_damaged_engine",
            Self::Catalogue => "vault_damaged_catalogue",
            Self::LostWrites { .. } => "vault_lost_writes",
            Self::Records(_) => "vault_damaged_records",
        }
    }
}

/// How many records are affected, by tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordDamage {
    /// Trees with missing or altered records, in no particular order.
    pub trees: Vec<TreeDamage>,
    /// Entries on disk that the catalogue does not list.
    pub unlisted: usize,
}

/// What happened to the records of one tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeDamage {
    /// The tree's name.
    pub tree: String,
    /// Records that are not there, or not completely.
    pub missing: usize,
    /// Records that are not what was last written: changed, swapped, or an older copy.
    pub altered: usize,
}

impl std::fmt::Display for RecordDamage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} unlisted entries", self.unlisted)?;
        for TreeDamage {
            tree,
            missing,
            altered,
        } in &self.trees
        {
            write!(f, "; {tree}: {missing} missing, {altered} altered")?;
        }
        Ok(())
    }
}
