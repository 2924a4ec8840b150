//! The commented example, from the table.

use super::table::rows;

/// A whole file with every setting, those that are off or have a default as comments.
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# The consent broker's configuration. Command line options win over variables of the\n\
         # environment (named here), these over this file. Relative paths begin in this file's folder.\n",
    );
    let mut section = "";
    for row in rows() {
        if row.section != section {
            section = row.section;
            text.push_str(&format!("\n[{section}]\n"));
        }
        text.push_str(&format!("#{}\n# {}\n", row.about, row.variable()));
        let needed = ["data", "issuer", "listen", "list", "registrar_key"];
        let mark = if needed.contains(&row.name) { "" } else { "# " };
        text.push_str(&format!("{mark}{} = {}\n", row.name, row.example));
    }
    text
}
