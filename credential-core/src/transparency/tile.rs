//! Tiles (C2SP tlog-tiles): where 256 neighbouring hashes, or 256 entries, are found.

use std::{fmt, str::FromStr};

use crate::access_log::Hash;

/// How many hashes or entries a full tile has.
pub const FULL_WIDTH: u16 = 256;
/// Levels above this cannot have a hash: the tree has fewer than 2^64 leaves.
const MAX_LEVEL: u8 = 7;

/// Neighbouring hashes of one level. At level 0 they are leaves; above, each is the root of a full tile
/// of the level below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// From 0.
    pub level: u8,
    /// Place within the level.
    pub index: u64,
    /// How many, 1 to 256.
    pub width: u16,
}

/// What a log serves below `tile/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// `<L>/<N>[.p/<W>]`
    Hashes(Tile),
    /// `entries/<N>[.p/<W>]`, as the tile of level 0 that has their hashes.
    Entries(Tile),
}

/// Not the path of a tile, or not its only form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile")]
pub struct MalformedTile;

/// Octets that are no sequence of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a bundle of entries")]
pub struct MalformedBundle;

impl Tile {
    /// The tile at this place in a tree of `size` leaves; none when there is nothing.
    #[must_use]
    pub fn of(level: u8, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
        let left = hashes.saturating_sub(index.checked_mul(256)?);
        let width = u16::try_from(left.min(FULL_WIDTH.into())).ok()?;
        (width > 0 && level <= MAX_LEVEL).then_some(Self {
            level,
            index,
            width,
        })
    }

    /// The place of its first hash within the level.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.index << 8
    }

    /// Whether a tree of `size` leaves has all its hashes.
    #[must_use]
    pub fn is_in(&self, size: u64) -> bool {
        Self::of(self.level, self.index, size).is_some_and(|whole| self.width <= whole.width)
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tile = match self {
            Self::Hashes(tile) => {
                write!(f, "{}", tile.level)?;
                tile
            }
            Self::Entries(tile) => {
                f.write_str("entries")?;
                tile
            }
        };
        let mut groups = Vec::new();
        let mut index = tile.index;
        loop {
            groups.push(index % 1000);
            index /= 1000;
            if index == 0 {
                break;
            }
        }
        for (place, group) in groups.iter().enumerate().rev() {
            let mark = if place == 0 { "" } else { "x" };
            write!(f, "/{mark}{group:03}")?;
        }
        if tile.width < FULL_WIDTH {
            write!(f, ".p/{}", tile.width)?;
        }
        Ok(())
    }
}

impl FromStr for Resource {
    type Err = MalformedTile;

    fn from_str(path: &str) -> Result<Self, MalformedTile> {
        let (of, place) = path.split_once('/').ok_or(MalformedTile)?;
        let (place, width) = match place.split_once(".p/") {
            Some((place, width)) => (place, width.parse().map_err(|_error| MalformedTile)?),
            None => (place, FULL_WIDTH),
        };
        let level = match of {
            "entries" => 0,
            level => level.parse().map_err(|_error| MalformedTile)?,
        };
        let tile = Tile {
            level,
            index: index(place)?,
            width,
        };
        // A place whose first leaf no tree can have is none.
        let highest = u64::MAX >> (u32::from(level) * 8 + 8).min(63);
        let is_possible =
            level <= MAX_LEVEL && (1..=FULL_WIDTH).contains(&width) && tile.index <= highest;
        let resource = match of {
            "entries" => Self::Entries(tile),
            _ => Self::Hashes(tile),
        };
        // One way to write a path: caches would hold the others twice.
        if is_possible && resource.to_string() == path {
            Ok(resource)
        } else {
            Err(MalformedTile)
        }
    }
}

fn index(groups: &str) -> Result<u64, MalformedTile> {
    groups.split('/').try_fold(0_u64, |index, group| {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let group: u64 = digits.parse().map_err(|_error| MalformedTile)?;
        index
            .checked_mul(1000)
            .and_then(|index| index.checked_add(group))
            .ok_or(MalformedTile)
    })
}

/// The hashes of a tile as it is served.
///
/// # Errors
/// [`MalformedTile`] when the octets are not `width` hashes.
pub fn hashes_of(tile: Tile, octets: &[u8]) -> Result<Vec<Hash>, MalformedTile> {
    let (hashes, rest) = octets.as_chunks();
    if rest.is_empty() && hashes.len() == usize::from(tile.width) {
        Ok(hashes.to_vec())
    } else {
        Err(MalformedTile)
    }
}

/// Entries as they are served: each after its length in two octets.
///
/// # Errors
/// [`MalformedBundle`] when an entry has more than 65,535 octets.
pub fn bundle<E: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = E>,
) -> Result<Vec<u8>, MalformedBundle> {
    let mut octets = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_error| MalformedBundle)?;
        octets.extend(length.to_be_bytes());
        octets.extend(entry);
    }
    Ok(octets)
}

/// The entries of a bundle of this tile's width.
///
/// # Errors
/// [`MalformedBundle`].
pub fn unbundle(tile: Tile, mut octets: &[u8]) -> Result<Vec<Vec<u8>>, MalformedBundle> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = octets.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, rest) = rest.split_at_checked(length).ok_or(MalformedBundle)?;
        entries.push(entry.to_vec());
        octets = rest;
        if entries.len() > usize::from(tile.width) {
            return Err(MalformedBundle);
        }
    }
    if octets.is_empty() && entries.len() == usize::from(tile.width) {
        Ok(entries)
    } else {
        Err(MalformedBundle)
    }
}
