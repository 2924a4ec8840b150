//! A text as a QR code (ISO/IEC 18004), drawn as one SVG path: shapes are attributes, so that the page's
//! policy against inline style holds.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};
use maud::{Markup, html};

/// The margin that readers need, in modules (ISO/IEC 18004 section 6.3.8).
const QUIET: usize = 4;

/// The code; none when the text is too long for one. Dark on light also in the dark, as readers expect.
pub(super) fn svg(text: &str, label: &str) -> Option<Markup> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let side = code.size + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
        let dark = row.iter().enumerate().filter(|(_x, module)| module.value());
        for (x, _module) in dark {
            // Writing to a String does not fail.
            write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET).ok()?;
        }
    }
    Some(html! {
        svg.qr role="img" aria-label=(label) viewBox={ "0 0 " (side) " " (side) } shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}
