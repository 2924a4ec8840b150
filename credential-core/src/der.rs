//! Just enough DER (ITU-T X.690) to look into signed data and certificates: OpenSSL checks them, and its Rust
//! interface does not say all that is in them.

/// One value: its tag, its contents, and all its octets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value<'b> {
    pub(crate) tag: u8,
    pub(crate) body: &'b [u8],
    #[cfg_attr(
        not(feature = "pades"),
        expect(dead_code, reason = "only what a CMS signs is taken as it stands")
    )]
    pub(crate) whole: &'b [u8],
}

pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const BIT_STRING: u8 = 0x03;
#[cfg(feature = "pades")]
pub(crate) const SET: u8 = 0x31;
#[cfg(feature = "x509")]
pub(crate) const OID: u8 = 0x06;
#[cfg(feature = "x509")]
pub(crate) const OCTETS: u8 = 0x04;
/// `[0]`, constructed.
#[cfg(feature = "pades")]
pub(crate) const CONTEXT_0: u8 = 0xa0;
/// `[1]`, constructed.
#[cfg(feature = "pades")]
pub(crate) const CONTEXT_1: u8 = 0xa1;

/// Values one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'b>(pub(crate) &'b [u8]);

impl<'b> Values<'b> {
    /// The next value, if it has this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<Value<'b>> {
        let before = *self;
        let value = self.next()?;
        if value.tag != tag {
            *self = before;
            return None;
        }
        Some(value)
    }
}

impl<'b> Iterator for Values<'b> {
    type Item = Value<'b>;

    /// The next value of definite length (8.1.3) with a tag of one octet; what is not one ends the values.
    fn next(&mut self) -> Option<Value<'b>> {
        let all = self.0;
        let (tag, rest) = all.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            // One to four octets of length.
            0x81..=0x84 => {
                let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let number = octets.iter().fold(0, |sum, b| sum << 8 | usize::from(*b));
                (number, rest)
            }
            // Indefinite, or longer than any document.
            0x80 | 0x85.. => return None,
        };
        let (body, after) = rest.split_at_checked(length)?;
        let whole = all.get(..all.len() - after.len())?;
        self.0 = after;
        Some(Value {
            tag: *tag,
            body,
            whole,
        })
    }
}

impl<'b> Value<'b> {
    /// The values within.
    pub(crate) fn within(&self) -> Values<'b> {
        Values(self.body)
    }
}
