//! The short name by which a person tells an offer to the institution's page: the first 40 bits of the
//! offer's id in Crockford's base 32, as `7KQ2-M9XD`. It is no secret; the transaction code is.

use credential_core::id::OfferId;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const OCTETS: usize = 5;

/// The reference of an offer, as `7KQ2-M9XD`: what a person types at the institution's page, with the code.
#[must_use]
pub fn reference(offer: &OfferId) -> String {
    let bits = offer
        .as_bytes()
        .iter()
        .take(OCTETS)
        .fold(0_u64, |bits, octet| bits << 8 | u64::from(*octet));
    let mut text = String::with_capacity(9);
    for place in (0..8).rev() {
        if place == 3 {
            text.push('-');
        }
        let digit = usize::try_from(bits >> (5 * place) & 31).unwrap_or_default();
        text.extend(ALPHABET.get(digit).map(|letter| char::from(*letter)));
    }
    text
}

/// The beginning of the offer's id that a typed reference says: small letters, spaces and hyphens do not
/// matter, nor O for 0, nor I or L for 1.
pub(super) fn beginning(typed: &str) -> Option<[u8; OCTETS]> {
    let letters = typed.chars().filter(|c| !matches!(c, '-' | ' '));
    let (mut bits, mut count) = (0_u64, 0);
    for letter in letters {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let digit = ALPHABET
            .iter()
            .position(|known| char::from(*known) == letter)?;
        count += 1;
        if count > 8 {
            return None;
        }
        bits = bits << 5 | u64::try_from(digit).ok()?;
    }
    let [_, _, _, octets @ ..] = bits.to_be_bytes();
    (count == 8).then_some(octets)
}

#[cfg(test)]
mod tests {
    use credential_core::id::OfferId;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{beginning, reference};

    proptest! {
        #[test]
        fn a_reference_says_how_its_offers_id_begins(octets in any::<[u8; 16]>()) {
            let text = reference(&OfferId::from_bytes(octets));
            prop_assert_eq!(text.len(), 9);
            let typed = [text.clone(), text.to_lowercase(), text.replace('-', " "), text.replace('0', "o").replace('1', "l")];
            for typed in typed {
                prop_assert_eq!(beginning(&typed).map(|found| found.to_vec()), Some(octets[..5].to_vec()));
            }
        }

        #[test]
        fn any_text_is_a_reference_or_none(text in ".{0,20}") {
            let letters = text.chars().filter(|c| !matches!(c, '-' | ' ')).count();
            prop_assert!(beginning(&text).is_none() || letters == 8);
        }
    }

    #[test]
    fn a_reference_is_written_in_two_groups() {
        let id = OfferId::from_bytes([0xff, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
        assert_eq!(reference(&id), "ZW00-0001");
    }
}
