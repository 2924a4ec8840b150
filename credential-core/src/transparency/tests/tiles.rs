use std::{cell::RefCell, collections::BTreeSet, convert::Infallible};

use proptest::prelude::*;

use super::leaves;
use crate::{
    access_log::{
        Frontier, Hash, consistency_proof, inclusion_proof, root, verify_consistency,
        verify_inclusion,
    },
    encoding::sha256,
    transparency::{ProofError, Resource, Tile, TiledTree, bundle, hashes_of, leaf_hash, unbundle},
};

/// The hashes of a tile from all leaves, by the standard's own definition.
fn tile_of(leaves: &[Hash], tile: Tile) -> Vec<Hash> {
    let span = 256_usize.pow(tile.level.into());
    let first = usize::try_from(tile.first()).unwrap();
    let at = |place: usize| root(&leaves[place * span..(place + 1) * span]);
    (first..first + usize::from(tile.width)).map(at).collect()
}

fn tree(
    leaves: &[Hash],
    size: usize,
) -> TiledTree<impl FnMut(Tile) -> Result<Vec<Hash>, Infallible>> {
    let size = u64::try_from(size).unwrap();
    TiledTree::new(size, |tile| Ok(tile_of(leaves, tile)))
}

#[test]
fn paths_are_those_of_the_standard() {
    let hashes = |level, index, width| {
        Resource::Hashes(Tile {
            level,
            index,
            width,
        })
    };
    let entries = |index, width| {
        Resource::Entries(Tile {
            level: 0,
            index,
            width,
        })
    };
    for (path, resource) in [
        ("0/x001/x234/067", hashes(0, 1_234_067, 256)),
        ("0/000", hashes(0, 0, 256)),
        ("1/000.p/1", hashes(1, 0, 1)),
        ("0/273.p/112", hashes(0, 273, 112)),
        ("entries/x001/000.p/255", entries(1000, 255)),
        ("7/000", hashes(7, 0, 256)),
        (
            "0/x072/x057/x594/x037/x927/935",
            hashes(0, u64::MAX >> 8, 256),
        ),
    ] {
        assert_eq!(path.parse(), Ok(resource), "{path}");
        assert_eq!(resource.to_string(), path);
    }
    for malformed in [
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "0/x000/001",
        "0/001/002",
        "0/x1/234",
        "00/000",
        "8/000",
        "-1/000",
        "+0/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000.p/1.p/1",
        "0/+01",
        "0/000/",
        "/000",
        "Entries/000",
        "0/x072/x057/x594/x037/x927/936",
        "0/x999/x999/x999/x999/x999/x999/x999/999",
        "7/002",
    ] {
        assert!(malformed.parse::<Resource>().is_err(), "{malformed}");
    }
}

#[test]
fn a_tree_of_70000_leaves_has_the_tiles_that_the_standard_counts() {
    let width = |level, index| Tile::of(level, index, 70_000).map(|tile| tile.width);
    assert_eq!(
        (width(0, 272), width(0, 273), width(0, 274)),
        (Some(256), Some(112), None)
    );
    assert_eq!(
        (width(1, 0), width(1, 1), width(1, 2)),
        (Some(256), Some(17), None)
    );
    assert_eq!(
        (width(2, 0), width(2, 1), width(3, 0)),
        (Some(1), None, None)
    );
    assert_eq!(Tile::of(0, 0, 256).unwrap().width, 256);
    assert_eq!(Tile::of(1, 0, 256).unwrap().width, 1);
    let partial = Tile {
        level: 1,
        index: 1,
        width: 16,
    };
    assert!(partial.is_in(70_000) && !partial.is_in(69_000));
}

/// The eight leaves and the roots of the Certificate Transparency test suite for RFC 6962.
#[test]
fn roots_from_tiles_are_the_known_ones() {
    let inputs: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let leaves: Vec<Hash> = inputs.iter().map(|input| leaf_hash(input)).collect();
    let known = [
        (
            1,
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        ),
        (
            2,
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        ),
        (
            3,
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        ),
        (
            7,
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        ),
        (
            8,
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ),
    ];
    for (size, hex) in known {
        let found = tree(&leaves, size).root().unwrap();
        let found: String = found.iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(found, hex);
    }
}

#[test]
fn a_proof_reads_a_few_tiles_however_large_the_tree_is() {
    let all = leaves(70_000);
    let read = RefCell::new(BTreeSet::new());
    let mut tree = TiledTree::new(70_000, |tile| {
        assert!(read.borrow_mut().insert(tile), "each once");
        Ok::<_, Infallible>(tile_of(&all, tile))
    });
    let path = tree.inclusion(66_666).unwrap();
    assert!(read.borrow().len() <= 5, "{read:?}");
    assert!(verify_inclusion(
        &all[66_666],
        66_666,
        70_000,
        &path,
        &root(&all)
    ));
    assert_eq!(Some(path), inclusion_proof(&all, 66_666));
}

