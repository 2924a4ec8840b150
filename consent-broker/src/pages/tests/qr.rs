//! The drawn code is read back by a reader that is not ours.

use proptest::prelude::*;

use crate::pages::qr::svg;

/// The modules of a drawn code, dark ones true, as the SVG says.
fn drawn(svg: &str) -> Vec<Vec<bool>> {
    let attribute = |name: &str| {
        let (_, rest) = svg.split_once(&format!(" {name}=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let side: usize = attribute("viewBox")
        .rsplit(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let mut modules = vec![vec![false; side]; side];
    for square in attribute("d").split('M').skip(1) {
        let place = square.strip_suffix("h1v1h-1z").unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        modules[y.parse::<usize>().unwrap()][x.parse::<usize>().unwrap()] = true;
    }
    modules
}

fn read(modules: &[Vec<bool>]) -> String {
    const SCALE: usize = 4;
    let side = modules.len() * SCALE;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
        if modules[y / SCALE][x / SCALE] {
            0
        } else {
            255
        }
    });
    let codes = image.detect_grids();
    assert_eq!(codes.len(), 1);
    codes[0].decode().unwrap().1
}

#[test]
fn a_drawn_code_is_read_back_and_its_label_is_text() {
    let link = format!(
        "osaamislompakko://request?broker=https%3A%2F%2Fbroker.example&ticket={}",
        "Ab_-9".repeat(60)
    );
    let drawing = svg(&link, "\"><script>").unwrap().into_string();
    assert!(!drawing.contains("<script"), "{drawing}");
    assert!(
        !drawing.contains("style"),
        "the page's policy has no inline style"
    );
    assert_eq!(read(&drawn(&drawing)), link);
}

#[test]
fn what_is_too_long_for_a_code_is_not_drawn() {
    assert!(svg(&"a".repeat(4000), "").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    #[test]
    fn any_link_is_read_back(link in "osaamislompakko://request\\?[!-~]{1,300}") {
        let drawing = svg(&link, "code").unwrap().into_string();
        prop_assert_eq!(read(&drawn(&drawing)), link);
    }
}
