//! Writes the seeds: `cargo run --manifest-path fuzz/Cargo.toml --example seeds`.

use std::{fs, io};

use osaamislompakko_fuzz::{TARGETS, seed_folder};

fn main() -> io::Result<()> {
    for (target, run, seeds) in TARGETS {
        let folder = seed_folder(target);
        fs::create_dir_all(&folder)?;
        for (name, seed) in seeds() {
            if name.starts_with("accepted-") && !run(&seed) {
                return Err(io::Error::other(format!("{target}/{name} is not accepted")));
            }
            fs::write(folder.join(name), seed)?;
        }
    }
    Ok(())
}