#[test]
fn in_a_tree_of_more_than_one_leaf_nothing_is_included_without_a_path() {
    for size in 2..300 {
        let all = leaves(size);
        let whole = root(&all);
        for index in [0, size / 2, size - 1] {
            assert!(
                !verify_inclusion(&whole, index, size, &[], &whole),
                "{index} of {size}"
            );
        }
    }
    let one = leaves(1);
    assert!(verify_inclusion(&one[0], 0, 1, &[], &one[0]));
}

#[test]
fn what_is_outside_the_tree_has_no_proof_and_a_short_tile_makes_none() {
    let all = leaves(300);
    assert_eq!(tree(&all, 300).inclusion(300), Err(ProofError::Outside));
    assert_eq!(tree(&all, 300).consistency(301), Err(ProofError::Outside));
    assert_eq!(tree(&all, 300).consistency(0), Ok(vec![]));
    assert_eq!(tree(&all, 300).consistency(300), Ok(vec![]));
    assert_eq!(tree(&[], 0).root(), Ok(sha256([])));
    let mut short = TiledTree::new(300, |tile| {
        let mut hashes = tile_of(&all, tile);
        hashes.pop();
        Ok::<_, Infallible>(hashes)
    });
    assert_eq!(short.inclusion(1), Err(ProofError::Width));
    let mut failing = TiledTree::new(300, |_tile| Err("gone"));
    assert_eq!(failing.root(), Err(ProofError::Fetch("gone")));
}

#[test]
fn bundles_go_round_and_what_is_cut_or_too_long_is_none() {
    let tile = Tile {
        level: 0,
        index: 4,
        width: 3,
    };
    let entries: Vec<Vec<u8>> = vec![vec![], vec![1; 32], vec![2; 65_535]];
    let octets = bundle(&entries).unwrap();
    assert_eq!(unbundle(tile, &octets), Ok(entries));
    assert!(unbundle(tile, &octets[..octets.len() - 1]).is_err());
    assert!(unbundle(Tile { width: 2, ..tile }, &octets).is_err());
    assert!(unbundle(Tile { width: 4, ..tile }, &octets).is_err());
    assert!(bundle([vec![0; 65_536]]).is_err());
    assert!(hashes_of(tile, &[0; 96]).is_ok());
    assert!(hashes_of(tile, &[0; 95]).is_err());
}

proptest! {
    #[test]
    fn proofs_from_tiles_are_those_from_all_leaves(
        size in 1_usize..3000,
        index in any::<prop::sample::Index>(),
        older in any::<prop::sample::Index>(),
    ) {
        let all = leaves(size as u64);
        let (index, older) = (index.index(size), older.index(size) + 1);
        let whole = root(&all);
        let mut tiles = tree(&all, size);
        prop_assert_eq!(tiles.root(), Ok(whole));
        let path = tiles.inclusion(index as u64).unwrap();
        prop_assert_eq!(Some(path.clone()), inclusion_proof(&all, index));
        prop_assert!(verify_inclusion(&all[index], index as u64, size as u64, &path, &whole));
        let proof = tiles.consistency(older as u64).unwrap();
        prop_assert_eq!(Some(proof.clone()), consistency_proof(&all, older));
        let (old, new) = ((older as u64, &root(&all[..older])), (size as u64, &whole));
        prop_assert!(verify_consistency(old, new, &proof));
    }

    /// What a growing tree shows as completed at every eighth height is what tiles above the leaves hold.
    #[test]
    fn a_growing_tree_shows_the_hashes_of_its_upper_tiles(size in 0_u64..2000) {
        let all = leaves(size);
        let mut frontier = Frontier::default();
        let mut upper = Vec::new();
        for (place, leaf) in (0_u64..).zip(&all) {
            frontier.append_seeing(*leaf, |height, hash| {
                if height == 8 {
                    upper.push((place >> height, *hash));
                }
            });
        }
        let full = usize::try_from(size / 256).unwrap();
        let expected = (0..full).map(|n| (n as u64, root(&all[n * 256..(n + 1) * 256])));
        prop_assert_eq!(upper, expected.collect::<Vec<_>>());
    }

    #[test]
    fn any_path_is_read_or_refused_and_what_is_read_has_one_form(path in "[0-9x/.pentris]{0,24}") {
        if let Ok(resource) = path.parse::<Resource>() {
            prop_assert_eq!(resource.to_string(), path);
        }
    }
}
